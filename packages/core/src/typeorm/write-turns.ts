import type BetterSqlite3 from 'better-sqlite3'
import { Turn, turnTimeout } from './turn.ts'

interface Grouped {
  settle(): void
  fail(error: unknown): void
}

/**
 * The turns of a SQLite database. There is one connection, so a transaction that waits for something would take in the
 * statements of everybody else, and lose them when it rolls back. So a transaction is a turn of its own. Between
 * transactions the single statements of a tick share one commit, which makes `synchronous=FULL` affordable.
 *
 * Nothing is told before it is committed: while a group is open, even the answers to reads wait for its commit.
 */
export class WriteTurns extends Turn {
  readonly #connection: () => BetterSqlite3.Database
  #group: Grouped[] | undefined

  constructor(connection: () => BetterSqlite3.Database, maxWait: number = turnTimeout) {
    super(undefined, maxWait)
    this.#connection = connection
  }

  protected override perform<T>(work: () => T, readonly: boolean): Promise<T> {
    if (readonly && this.#group === undefined) return super.perform(work, readonly)
    return new Promise((resolve, reject) => {
      const group = this.#group ?? this.#begin()
      try {
        const value = work()
        group.push({ settle: () => resolve(value), fail: reject })
      } catch (error) {
        group.push({ settle: () => reject(error), fail: reject })
        // A statement that fails leaves the others alone, unless the database rolls back everything (disk full).
        if (!this.#connection().inTransaction) this.#lose(error)
      }
    })
  }

  protected override beforeInner(): void {
    this.#commit()
  }

  protected override afterInner(): void {
    // Whoever leaves a turn without a commit gets none: the next one must not inherit an open transaction.
    if (this.#connection().inTransaction) this.#connection().exec('ROLLBACK')
  }

  #begin(): Grouped[] {
    this.#connection().exec('BEGIN IMMEDIATE')
    const group: Grouped[] = []
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
      this.#lose(error)
      return
    }
    this.#group = undefined
    for (const statement of group) statement.settle()
  }

  #lose(error: unknown): void {
    const group = this.#group ?? []
    this.#group = undefined
    for (const statement of group) statement.fail(error)
    const connection = this.#connection()
    if (connection.open && connection.inTransaction) connection.exec('ROLLBACK')
  }
}
