import type { Account } from '../accounts/account.ts'
import { accountClaims, type Claims, scopeOfClaim } from '../accounts/claims.ts'
import { customClaims } from '../accounts/custom-claims.ts'
import { protocolClaims } from '../accounts/reserved-claims.ts'
import type { ClaimRule, ClientProtocol, GroupRules } from './protocol.ts'
import { matchesWildcards } from './wildcards.ts'

/** The claims that a client may receive: allowed scopes, and claims by name (OpenID Connect Core §5.5). */
export interface ClaimRequest {
  readonly scopes: Iterable<string>
  readonly names?: Iterable<string>
  /** Claims that the user has rejected. */
  readonly rejected?: Iterable<string>
  /** The claims of the host's own function, if they are already known. */
  readonly hostClaims?: Claims
}

export type ClaimSettings = Pick<ClientProtocol, 'claimRules' | 'groupRules' | 'userNames'>

/**
 * The claims of an account for a client, used for the ID token, UserInfo, refreshed tokens, the consent page and the
 * preview. If several sources have a claim with the same name, the last one in this order wins: custom claims of
 * groups, custom claims of the user, standard claims, claims of the host's function, rules of the client. A rule cannot
 * release more than the scopes allow: its source must be allowed itself, unless it is a constant. A client that uses a
 * `subject` other than the account ID receives no claim that contains the account ID.
 */
export function selectClaims(
  account: Account,
  settings: ClaimSettings,
  request: ClaimRequest,
  subject: string = account.id,
): Claims {
  const custom = customClaims(account)
  const standard = { ...standardClaims(account, settings), ...request.hostClaims, sub: subject }
  const canRelease = createReleaseCheck(request)
  const rejected = new Set(request.rejected)
  const canReceive = (value: unknown) => subject === account.id || !`${JSON.stringify(value)}`.includes(account.id)
  const claims: [string, unknown][] = []
  const add = (claim: string, value: unknown) => {
    if (value !== undefined && value !== null && !rejected.has(claim) && canReceive(value)) claims.push([claim, value])
  }
  for (const [claim, value] of Object.entries({ ...Object.fromEntries(custom), ...standard }))
    if (canRelease(claim)) add(claim, value)
  for (const { claim, source, as } of settings.claimRules)
    if (!protocolClaims.has(claim)) add(claim, convertValue(sourceValue(source, { standard, custom, canRelease }), as))
  return { ...Object.fromEntries(claims), sub: subject }
}

function standardClaims(account: Account, { groupRules, userNames }: ClaimSettings): Claims {
  const groups = account.groups.map(({ name }) => name)
  const userName = Object.hasOwn(userNames, account.id) ? userNames[account.id] : undefined
  return {
    ...accountClaims(account),
    groups: selectGroups(groups, groupRules),
    ...(userName !== undefined && { preferred_username: userName }),
  }
}

type CanRelease = (claim: string) => boolean

function createReleaseCheck({ scopes, names = [], rejected = [] }: ClaimRequest): CanRelease {
  const allowed = new Set(scopes)
  const requestedNames = new Set(names)
  const rejectedNames = new Set(rejected)
  return (claim) => !rejectedNames.has(claim) && (requestedNames.has(claim) || allowed.has(scopeOfClaim(claim)))
}

interface ClaimSources {
  readonly standard: Claims
  readonly custom: ReadonlyMap<string, unknown>
  readonly canRelease: CanRelease
}

function sourceValue(source: ClaimRule['source'], { standard, custom, canRelease }: ClaimSources): unknown {
  switch (source.kind) {
    case 'constant':
      return source.value
    case 'claim':
      return Object.hasOwn(standard, source.name) && canRelease(source.name) ? standard[source.name] : undefined
    case 'custom':
      return canRelease(source.key) ? custom.get(source.key) : undefined
  }
}

/** Joins a list with commas, or wraps a single value in a list. */
function convertValue(value: unknown, as: ClaimRule['as']): unknown {
  if (value === undefined || value === null || as === null) return value
  if (as === 'array') return Array.isArray(value) ? value : [value]
  return Array.isArray(value) ? value.map(asText).join(',') : asText(value)
}

function asText(value: unknown): string {
  return typeof value === 'string' ? value : JSON.stringify(value)
}

/** The scopes of a request and the default scopes of the client, without duplicates. */
export function addDefaultScopes(scope: string | undefined, { defaultScopes }: Pick<ClientProtocol, 'defaultScopes'>) {
  return [...new Set([...(scope ?? '').split(' '), ...defaultScopes])].filter((name) => name !== '')
}

/** The scopes that release claims with these names. */
export function scopesOfClaims(names: Iterable<string>): readonly string[] {
  return [...new Set([...names].filter((name) => !protocolClaims.has(name)).map(scopeOfClaim))]
}

/** The group names that a client receives, without duplicates and in their original order. */
function selectGroups(names: readonly string[], { include, rename }: GroupRules): readonly string[] {
  const included = include ? names.filter((name) => include.some((pattern) => matchesWildcards(pattern, name))) : names
  return [...new Set(included.map((name) => (Object.hasOwn(rename, name) ? (rename[name] ?? name) : name)))]
}
