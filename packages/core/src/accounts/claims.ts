import type { Account } from './account.ts'

/** The claims behind each scope (OpenID Connect Core §5.4), as they are advertised. */
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

/** The scopes that ask for nothing but claims, and the one for refresh tokens. */
export const supportedScopes = ['openid', 'profile', 'email', 'groups', 'offline_access'] as const

/** The scope that lets a claim be told, where it is not asked for by its name. What we make no claim of goes with `profile`. */
export function scopeOfClaim(claim: string): string {
  return Object.entries(claimsByScope).find(([, claims]) => claims.some((known) => known === claim))?.[0] ?? 'profile'
}

/** Claims of any name; what is not known is left out. */
export type Claims = Readonly<Record<string, unknown>>

/** The standard claims about an account, and those of our own, whoever asks. */
export function accountClaims(account: Account): Claims {
  const fullName = [account.givenName, account.familyName].filter(Boolean).join(' ')
  return present({
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

/** Claims that say something. */
export function present(claims: Claims): Claims {
  return Object.fromEntries(Object.entries(claims).filter(([, value]) => value !== null && value !== undefined))
}
