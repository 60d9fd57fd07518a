import type { Statement } from './statement.ts'

/** A write whose result nothing waits for. */
export interface PendingWrite extends Statement {
  /** Receives the number of written rows; an error rolls back the transaction. */
  readonly onCount?: (count: number) => void
}

/** Writes that wait for the next statement of their transaction or batch. */
export interface WriteScope {
  pending: PendingWrite[]
}

/** Whether the statement may read or write a row that a pending write changes. */
export function isAffected(pending: readonly PendingWrite[], { sql, row }: Statement): boolean {
  return pending.some((write) => {
    const isOtherRow = row !== undefined && write.row !== undefined && row !== write.row
    return !isOtherRow && sql.includes(tableOf(write.sql))
  })
}

/** Whether the statement can be a part of another one, unlike `LOCK` or `WITH`. */
export function isCombinable(sql: string): boolean {
  return /^\s*(?:INSERT|UPDATE|DELETE)\b/i.test(sql)
}

/** One statement of PostgreSQL that runs all of these; it returns the number of rows of each. Each changes other rows. */
export function combineStatements(statements: readonly Statement[]): Statement {
  let offset = 0
  const parts = statements.map(({ sql, parameters }, index) => {
    const shift = offset
    offset += parameters.length
    const numbered = sql.replaceAll(/\$(\d+)/g, (_, position: string) => `$${Number(position) + shift}`)
    return `w${index} AS (${numbered}${/\bRETURNING\b/i.test(sql) ? '' : ' RETURNING 1'})`
  })
  const counts = statements.map((_, index) => `(SELECT COUNT(*) FROM w${index}) AS w${index}`)
  return {
    sql: `WITH ${parts.join(', ')} SELECT ${counts.join(', ')}`,
    parameters: statements.flatMap(({ parameters }) => parameters),
  }
}

function tableOf(sql: string): string {
  return /^\s*(?:INSERT\s+INTO|UPDATE|DELETE\s+FROM)\s+"?(\w+)/i.exec(sql)?.[1] ?? ''
}
