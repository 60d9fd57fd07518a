import type Provider from 'oidc-provider'

/** The library's session, as far as it concerns its end. */
export type ProviderSession = InstanceType<Provider['Session']>

/**
 * Ends what clients were given in a session. Refresh tokens outlive the session's expiry, which makes the library spare
 * their grants at a logout as well; a person who signs out means all of it.
 */
export async function revokeGrantsOf(provider: Provider, session: ProviderSession): Promise<void> {
  for (const { grantId } of Object.values(session.authorizations ?? {}))
    if (grantId !== undefined) await revokeGrant(provider, grantId)
}

/** Ends everything that was given under a grant, and the grant. */
export async function revokeGrant(provider: Provider, grantId: string): Promise<void> {
  const { AccessToken, AuthorizationCode, RefreshToken, Grant } = provider
  for (const model of [AccessToken, AuthorizationCode, RefreshToken]) await model.revokeByGrantId(grantId)
  const grant = await Grant.find(grantId)
  await grant?.destroy()
}

/** Does so at the end-session endpoint (OpenID Connect RP-Initiated Logout §2). */
export function revokeAtLogout(provider: Provider): void {
  provider.use(async (ctx, next) => {
    await next()
    const { oidc } = ctx
    if (oidc?.route === 'end_session_confirm' && oidc.session?.destroyed) await revokeGrantsOf(provider, oidc.session)
  })
}
