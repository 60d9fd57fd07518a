import type { AmbientTransaction } from './ambient-transactions.ts'
import type { Statement, StatementResult } from './statement.ts'

/** Prepared statements on one kind of database. */
export interface Statements {
  run(statement: Statement, transaction: AmbientTransaction | undefined): Promise<StatementResult>
}
