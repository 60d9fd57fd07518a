import type { Clients, RefusedRedirectUri, RemedyOf } from '@pocket/core'

export interface RemedyPorts {
  readonly clients: () => Pick<Clients, 'find'>
  readonly isAdministrator: (request: Pick<RefusedRedirectUri, 'req' | 'res'>) => Promise<boolean>
}

/** Shows an administrator what is registered, and a button that registers what was received. */
export function createRedirectUriRemedy({ clients, isAdministrator }: RemedyPorts): RemedyOf {
  return async ({ req, res, clientId, received }) => {
    if (!(await isAdministrator({ req, res }))) return undefined
    const client = await clients().find(clientId)
    if (!client) return undefined
    const submitTo = `/settings/admin/oidc-clients/${encodeURIComponent(clientId)}/redirect-uris`
    return {
      registered: client.redirectUris,
      ...(isAcceptable(received) && { acceptWith: { submitTo, hidden: { redirectUri: received } } }),
    }
  }
}

/** What could not be registered anyway gets no button. */
function isAcceptable(uri: string): boolean {
  return URL.canParse(uri) && !/[#*]/.test(uri) && !/^(javascript|data|vbscript|blob|file):/i.test(uri)
}
