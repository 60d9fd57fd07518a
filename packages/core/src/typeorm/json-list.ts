import type { DatabaseKind } from './database.ts'

/** A subquery with the column `value`, one row per string of a JSON array, so that a list of any length is one parameter. */
export function jsonList(kind: DatabaseKind, placeholder: string): string {
  return kind === 'postgres'
    ? `(SELECT value FROM json_array_elements_text(CAST(${placeholder} AS json)) AS list(value))`
    : `(SELECT value FROM json_each(${placeholder}))`
}
