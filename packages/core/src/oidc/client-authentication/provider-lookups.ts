import type Provider from 'oidc-provider'
import { isRootUrl } from '../../clients/redirect-uris.ts'

/** Records a federated assertion in the library's own replay detection. */
export async function isFirstUse(
  { ReplayDetection }: Provider,
  { iss, jti, exp }: { readonly iss: string; readonly jti: string; readonly exp: number },
): Promise<boolean> {
  return ReplayDetection.unique(iss, jti, exp)
}

/** The client of a valid opaque access token. Excludes sender-constrained tokens, which require a proof of possession. */
export async function clientOfToken(
  { AccessToken, ClientCredentials }: Provider,
  token: string,
): Promise<string | undefined> {
  if (token.length > 4096) return undefined
  const found = (await AccessToken.find(token)) ?? (await ClientCredentials.find(token))
  return found?.isValid && !found.isSenderConstrained() ? found.clientId : undefined
}

/**
 * Replaces `redirect_uri` with the value of the authorization request if the two differ only in the trailing slash after the
 * origin. Both are equivalent (RFC 3986 §6.2.3) and URL parsers add the slash, but the library compares strings
 * (RFC 6749 §4.1.3). Modifies the form and returns whether it did.
 */
export async function normalizeRedirectUri({ AuthorizationCode }: Provider, form: URLSearchParams): Promise<boolean> {
  const [[code = '', ...codes], [uri = '', ...uris]] = [form.getAll('code'), form.getAll('redirect_uri')]
  if (codes.length + uris.length > 0 || code === '' || code.length > 4096 || !isRootUrl(uri)) return false
  const requestedUri = (await AuthorizationCode.find(code))?.redirectUri
  if (requestedUri === undefined || requestedUri === uri || withoutSlash(requestedUri) !== withoutSlash(uri))
    return false
  form.set('redirect_uri', requestedUri)
  return true
}

function withoutSlash(uri: string): string {
  return uri.replace(/\/$/, '')
}
