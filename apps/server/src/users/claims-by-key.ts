import type { CustomClaim } from '@pocket/directory'

/** Claims as the audit log compares them: one field for each key. */
export function claimsByKey(claims: readonly CustomClaim[]): Readonly<Record<string, string>> {
  return Object.fromEntries(claims.map(({ key, value }) => [key, value]))
}
