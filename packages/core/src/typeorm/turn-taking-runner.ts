import type BetterSqlite3 from 'better-sqlite3'
import type { QueryRunner } from 'typeorm'
import type { BetterSqlite3Driver } from 'typeorm/driver/better-sqlite3/BetterSqlite3Driver.js'
import type { BetterSqlite3QueryRunner } from 'typeorm/driver/better-sqlite3/BetterSqlite3QueryRunner.js'
import type { AmbientTransactions } from './ambient-transactions.ts'
import { endedTransaction, type Turn } from './turn.ts'
import type { WriteTurns } from './write-turns.ts'

type IsolationLevel = Parameters<QueryRunner['startTransaction']>[0]
type RunnerClass = new (driver: BetterSqlite3Driver) => BetterSqlite3QueryRunner

/** `ROLLBACK TO` ends only a savepoint. */
const endsTransaction = /^\s*(?:COMMIT|END|ROLLBACK(?!.*\bTO\b))\b/is

const openTurns = new WeakMap<object, readonly Turn[]>()

/** The turn of the innermost open transaction of this runner. */
export function turnOf(runner: QueryRunner): Turn | undefined {
  return openTurns.get(runner)?.at(-1)
}

/**
 * TypeORM's query runner for SQLite with serialized access: a transaction is a turn from its beginning to its end, and a
 * single statement is a short turn. Code inside a transaction callback belongs to that transaction, regardless of its runner.
 */
export function createTurnTakingRunner(
  BaseRunner: RunnerClass,
  rootTurn: WriteTurns,
  ambient: AmbientTransactions,
): RunnerClass {
  return class TurnTakingQueryRunner extends BaseRunner {
    readonly #turns: Turn[] = []
    /** Whether TypeORM, not the host, may send `COMMIT` and `ROLLBACK`. */
    #isEnding = false
    #hasFailedCommit = false

    constructor(driver: BetterSqlite3Driver) {
      super(driver)
      openTurns.set(this, this.#turns)
    }

    override async startTransaction(isolationLevel?: IsolationLevel): Promise<void> {
      const turn = await this.#currentTurn().open('transaction')
      this.#turns.push(turn)
      this.#hasFailedCommit = false
      // Savepoint names contain the depth, and this runner may be nested in a transaction of another one.
      this.transactionDepth = turn.depth - 1
      try {
        await super.startTransaction(isolationLevel)
      } catch (error) {
        this.#end()
        throw error
      }
    }

    override async commitTransaction(): Promise<void> {
      this.#isEnding = true
      try {
        await super.commitTransaction()
      } finally {
        this.#isEnding = false
      }
      this.#end()
    }

    override async rollbackTransaction(): Promise<void> {
      if (this.#hasFailedCommit) {
        // Nothing is left to undo, but callers and subscribers need not know.
        this.#hasFailedCommit = false
        await this.broadcaster.broadcast('BeforeTransactionRollback')
        await this.broadcaster.broadcast('AfterTransactionRollback')
        return
      }
      this.#isEnding = true
      try {
        await super.rollbackTransaction()
      } finally {
        this.#isEnding = false
        this.#end()
      }
    }

    override async release(): Promise<void> {
      while (this.isTransactionActive && this.#turns.length > 0) await this.rollbackTransaction()
      while (this.#turns.length > 0) this.#end()
      await super.release()
    }

    override async query(sql: string, parameters?: unknown[], useStructuredResult?: boolean): Promise<unknown> {
      if (ambient.hasEnded(this)) throw endedTransaction()
      const outerTurn = this.#currentTurn()
      const turn = await outerTurn.open()
      try {
        if (this.#isRolledBack(outerTurn)) {
          // SQLite has already rolled back (disk full, I/O error); only a repeated rollback is harmless.
          if (sql === 'ROLLBACK') return undefined
          throw endedTransaction()
        }
        if (sql === 'BEGIN TRANSACTION' && outerTurn !== rootTurn) return await rootTurn.begin()
        if (this.#isEnding && (sql === 'COMMIT' || sql === 'ROLLBACK')) return this.#endTransaction(sql)
        if (endsTransaction.test(sql)) {
          throw new Error('End a transaction by its callback or query runner, not with SQL')
        }
        const result = await super.query(sql, parameters, useStructuredResult)
        if (outerTurn === rootTurn && this.#connection.inTransaction) {
          throw new Error(
            'Start a transaction with dataSource.transaction or queryRunner.startTransaction, not with SQL',
          )
        }
        return result
      } finally {
        turn.end()
      }
    }

    async #endTransaction(sql: 'COMMIT' | 'ROLLBACK'): Promise<void> {
      const ended = sql === 'COMMIT' ? rootTurn.commit() : rootTurn.rollback()
      // Rejects statements that wait in this turn; the next transaction may share the commit.
      this.#end()
      try {
        await ended
      } catch (error) {
        this.#hasFailedCommit = true
        throw error
      }
    }

    get #connection(): BetterSqlite3.Database {
      return this.driver.databaseConnection
    }

    #currentTurn(): Turn {
      const ambientRunner = ambient.runner
      return this.#turns.at(-1) ?? (ambientRunner === undefined ? undefined : turnOf(ambientRunner)) ?? rootTurn
    }

    #isRolledBack(outerTurn: Turn): boolean {
      if (outerTurn.ended) return true
      const isStarted = this.#turns.length === 0 ? outerTurn !== rootTurn : this.transactionDepth > 0
      return isStarted && !this.#connection.inTransaction
    }

    #end(): void {
      this.#turns.pop()?.end()
      this.isTransactionActive = this.#turns.length > 0
      this.transactionDepth = this.#turns.at(-1)?.depth ?? 0
    }
  }
}
