import { randomBytes } from 'node:crypto'
import type Provider from 'oidc-provider'
import type { KoaContextWithOIDC } from 'oidc-provider'

export type ProviderSession = InstanceType<Provider['Session']>

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
