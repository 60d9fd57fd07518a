import { randomBytes } from 'node:crypto'
import type Provider from 'oidc-provider'
import type { KoaContextWithOIDC } from 'oidc-provider'
import { protocolRoutes } from './paths.ts'

/** The library's session, as far as it concerns its end. */
export type ProviderSession = InstanceType<Provider['Session']>

/**
 * Ends what clients were given in a session. Refresh tokens outlive the session's expiry, which makes the library spare
 * their grants at a logout as well; a person who signs out means all of it.
 */
export async function revokeGrantsOf(
  provider: Provider,
  { authorizations }: Pick<ProviderSession, 'authorizations'>,
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

/**
 * Does so at the end-session endpoint (OpenID Connect RP-Initiated Logout §2): for every client where the person signed out,
 * for the one that asked where they signed out of that one only.
 */
export function revokeAtLogout(provider: Provider): void {
  provider.use(async (ctx, next) => {
    if (ctx.method !== 'POST' || !ctx.path.startsWith(`${protocolRoutes.end_session}/`)) return next()
    const { authorizations = {} } = await provider.Session.get(provider.createContext(ctx.req, ctx.res))
    const before = { ...authorizations }
    await next()
    const session = ctx.oidc?.session
    if (!session) return
    const kept = session.destroyed ? {} : (session.authorizations ?? {})
    const ended = Object.entries(before).filter(([clientId]) => !Object.hasOwn(kept, clientId))
    await revokeGrantsOf(provider, { authorizations: Object.fromEntries(ended) })
  })
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
