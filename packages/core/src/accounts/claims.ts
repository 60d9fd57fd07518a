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
    'updated_at',
  ],
  email: ['email', 'email_verified'],
  groups: ['groups'],
} as const satisfies Readonly<Record<string, readonly string[]>>

/** The scopes that ask for nothing but claims, and the one for refresh tokens. */
export const supportedScopes = ['openid', 'profile', 'email', 'groups', 'offline_access'] as const

export type ClaimValue = string | number | boolean | readonly string[]

/**
 * What there is to say about an account, whoever asks: the ID token, UserInfo and a refreshed token all draw on it, and
 * the scopes decide what is drawn. What is not known is left out.
 */
export function accountClaims(account: Account): Readonly<Record<string, ClaimValue>> {
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
    updated_at: account.updatedAt === null ? null : Math.floor(account.updatedAt / 1000),
    email: account.email,
    email_verified: account.email === null ? null : account.emailVerified,
    groups: account.groups.map(({ name }) => name),
  })
}

function present(claims: Readonly<Record<string, ClaimValue | null>>): Record<string, ClaimValue> {
  return Object.fromEntries(Object.entries(claims).filter((entry): entry is [string, ClaimValue] => entry[1] !== null))
}
