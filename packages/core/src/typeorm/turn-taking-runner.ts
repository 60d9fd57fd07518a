import type BetterSqlite3 from 'better-sqlite3'
import type { QueryRunner } from 'typeorm'
import type { BetterSqlite3Driver } from 'typeorm/driver/better-sqlite3/BetterSqlite3Driver.js'
import type { BetterSqlite3QueryRunner } from 'typeorm/driver/better-sqlite3/BetterSqlite3QueryRunner.js'
import type { AmbientTransactions } from './ambient-transactions.ts'
import { endedTransaction, type Turn } from './turn.ts'
import type { WriteTurns } from './write-turns.ts'

type IsolationLevel = Parameters<QueryRunner['startTransaction']>[0]
type RunnerClass = new (driver: BetterSqlite3Driver) => BetterSqlite3QueryRunner

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

    constructor(driver: BetterSqlite3Driver) {
      super(driver)
      openTurns.set(this, this.#turns)
    }

    override async startTransaction(isolationLevel?: IsolationLevel): Promise<void> {
      const turn = await this.#currentTurn().open('transaction')
      this.#turns.push(turn)
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
      await super.commitTransaction()
      this.#end()
    }

    override async rollbackTransaction(): Promise<void> {
      try {
        await super.rollbackTransaction()
      } finally {
        this.#end()
      }
    }

    override async release(): Promise<void> {
      while (this.isTransactionActive && this.#turns.length > 0) await this.rollbackTransaction()
      while (this.#turns.length > 0) this.#end()
      await super.release()
    }

    override async query(sql: string, parameters?: unknown[], useStructuredResult?: boolean): Promise<unknown> {
      const outerTurn = this.#currentTurn()
      const turn = await outerTurn.open()
      let committed: Promise<void> | undefined
      try {
        if (this.#isRolledBack(outerTurn)) {
          // SQLite has already rolled back (disk full, I/O error); only a repeated rollback is harmless.
          if (sql === 'ROLLBACK') return undefined
          throw endedTransaction()
        }
        let result: unknown
        if (sql === 'BEGIN TRANSACTION') await rootTurn.begin()
        else if (sql === 'ROLLBACK') rootTurn.rollback()
        else if (sql === 'COMMIT' && this.#turns.length > 0) committed = rootTurn.commit()
        else result = await super.query(sql, parameters, useStructuredResult)
        if (outerTurn === rootTurn && this.#connection.inTransaction) {
          throw new Error(
            'Start a transaction with dataSource.transaction or queryRunner.startTransaction, not with SQL',
          )
        }
        if (committed === undefined) return result
      } finally {
        turn.end()
      }
      // The next transaction may share the commit.
      this.#end()
      return committed
    }

    get #connection(): BetterSqlite3.Database {
      return this.driver.databaseConnection
    }

    #currentTurn(): Turn {
      const ambientRunner = ambient.runner
      return this.#turns.at(-1) ?? (ambientRunner === undefined ? undefined : turnOf(ambientRunner)) ?? rootTurn
    }

    #isRolledBack(outerTurn: Turn): boolean {
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
