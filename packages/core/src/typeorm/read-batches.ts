import type { Client, Pool, PoolClient, QueryConfig, QueryResult } from 'pg'

type Row = Record<string, unknown>
/** The pool's type does not have these members. */
type PipelineClient = PoolClient & Pick<Client, 'connection'> & { pipeline: boolean }

interface Read {
  readonly query: QueryConfig
  resolve(result: QueryResult<Row>): void
  reject(error: unknown): void
}

/** The maximum number of reads that share a connection, since each waits for those before it. */
const maxBatchSize = 16
const statementTimeoutCode = '57014'

/**
 * Reads that are issued at the same time share a connection of the pool and a write to its socket, which costs more CPU time
 * than the rest of a short statement.
 */
export class ReadBatches {
  readonly #pool: () => Pool
  #reads: Read[] = []

  constructor(pool: () => Pool) {
    this.#pool = pool
  }

  run(query: QueryConfig): Promise<QueryResult<Row>> {
    return new Promise((resolve, reject) => {
      // Two iterations of the event loop, since a busy process receives only a few requests in each.
      if (this.#reads.length === 0) setImmediate(() => setImmediate(() => this.#send()))
      this.#reads.push({ query, resolve, reject })
      if (this.#reads.length === maxBatchSize) this.#send()
    })
  }

  async #send(): Promise<void> {
    const reads = this.#reads.splice(0)
    if (reads.length === 0) return
    try {
      const pool = this.#pool()
      const client = reads.length > 1 ? await pool.connect() : undefined
      if (client && canPipeline(client)) return await sendTogether(client, reads)
      client?.release()
      for (const { query, resolve, reject } of reads) pool.query<Row>(query).then(resolve, reject)
    } catch (error) {
      for (const { reject } of reads) reject(error)
    }
  }
}

/** Older versions of `pg` and `pg-native` cannot. */
function canPipeline(client: PoolClient): client is PipelineClient {
  return 'pipeline' in client && 'connection' in client
}

async function sendTogether(client: PipelineClient, reads: readonly Read[]): Promise<void> {
  // The reads report it; without a listener it would end the process.
  const ignoreError = () => {}
  client.on('error', ignoreError)
  // Only for the batch, because streams do not work in pipeline mode.
  client.pipeline = true
  const { stream } = client.connection
  stream.cork()
  const sent = reads.map(async ({ query, resolve, reject }) => {
    try {
      resolve(await client.query<Row>(query))
      return true
    } catch (error) {
      reject(error)
      // Each of the others would wait for its own timeout.
      if (Object(error).code === statementTimeoutCode) stream.destroy()
      return false
    }
  })
  stream.uncork()
  const succeeded = await Promise.all(sent)
  client.pipeline = false
  client.off('error', ignoreError)
  // After an error the pool closes the connection, as it does for a single statement.
  client.release(succeeded.includes(false))
}
