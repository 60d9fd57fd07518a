import type { DatabaseKind } from '@pocket/core/typeorm'

/** Holds for memberships that count at the instant of this parameter. */
export function lastingAt(parameter: string): string {
  return `(ends_at IS NULL OR ends_at > ${parameter})`
}

/** A table of the texts in `$1`, which is a JSON array, with the one column `value`: any number of them is one parameter. */
export function listed(kind: DatabaseKind): string {
  return kind === 'sqlite' ? 'json_each($1)' : 'json_array_elements_text($1::json) AS list(value)'
}
