import type BetterSqlite3 from 'better-sqlite3'
import { UnavailableError } from '../errors.ts'
import { toUnavailableError } from '../outage.ts'
import { cacheByStatement } from '../statement-cache.ts'
import { endedTransaction, Turn, type TurnUse, turnTimeout } from './turn.ts'
import { beginImmediate, isBusy } from './write-lock.ts'

interface PendingStatement {
  succeed(): void
  fail(error: unknown): void
}

/** The maximum number of statements and transactions that share a commit. */
const maxGroupSize = 32
/** Iterations of the event loop without a further write after which a group begins; an idle event loop needs microseconds for them. */
const quietIterations = 3

/**
 * The turns of a SQLite database. There is one connection, so a transaction that waits would absorb statements of other
 * callers and lose them on rollback. Therefore each transaction is a separate turn.
 *
 * What writes waits while requests that are served at the same time bring further writes. The statements and transactions that
 * have come together until then share a commit, which makes `synchronous=FULL` affordable: each transaction after the first is
 * a savepoint. Their results are returned only after the commit. Reads wait only for an open transaction, and those of an iteration
 * of the event loop share one, because SQLite locks and unlocks the file for each.
 */
export class WriteTurns extends Turn {
  readonly #connection: () => BetterSqlite3.Database
  readonly #delayed: (() => void)[] = []
  #group: PendingStatement[] | undefined
  /** How the open transaction belongs to the group. SQLite copies pages for a savepoint, which the first one does not need. */
  #member: 'first' | 'savepoint' | undefined
  #idle: NodeJS.Timeout | undefined
  readonly #prepare = cacheByStatement((sql) => this.#connection().prepare(sql))
  #isReading = false

  constructor(connection: () => BetterSqlite3.Database, maxWait: number = turnTimeout) {
    super(undefined, maxWait)
    this.#connection = connection
  }

  override statement<T>(work: () => T, readonly: boolean): Promise<T> {
    const start = () => super.statement(work, readonly)
    return readonly ? start() : this.#delay(start)
  }

  override open(use: TurnUse = 'statement'): Promise<Turn> {
    const start = () => super.open(use)
    if (use === 'transaction') return this.#delay(start)
    this.#startDelayed()
    return start()
  }

  #delay<T>(start: () => Promise<T>): Promise<T> {
    if (this.hasInnerTurn) return start()
    if (this.#delayed.length === 0) this.#gather(1)
    return new Promise((resolve) => this.#delayed.push(() => resolve(start())))
  }

  /** Starts the delayed writes once no further ones come, or enough for a commit. */
  #gather(lastSize: number, lastQuiet = 0): void {
    setImmediate(() => {
      const size = this.#delayed.length
      const quiet = size > lastSize ? 0 : lastQuiet + 1
      if (quiet > quietIterations || size >= maxGroupSize) this.#startDelayed()
      else if (size > 0) this.#gather(size, quiet)
    })
  }

  #startDelayed(): void {
    for (const start of this.#delayed.splice(0)) start()
    if (!this.hasInnerTurn) this.#commit()
  }

  protected override runStatement<T>(work: () => T, readonly: boolean): Promise<T> {
    if (readonly) {
      this.#commit()
      this.#beginReads()
      return super.runStatement(work, readonly)
    }
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

  /** Begins the transaction of the open turn. */
  async begin(): Promise<void> {
    if (this.#member === undefined) await beginImmediate(this.#connection())
  }

  /** Ends the transaction of the open turn, which must end then. Resolves once its changes are stored. */
  async commit(): Promise<void> {
    const group = this.#member && this.#group
    if (this.#member !== 'first') this.#connection().exec(group ? 'RELEASE member' : 'COMMIT')
    else if (!this.#connection().inTransaction) throw endedTransaction()
    this.#member = undefined
    if (group) await new Promise<void>((succeed, fail) => group.push({ succeed, fail }))
  }

  /**
   * Undoes the transaction of the open turn, which must end then. Resolves once the group has ended, since the transaction may
   * have failed because of changes that are not stored yet.
   */
  async rollback(): Promise<void> {
    const group = this.#member === 'savepoint' ? this.#group : undefined
    this.#connection().exec(group ? 'ROLLBACK TO member; RELEASE member' : 'ROLLBACK')
    if (this.#member === 'first') this.#group = undefined
    this.#member = undefined
    if (group) await new Promise<void>((resolve) => group.push({ succeed: resolve, fail: () => resolve() }))
  }

  protected override beforeInnerTurn(use: TurnUse): void {
    this.#endReads()
    if (use === 'statement' || (this.#group?.length ?? 0) >= maxGroupSize) this.#commit()
    const group = use === 'statement' ? undefined : (this.#group ?? this.#begin())
    if (group === undefined) return
    this.#member = group.length === 0 ? 'first' : 'savepoint'
    if (this.#member === 'first') return
    this.#connection().exec('SAVEPOINT member')
    this.#limitIdleTime()
  }

  /** Otherwise the group would wait forever for a transaction that waits for a result of the group. */
  #limitIdleTime(): void {
    clearTimeout(this.#idle)
    this.#idle = setTimeout(() => {
      if (this.#member === undefined) return
      if (this.takeUse()) return this.#limitIdleTime()
      this.#member = undefined
      this.#failGroup(
        new Error(`Waited ${this.maxWait} ms for a turn: a transaction with the same commit does not end`),
      )
    }, this.maxWait)
  }

  protected override afterInnerTurn(): void {
    const { inTransaction } = this.#connection()
    // A turn that ends without a commit is rolled back: the next one must not inherit an open transaction.
    if (inTransaction && (this.#member || !this.#group)) this.rollback().catch(() => {})
    this.#member = undefined
    clearTimeout(this.#idle)
    if (this.#group && !inTransaction) this.#failGroup(new UnavailableError('Another transaction failed.'))
  }

  protected override whenIdle(): void {
    this.#commit()
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
    this.#endReads()
    try {
      this.#connection().exec('BEGIN IMMEDIATE')
    } catch (error) {
      if (isBusy(error)) return undefined
      throw error
    }
    const group: PendingStatement[] = []
    this.#group = group
    return group
  }

  #commit(): void {
    const group = this.#group
    if (group === undefined) return
    try {
      this.#connection().exec('COMMIT')
    } catch (error) {
      // Otherwise a broken reference of one would be reported to all.
      const isShared = group.length > 1 && toUnavailableError(error) === undefined
      this.#failGroup(isShared ? new UnavailableError('Another transaction failed.', { cause: error }) : error)
      return
    }
    this.#group = undefined
    for (const statement of group) statement.succeed()
  }

  #beginReads(): void {
    if (this.#isReading || this.#connection().inTransaction) return
    this.#prepare('BEGIN').run()
    this.#isReading = true
    setImmediate(() => this.#endReads())
  }

  #endReads(): void {
    if (!this.#isReading) return
    this.#isReading = false
    const connection = this.#connection()
    if (connection.open && connection.inTransaction) this.#prepare('COMMIT').run()
  }

  #failGroup(error: unknown): void {
    const group = this.#group ?? []
    this.#group = undefined
    for (const statement of group) statement.fail(error)
    const connection = this.#connection()
    if (connection.open && connection.inTransaction) connection.exec('ROLLBACK')
  }
}
