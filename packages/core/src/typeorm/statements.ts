import type { AmbientTransaction } from './ambient-transactions.ts'
import type { Parameter } from './parameter.ts'

/** The result of a statement: its rows, and the number of rows read or changed. */
export interface StatementResult {
  readonly rows: readonly unknown[]
  readonly count: number
}

/** Prepared statements with the placeholders `$1`, `$2`, ... on one kind of database. */
export interface Statements {
  /** @param isKeyRead - see {@link Database.queryByKey} */
  run(
    sql: string,
    parameters: readonly Parameter[],
    transaction: AmbientTransaction | undefined,
    isKeyRead?: boolean,
  ): Promise<StatementResult>
}
