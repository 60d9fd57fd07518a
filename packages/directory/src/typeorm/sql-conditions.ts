import type { DatabaseKind } from '@pocket/core/internal/sql'

/** A condition for memberships that are valid at the time in this parameter. */
export function notExpiredAt(parameter: string): string {
  return `(ends_at IS NULL OR ends_at > ${parameter})`
}

/** A table with the one column `value`, read from a JSON array of strings in one parameter. */
export function jsonArrayTable(kind: DatabaseKind, parameter = '$1'): string {
  return kind === 'sqlite' ? `json_each(${parameter})` : `json_array_elements_text(${parameter}::json) AS list(value)`
}
