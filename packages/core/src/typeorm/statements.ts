import type { AmbientTransaction } from './ambient-transactions.ts'
import type { Parameter } from './parameter.ts'

/** The result of a statement: its rows, and the number of rows read or changed. */
export interface StatementResult {
  readonly rows: readonly unknown[]
  readonly count: number
}

/** Prepared statements with the placeholders `$1`, `$2`, ... on one kind of database. */
export interface Statements {
  run(
    sql: string,
    parameters: readonly Parameter[],
    transaction: AmbientTransaction | undefined,
  ): Promise<StatementResult>
}
