import type { CustomClaim } from '@pocket/directory'

/** Claims in the form that the audit log compares: one field for each key. */
export function claimsByKey(claims: readonly CustomClaim[]): Readonly<Record<string, string>> {
  return Object.fromEntries(claims.map(({ key, value }) => [key, value]))
}
