import type { Client } from '../clients/client.ts'
import { canonicalHost } from '../clients/protected-site.ts'
import type { CoreContext } from '../context.ts'
import { InvalidInputError, NotFoundError } from '../errors.ts'
import { siteClaims } from './authorize-request.ts'
import { type Decision, decide, type SiteRequest } from './decide.ts'
import { refusalReasons } from './forward-auth.ts'
import { identityHeaders, identityOf } from './identity.ts'
import { methodsInQuery } from './proxy-request.ts'

/** A request to a protected site to test. */
export interface SiteTestRequest {
  /** An `https` URL of the site. */
  readonly url: string
  readonly method: string
  /** `null` for a user who is not signed in. */
  readonly accountId: string | null
}

/** The decision about a request of a user who has just used a passkey. */
export interface SiteTestResult extends Omit<Decision, 'as'> {
  /** The reason as a sentence. */
  readonly description: string
  /** The headers that the application receives; empty unless the request is allowed. */
  readonly headers: Readonly<Record<string, string>>
}

export function createSiteTest(context: CoreContext) {
  const { stores, clock, countPasskeys } = context
  return async (clientId: string, { url, method, accountId }: SiteTestRequest): Promise<SiteTestResult> => {
    const site = await stores.clients.find(clientId)
    if (!site) throw new NotFoundError('client_not_found', 'There is no such client.')
    const account = accountId === null ? undefined : await stores.accounts.find(accountId)
    if (accountId !== null && !account) throw new NotFoundError('account_not_found', 'There is no such account.')
    const now = clock.now()
    const visitor = account && !account.disabled && { account, acr: 'phr', authTime: Math.floor(now / 1000) }
    const request = { ...readUrl(url, site), method: method.toUpperCase() }
    const { as, ...decision } = await decide(
      site,
      request,
      { token: undefined, visitor: async () => visitor || undefined, countPasskeys },
      now,
    )
    const claims = as === 'user' && account ? await siteClaims(context, site, account) : undefined
    return {
      ...decision,
      description: refusalReasons[decision.reason],
      headers: as === null ? {} : identityHeaders(site.protocol.identityHeaders, claims && identityOf(claims)),
    }
  }
}

/** Not with `URL`, which would normalize the path. @throws {InvalidInputError} `validation_failed` on `url` */
function readUrl(url: string, { protocol }: Client): Pick<SiteRequest, 'host' | 'path' | 'overridingMethods'> {
  const [, text = '', path = '/', query = ''] = /^https:\/\/([^/?#\\@]+)(\/[^?]*)?(?:\?([^#]*))?/is.exec(url) ?? []
  const host = canonicalHost(text)
  if (host !== undefined && protocol.protectedHosts.includes(host))
    return { host, path, overridingMethods: methodsInQuery(query) }
  throw new InvalidInputError('validation_failed', 'The URL is not valid.', {
    fields: [{ field: 'url', code: 'invalid_format', message: 'must be an https URL of a host of this site' }],
  })
}
