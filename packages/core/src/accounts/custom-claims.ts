import type { Account, CustomClaim } from './account.ts'
import { protocolClaims } from './reserved-claims.ts'

/**
 * The custom claims of an account by name. Claims of the user take precedence over claims of groups; among groups, the
 * first by case-insensitive name takes precedence.
 */
export function customClaims({ customClaims: userClaims = [], groups }: Account): ReadonlyMap<string, unknown> {
  const sortedGroups = [...groups].sort((left, right) => compareText(left.name.toLowerCase(), right.name.toLowerCase()))
  const claims = new Map<string, unknown>()
  for (const { key, value } of [...userClaims, ...sortedGroups.flatMap((group) => group.customClaims ?? [])])
    if (!protocolClaims.has(key) && !claims.has(key)) claims.set(key, parseValue(value))
  return claims
}

function compareText(left: string, right: string): number {
  return left < right ? -1 : left > right ? 1 : 0
}

/** Parses JSON values, so `5` becomes a number and `true` a boolean; other values stay text. */
function parseValue(value: CustomClaim['value']): unknown {
  try {
    return JSON.parse(value)
  } catch {
    return value
  }
}
