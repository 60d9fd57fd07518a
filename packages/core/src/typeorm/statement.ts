import type { Parameter } from './parameter.ts'

/** A statement with the placeholders `$1`, `$2`, ... */
export interface Statement {
  readonly sql: string
  readonly parameters: readonly Parameter[]
  /** Identifies the only row that the statement reads or writes, if it is only one. */
  readonly row?: string | undefined
  /**
   * For reads of few rows by an index. On PostgreSQL such reads of concurrent requests are sent together and wait for each other,
   * so they must not lock rows.
   */
  readonly isKeyRead?: boolean
}

/** The result of a statement: its rows, and the number of rows read or changed. */
export interface StatementResult {
  readonly rows: readonly unknown[]
  readonly count: number
}
