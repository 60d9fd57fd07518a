import { createHash } from 'node:crypto'
import type { ClientBase, Pool, QueryConfig } from 'pg'
import type { AmbientTransaction } from './ambient-transactions.ts'
import { isSilence, silence } from './outage.ts'
import type { Parameter, StatementResult, Statements } from './statements.ts'
import { endedTransaction } from './turn.ts'

/** Milliseconds in which statements are refused at once after nothing was heard from PostgreSQL. */
const pauseAfterSilence = 1000

/** Named statements through the pool, or through the client of the transaction that the caller stands in. */
export class PostgresStatements implements Statements {
  readonly #pool: () => Pool
  readonly #names = new Map<string, string>()
  /** By the clock of `performance`. */
  #silentUntil = 0

  constructor(pool: () => Pool) {
    this.#pool = pool
  }

  async run(
    sql: string,
    parameters: readonly Parameter[],
    transaction: AmbientTransaction | undefined,
  ): Promise<StatementResult> {
    // Whoever follows in the same request need not wait for the same silence again.
    if (performance.now() < this.#silentUntil) throw new Error(silence)
    const query: QueryConfig = { name: this.#nameOf(sql), text: sql, values: [...parameters] }
    try {
      const { rows, rowCount } = await (transaction === undefined
        ? this.#pool().query<Record<string, unknown>>(query)
        : inOrder(transaction, query))
      return { rows, count: rowCount ?? 0 }
    } catch (error) {
      if (isSilence(error)) this.#silentUntil = performance.now() + pauseAfterSilence
      throw error
    }
  }

  /** Made from the text, so that processes behind one connection pooler never give two texts the same name. */
  #nameOf(sql: string): string {
    const known = this.#names.get(sql)
    if (known !== undefined) return known
    const name = `pocket_${createHash('sha256').update(sql).digest('base64url').slice(0, 22)}`
    this.#names.set(sql, name)
    return name
  }
}

/** A client runs one statement at a time; those of one transaction may be made at once. */
function inOrder(transaction: AmbientTransaction, query: QueryConfig) {
  const result = transaction.last.then(async () => {
    // An earlier statement may have failed and the transaction been rolled back; the client is somebody else's then.
    if (transaction.ended) throw endedTransaction()
    const client: ClientBase = await transaction.runner.connect()
    if (transaction.ended) throw endedTransaction()
    return client.query<Record<string, unknown>>(query)
  })
  // The next statement runs whatever became of this one, whose own caller gets the error.
  transaction.last = result.catch(() => undefined)
  return result
}
