import type { AmbientTransaction } from './ambient-transactions.ts'

/** What a placeholder can stand for on both databases. */
export type Parameter = string | number | boolean | null

/** A statement's answer: its rows, and how many rows it has read or changed. */
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
