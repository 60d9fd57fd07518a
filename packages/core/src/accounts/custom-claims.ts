import type { Account, CustomClaim } from './account.ts'
import { protocolClaims } from './reserved-claims.ts'

/**
 * The custom claims of an account by name. Claims of the user take precedence over claims of groups; among groups, the
 * first by case-insensitive name takes precedence.
 */
export function customClaims({ customClaims: own = [], groups }: Account): ReadonlyMap<string, unknown> {
  const byName = [...groups].sort((left, right) => order(left.name.toLowerCase(), right.name.toLowerCase()))
  const claims = new Map<string, unknown>()
  for (const { key, value } of [...own, ...byName.flatMap((group) => group.customClaims ?? [])])
    if (!protocolClaims.has(key) && !claims.has(key)) claims.set(key, parsed(value))
  return claims
}

function order(left: string, right: string): number {
  return left < right ? -1 : left > right ? 1 : 0
}

/** Parses JSON values, so `5` becomes a number and `true` a boolean; other values stay text. */
function parsed(value: CustomClaim['value']): unknown {
  try {
    return JSON.parse(value)
  } catch {
    return value
  }
}
