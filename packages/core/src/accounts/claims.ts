import type { Account } from './account.ts'

/** The claims of each scope (OpenID Connect Core §5.4), as advertised. */
export const claimsByScope = {
  openid: ['sub', 'amr', 'acr', 'auth_time'],
  profile: [
    'name',
    'given_name',
    'family_name',
    'display_name',
    'preferred_username',
    'picture',
    'locale',
    'zoneinfo',
    'updated_at',
  ],
  email: ['email', 'email_verified'],
  groups: ['groups'],
} as const satisfies Readonly<Record<string, readonly string[]>>

/** The scopes that only request claims, and the scope for refresh tokens. */
export const supportedScopes = ['openid', 'profile', 'email', 'groups', 'offline_access'] as const

/** The scope that releases a claim that is not requested by name. Unknown claims belong to `profile`. */
export function scopeOfClaim(claim: string): string {
  return scopes.get(claim) ?? 'profile'
}

const scopes: ReadonlyMap<string, string> = new Map(
  Object.entries(claimsByScope).flatMap(([scope, claims]) => claims.map((claim) => [claim, scope])),
)

/** Claims by name; unknown values are omitted. */
export type Claims = Readonly<Record<string, unknown>>

/** The standard claims of an account and the additional claims of this provider. */
export function accountClaims(account: Account): Claims {
  const fullName = [account.givenName, account.familyName].filter(Boolean).join(' ')
  return omitEmptyClaims({
    sub: account.id,
    name: fullName || account.displayName || account.userName,
    given_name: account.givenName,
    family_name: account.familyName,
    display_name: account.displayName,
    preferred_username: account.userName,
    picture: account.picture,
    locale: account.locale,
    zoneinfo: account.zoneinfo,
    updated_at: account.updatedAt === null ? null : Math.floor(account.updatedAt / 1000),
    email: account.email,
    email_verified: account.email === null ? null : account.emailVerified,
    groups: account.groups.map(({ name }) => name),
  })
}

/** Removes claims without a value. */
function omitEmptyClaims(claims: Claims): Claims {
  const present: Record<string, unknown> = {}
  for (const [name, value] of Object.entries(claims)) if (value !== null && value !== undefined) present[name] = value
  return present
}
