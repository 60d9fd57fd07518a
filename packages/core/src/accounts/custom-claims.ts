import type { Account, CustomClaim } from './account.ts'
import { protocolClaims } from './reserved-claims.ts'

/**
 * What is said of the person beyond the standard claims, by claim. Their own claims count before those of their groups, and
 * of the groups the first by name, whatever the case of its letters, before the next.
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

/** `5` is a number to a client and `true` a truth value; what is no JSON is a text. */
function parsed(value: CustomClaim['value']): unknown {
  try {
    return JSON.parse(value)
  } catch {
    return value
  }
}
