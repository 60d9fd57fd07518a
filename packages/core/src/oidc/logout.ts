import { randomBytes } from 'node:crypto'
import type Provider from 'oidc-provider'
import type { KoaContextWithOIDC } from 'oidc-provider'
import type { SessionContent } from './session-merge.ts'

/** The library's session. */
export type ProviderSession = InstanceType<Provider['Session']>

/**
 * Revokes all grants of a session. The library keeps grants with refresh tokens at logout, because these outlive the session
 * expiry; an explicit sign-out must revoke them too.
 */
export async function revokeGrantsOf(
  provider: Provider,
  { authorizations }: Pick<SessionContent, 'authorizations'>,
): Promise<void> {
  for (const { grantId } of Object.values(authorizations ?? {}))
    if (grantId !== undefined) await revokeGrant(provider, grantId)
}

/** Revokes a grant and everything issued under it. */
export async function revokeGrant(provider: Provider, grantId: string): Promise<void> {
  const { AccessToken, AuthorizationCode, RefreshToken, Grant } = provider
  for (const model of [AccessToken, AuthorizationCode, RefreshToken]) await model.revokeByGrantId(grantId)
  const grant = await Grant.find(grantId)
  await grant?.destroy()
}

/** Whether this is an end-session request with a loaded session, so that the sign-out page can be shown even after an error. */
export function isLogout({ oidc }: KoaContextWithOIDC): boolean {
  // `oidc` is undefined if no library route matched.
  const found: typeof oidc | undefined = oidc
  return found?.route === 'end_session' && found.session !== undefined
}

/**
 * Prepares the sign-out page although the library rejected the end-session request. Returns the secret that the page must send
 * back, or `undefined` if no user is signed in.
 */
export async function beginLogout({ oidc: { session } }: KoaContextWithOIDC): Promise<string | undefined> {
  if (session?.accountId === undefined) return undefined
  const secret = randomBytes(24).toString('hex')
  session.state = { secret }
  await session.persist()
  return secret
}
