import { createHash } from 'node:crypto'
import type { ClientBase, Pool, QueryConfig } from 'pg'
import { isResponseTimeout, noResponseMessage } from '../outage.ts'
import { cacheByStatement } from '../statement-cache.ts'
import type { AmbientTransaction } from './ambient-transactions.ts'
import { ReadBatches } from './read-batches.ts'
import type { Statement, StatementResult } from './statement.ts'
import type { Statements } from './statements.ts'
import { endedTransaction } from './turn.ts'

/** Milliseconds during which statements fail immediately after PostgreSQL stopped responding. */
const failFastPeriod = 1000

/** Statements, named unless a pooler assigns the connections, through the pool, or through the client of the current transaction. */
export class PostgresStatements implements Statements {
  readonly #pool: () => Pool
  readonly #readBatches: ReadBatches
  readonly #isNamed: boolean
  /** Derived from the text, so that processes behind one connection pooler never use one name for two texts. */
  readonly #nameOf = cacheByStatement(
    (sql) => `pocket_${createHash('sha256').update(sql).digest('base64url').slice(0, 22)}`,
  )
  /** In `performance` time. */
  #unavailableUntil = 0
  #lastResponseAt = 0

  constructor(pool: () => Pool, { isNamed }: { readonly isNamed: boolean }) {
    this.#pool = pool
    this.#readBatches = new ReadBatches(pool)
    this.#isNamed = isNamed
  }

  async run(
    { sql, parameters, isKeyRead = false }: Statement,
    transaction: AmbientTransaction | undefined,
  ): Promise<StatementResult> {
    // Later statements of the same request need not wait for the same timeout again.
    if (performance.now() < this.#unavailableUntil) throw new Error(noResponseMessage)
    const startedAt = performance.now()
    const query: QueryConfig = { text: sql, values: [...parameters], ...(this.#isNamed && { name: this.#nameOf(sql) }) }
    try {
      const { rows, rowCount } = await (transaction
        ? runInOrder(transaction, query)
        : isKeyRead
          ? this.#readBatches.run(query)
          : this.#pool().query<Record<string, unknown>>(query))
      this.#lastResponseAt = performance.now()
      return { rows, count: rowCount ?? 0 }
    } catch (error) {
      // A statement from an outage can time out after PostgreSQL responds again.
      if (isResponseTimeout(error) && this.#lastResponseAt < startedAt)
        this.#unavailableUntil = performance.now() + failFastPeriod
      throw error
    }
  }
}

/** A client runs one statement at a time, while callers may issue statements of one transaction concurrently. */
function runInOrder(transaction: AmbientTransaction, query: QueryConfig) {
  const result = transaction.lastStatement.then(async () => {
    // If an earlier statement failed, the transaction may be rolled back and the client reused by another caller.
    if (transaction.ended) throw endedTransaction()
    const client: ClientBase = await transaction.runner.connect()
    if (transaction.ended) throw endedTransaction()
    return client.query<Record<string, unknown>>(query)
  })
  // The next statement runs regardless of this result; the caller of this statement receives the error.
  transaction.lastStatement = result.catch(() => undefined)
  return result
}
