import type BetterSqlite3 from 'better-sqlite3'
import { Turn, turnTimeout } from './turn.ts'
import { beginImmediate, isBusy } from './write-lock.ts'

interface PendingStatement {
  succeed(): void
  fail(error: unknown): void
}

/**
 * The turns of a SQLite database. There is one connection, so a transaction that waits would absorb statements of other
 * callers and lose them on rollback. Therefore each transaction is a separate turn. Between transactions the statements of
 * one tick share a commit, which makes `synchronous=FULL` affordable.
 *
 * Results are returned only after the commit: while a group is open, reads wait for it as well.
 */
export class WriteTurns extends Turn {
  readonly #connection: () => BetterSqlite3.Database
  #group: PendingStatement[] | undefined

  constructor(connection: () => BetterSqlite3.Database, maxWait: number = turnTimeout) {
    super(undefined, maxWait)
    this.#connection = connection
  }

  protected override runStatement<T>(work: () => T, readonly: boolean): Promise<T> {
    if (readonly && this.#group === undefined) return super.runStatement(work, readonly)
    const group = this.#group ?? this.#begin()
    if (group === undefined) return this.#runAlone(work)
    return new Promise((resolve, reject) => {
      try {
        const value = work()
        group.push({ succeed: () => resolve(value), fail: reject })
      } catch (error) {
        group.push({ succeed: () => reject(error), fail: reject })
        // A failed statement does not affect the others, unless the database rolls back everything (disk full).
        if (!this.#connection().inTransaction) this.#failGroup(error)
      }
    })
  }

  protected override beforeInnerTurn(): void {
    this.#commit()
  }

  protected override afterInnerTurn(): void {
    // A turn that ends without a commit is rolled back: the next one must not inherit an open transaction.
    if (this.#connection().inTransaction) this.#connection().exec('ROLLBACK')
  }

  /** Runs a statement in a transaction of its own, once another connection has released the write lock. */
  async #runAlone<T>(work: () => T): Promise<T> {
    const turn = await this.open()
    try {
      await beginImmediate(this.#connection())
      const value = work()
      this.#connection().exec('COMMIT')
      return value
    } finally {
      turn.end()
    }
  }

  /** Returns `undefined` if another connection has the write lock. */
  #begin(): PendingStatement[] | undefined {
    try {
      this.#connection().exec('BEGIN IMMEDIATE')
    } catch (error) {
      if (isBusy(error)) return undefined
      throw error
    }
    const group: PendingStatement[] = []
    this.#group = group
    setImmediate(() => {
      if (this.#group === group) this.#commit()
    })
    return group
  }

  #commit(): void {
    const group = this.#group
    if (group === undefined) return
    try {
      this.#connection().exec('COMMIT')
    } catch (error) {
      this.#failGroup(error)
      return
    }
    this.#group = undefined
    for (const statement of group) statement.succeed()
  }

  #failGroup(error: unknown): void {
    const group = this.#group ?? []
    this.#group = undefined
    for (const statement of group) statement.fail(error)
    const connection = this.#connection()
    if (connection.open && connection.inTransaction) connection.exec('ROLLBACK')
  }
}
