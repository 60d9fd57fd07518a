import { randomBytes } from 'node:crypto'
import type Provider from 'oidc-provider'
import type { KoaContextWithOIDC } from 'oidc-provider'
import type { SessionContent } from './session-merge.ts'

/** The library's session, as far as it concerns its end. */
export type ProviderSession = InstanceType<Provider['Session']>

/**
 * Ends what clients were given in a session. Refresh tokens outlive the session's expiry, which makes the library spare
 * their grants at a logout as well; a person who signs out means all of it.
 */
export async function revokeGrantsOf(
  provider: Provider,
  { authorizations }: Pick<SessionContent, 'authorizations'>,
): Promise<void> {
  for (const { grantId } of Object.values(authorizations ?? {}))
    if (grantId !== undefined) await revokeGrant(provider, grantId)
}

/** Ends everything that was given under a grant, and the grant. */
export async function revokeGrant(provider: Provider, grantId: string): Promise<void> {
  const { AccessToken, AuthorizationCode, RefreshToken, Grant } = provider
  for (const model of [AccessToken, AuthorizationCode, RefreshToken]) await model.revokeByGrantId(grantId)
  const grant = await Grant.find(grantId)
  await grant?.destroy()
}

/** Whether this is an end-session request whose session was read, so that the person can be answered whatever it says. */
export function isLogout({ oidc }: KoaContextWithOIDC): boolean {
  // `oidc` is absent where no route of the library's was found.
  const found: typeof oidc | undefined = oidc
  return found?.route === 'end_session' && found.session !== undefined
}

/**
 * Lets whoever is signed in sign out although the library refuses what a client asked at the end-session endpoint. Returns
 * the secret that the page has to send back, as the library makes it; `undefined` where nobody is signed in.
 */
export async function beginLogout({ oidc: { session } }: KoaContextWithOIDC): Promise<string | undefined> {
  if (session?.accountId === undefined) return undefined
  const secret = randomBytes(24).toString('hex')
  session.state = { secret }
  await session.persist()
  return secret
}
