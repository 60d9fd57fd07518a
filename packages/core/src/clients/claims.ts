import type { Account } from '../accounts/account.ts'
import { accountClaims, type Claims, present, scopeOfClaim } from '../accounts/claims.ts'
import { customClaims } from '../accounts/custom-claims.ts'
import { protocolClaims } from '../accounts/reserved-claims.ts'
import { groupsFor } from './group-rules.ts'
import type { ClaimRule, ClientProtocol } from './protocol.ts'

/** What a client may be told: scopes that the person allowed, and claims by name (OpenID Connect Core §5.5). */
export interface ClaimRequest {
  readonly scopes: Iterable<string>
  readonly names?: Iterable<string>
  /** Claims that the person has refused. */
  readonly rejected?: Iterable<string>
  /** What the host's own function says, where it has been asked already. */
  readonly ofHost?: Claims
}

export type ClaimSettings = Pick<ClientProtocol, 'claimRules' | 'groupRules' | 'userNames'>

/**
 * What a client is told about an account. The ID token, UserInfo, a refreshed token, the consent page and the preview are
 * all made of it. Of claims of one name the last of these counts: custom ones of groups, custom ones of the person, standard
 * ones, those of the host's function, the client's own rules. A rule tells nothing that the scopes do not: its source must
 * be among what may be told, but for a constant. A client that knows the person by another `subject` than the account's id
 * is told nothing that has that id in it.
 */
export function claimsFor(
  account: Account,
  settings: ClaimSettings,
  request: ClaimRequest,
  subject: string = account.id,
): Claims {
  const custom = customClaims(account)
  const standard = { ...standardClaims(account, settings), ...request.ofHost, sub: subject }
  const canRelease = permission(request)
  const known = { ...Object.fromEntries(custom), ...standard }
  const told = Object.entries(known).filter(([claim]) => canRelease(claim))
  const ruled = settings.claimRules
    .filter(({ claim }) => !protocolClaims.has(claim))
    .map((rule): [string, unknown] => [
      rule.claim,
      shaped(sourceValue(rule.source, { standard, custom, canRelease }), rule.as),
    ])
    .filter(([, value]) => value !== undefined && value !== null)
  const rejected = new Set(request.rejected)
  const canReceive = (value: unknown) => subject === account.id || !`${JSON.stringify(value)}`.includes(account.id)
  const claims = [...told, ...ruled].filter(([claim, value]) => !rejected.has(claim) && canReceive(value))
  return { ...present(Object.fromEntries(claims)), sub: subject }
}

function standardClaims(account: Account, { groupRules, userNames }: ClaimSettings): Claims {
  const groups = account.groups.map(({ name }) => name)
  const userName = Object.hasOwn(userNames, account.id) ? userNames[account.id] : undefined
  return {
    ...accountClaims(account),
    groups: groupsFor(groups, groupRules),
    ...(userName !== undefined && { preferred_username: userName }),
  }
}

type Permission = (claim: string) => boolean

function permission({ scopes, names = [], rejected = [] }: ClaimRequest): Permission {
  const allowed = new Set(scopes)
  const named = new Set(names)
  const refused = new Set(rejected)
  return (claim) => !refused.has(claim) && (named.has(claim) || allowed.has(scopeOfClaim(claim)))
}

interface Sources {
  readonly standard: Claims
  readonly custom: ReadonlyMap<string, unknown>
  readonly canRelease: Permission
}

function sourceValue(source: ClaimRule['source'], { standard, custom, canRelease }: Sources): unknown {
  switch (source.kind) {
    case 'constant':
      return source.value
    case 'claim':
      return Object.hasOwn(standard, source.name) && canRelease(source.name) ? standard[source.name] : undefined
    case 'custom':
      return canRelease(source.key) ? custom.get(source.key) : undefined
  }
}

/** A list becomes a text with commas between its values, and any other value than a list the only one of a list. */
function shaped(value: unknown, as: ClaimRule['as']): unknown {
  if (value === undefined || value === null || as === null) return value
  if (as === 'array') return Array.isArray(value) ? value : [value]
  return Array.isArray(value) ? value.map(asText).join(',') : asText(value)
}

function asText(value: unknown): string {
  return typeof value === 'string' ? value : JSON.stringify(value)
}

/** The scopes of a request, and those that count as requested for this client; each once. */
export function scopesRequested(scope: string | undefined, { defaultScopes }: Pick<ClientProtocol, 'defaultScopes'>) {
  return [...new Set([...(scope ?? '').split(' '), ...defaultScopes])].filter((name) => name !== '')
}

/** The scopes that let a claim of each of these names be told. */
export function scopesOfClaims(names: Iterable<string>): readonly string[] {
  return [...new Set([...names].filter((name) => !protocolClaims.has(name)).map(scopeOfClaim))]
}
