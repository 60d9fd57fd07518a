import type { Clients, FindRedirectUriRemedy, RefusedRedirectUri } from '@pocket/core'
import { type RedirectUriPolicy, redirectUriProblem } from '@pocket/core/internal'

export interface RedirectUriRemedyDeps {
  readonly redirectUriPolicy: RedirectUriPolicy
  readonly clients: () => Pick<Clients, 'find'>
  readonly isAdministrator: (request: Pick<RefusedRedirectUri, 'req' | 'res'>) => Promise<boolean>
}

/** Shows an administrator the registered redirect URIs, and a button that registers the received one. */
export function createRedirectUriRemedy({
  clients,
  isAdministrator,
  redirectUriPolicy,
}: RedirectUriRemedyDeps): FindRedirectUriRemedy {
  return async ({ req, res, clientId, received }) => {
    if (!(await isAdministrator({ req, res }))) return undefined
    const client = await clients().find(clientId)
    if (!client) return undefined
    const submitTo = `/settings/admin/oidc-clients/${encodeURIComponent(clientId)}/redirect-uris`
    return {
      registered: client.redirectUris,
      ...(isAcceptable(received, redirectUriPolicy) && { acceptWith: { submitTo, hidden: { redirectUri: received } } }),
    }
  }
}

/** Whether a button may register the URI: not if registration would reject it, or if it could be mistaken for another one. */
export function isAcceptable(uri: string, policy: RedirectUriPolicy): boolean {
  return /^[!-~]+$/.test(uri) && !uri.includes('*') && redirectUriProblem(uri, policy) === undefined
}
