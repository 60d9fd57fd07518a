import type BetterSqlite3 from 'better-sqlite3'
import { cacheByStatement } from '../statement-cache.ts'
import type { AmbientTransaction } from './ambient-transactions.ts'
import type { Parameter } from './parameter.ts'
import type { Statement, StatementResult } from './statement.ts'
import type { Statements } from './statements.ts'
import { endedTransaction } from './turn.ts'
import { turnOf } from './turn-taking-runner.ts'
import type { WriteTurns } from './write-turns.ts'

/** Cached prepared statements that run in their turn. */
export class SqliteStatements implements Statements {
  readonly #connection: () => BetterSqlite3.Database
  readonly #turns: WriteTurns
  readonly #prepare = cacheByStatement((sql) => this.#connection().prepare(sql))

  constructor(connection: () => BetterSqlite3.Database, turns: WriteTurns) {
    this.#connection = connection
    this.#turns = turns
  }

  run({ sql, parameters }: Statement, transaction: AmbientTransaction | undefined): Promise<StatementResult> {
    const statement = this.#prepare(sql)
    const values = toBindable(parameters)
    if (transaction === undefined) return this.#turns.statement(() => execute(statement, values), statement.readonly)
    const turn = turnOf(transaction.runner)
    if (turn === undefined) throw endedTransaction()
    return turn.statement(() => {
      // SQLite rolls back automatically if the disk is full: later statements must not run outside the transaction.
      if (!this.#connection().inTransaction) throw endedTransaction()
      return execute(statement, values)
    }, statement.readonly)
  }
}

type Bindable = Readonly<Record<string, string | number | null>>

/** SQLite numbers `$1` by position only if it is bound by name, and it has no booleans. */
function toBindable(parameters: readonly Parameter[]): Bindable {
  const values: Record<string, string | number | null> = {}
  let position = 0
  for (const value of parameters) values[++position] = typeof value === 'boolean' ? Number(value) : value
  return values
}

function execute(statement: BetterSqlite3.Statement, values: Bindable): StatementResult {
  if (statement.reader) {
    const rows = statement.all(values)
    return { rows, count: rows.length }
  }
  return { rows: [], count: statement.run(values).changes }
}
