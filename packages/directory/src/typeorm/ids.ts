import type { DatabaseKind } from '@pocket/core/typeorm'

/** Holds for memberships that count at the instant of this parameter. */
export function lastingAt(parameter: string): string {
  return `(ends_at IS NULL OR ends_at > ${parameter})`
}

/** A table of the texts in a parameter, which is a JSON array, with the one column `value`: any number of them is one parameter. */
export function listed(kind: DatabaseKind, parameter = '$1'): string {
  return kind === 'sqlite' ? `json_each(${parameter})` : `json_array_elements_text(${parameter}::json) AS list(value)`
}
