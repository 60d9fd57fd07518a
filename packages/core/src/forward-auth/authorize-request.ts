import type { Account } from '../accounts/account.ts'
import type { Claims } from '../accounts/claims.ts'
import type { Client } from '../clients/client.ts'
import type { SecretUses } from '../clients/secret-uses.ts'
import { findServiceToken } from '../clients/secrets.ts'
import type { CoreContext } from '../context.ts'
import type { SiteSession, SiteSessions } from '../oidc/site-sessions.ts'
import { type Decision, decide, type ServiceToken, type SiteRequest } from './decide.ts'

/** The credentials that a request to a protected site presents. */
export interface PresentedCredentials {
  /** The reference of the site's cookie. */
  readonly reference: string | undefined
  readonly serviceToken: string | undefined
}

export interface SiteDecision extends Decision {
  readonly session: SiteSession | undefined
}

/** Decides about requests to protected sites with the credentials that they present. */
export function createAuthorizeRequest(
  { clock, countPasskeys }: Pick<CoreContext, 'clock' | 'countPasskeys'>,
  { siteSessions, secretUses }: { readonly siteSessions: SiteSessions; readonly secretUses: SecretUses },
) {
  return async (site: Client, request: SiteRequest, presented: PresentedCredentials): Promise<SiteDecision> => {
    const token = serviceTokenOf(site, presented.serviceToken, clock.now())
    let session: SiteSession | undefined
    const decision = await decide(
      site,
      request,
      {
        token,
        countPasskeys,
        visitor: async () => {
          session = await siteSessions.find(presented.reference, site.id)
          return session && { account: session.account, acr: session.acr, authTime: session.authTime }
        },
      },
      clock.now(),
    )
    if (decision.as === 'service_token' && token) secretUses.recordUse(site.id, token.id)
    return { ...decision, session }
  }
}

function serviceTokenOf(site: Client, plain: string | undefined, now: number): ServiceToken | null | undefined {
  if (plain === undefined) return undefined
  const found = findServiceToken(site, plain, now)
  return found?.serviceToken ? { id: found.id, ...found.serviceToken } : null
}

/** Keeps the claims as long as the account is not read again, because a page requests dozens of files concurrently. */
export function createSiteClaims(context: Pick<CoreContext, 'makeClaims'>) {
  const known = new WeakMap<Account, WeakMap<Client, Promise<Claims>>>()
  return (site: Client, account: Account): Promise<Claims> => {
    const ofAccount = known.get(account) ?? new WeakMap<Client, Promise<Claims>>()
    known.set(account, ofAccount)
    const claims = ofAccount.get(site) ?? siteClaims(context, site, account)
    ofAccount.set(site, claims)
    claims.catch(() => ofAccount.delete(site))
    return claims
  }
}

/** The claims that identify a user to a protected site. */
export function siteClaims(
  { makeClaims }: Pick<CoreContext, 'makeClaims'>,
  site: Client,
  account: Account,
): Promise<Claims> {
  const { id, name, redirectUris, protocol: settings } = site
  return makeClaims(account, { id, name, redirectUris, settings }, { scopes: ['openid', 'profile', 'email', 'groups'] })
}
