import type Provider from 'oidc-provider'
import { errors } from 'oidc-provider'
import { isBareRoot } from '../../clients/redirect-uris.ts'

/** Takes note of an assertion, as the library does of those that clients issue themselves. */
export async function isFirstUse(
  { ReplayDetection }: Provider,
  { iss, jti, exp }: { readonly iss: string; readonly jti: string; readonly exp: number },
): Promise<boolean> {
  try {
    return await ReplayDetection.unique(iss, jti, exp)
  } catch (error) {
    // The adapter says so where somebody else was quicker.
    if (error instanceof errors.InvalidClientAuth) return false
    throw error
  }
}

/** The client that an opaque access token was given to, while it lasts; one that is bound to a key says nothing without it. */
export async function clientOfToken(
  { AccessToken, ClientCredentials }: Provider,
  token: string,
): Promise<string | undefined> {
  if (token.length > 4096) return undefined
  const found = (await AccessToken.find(token)) ?? (await ClientCredentials.find(token))
  return found?.isValid && !found.isSenderConstrained() ? found.clientId : undefined
}

/**
 * Says the redirect URI of a code as its request had it, where that is a bare root and the client comes with the slash or
 * without: both are the same address (RFC 3986 §6.2.3), and URL parsers add what people leave out, while the library
 * compares texts (RFC 6749 §4.1.3). Changes the form, and returns whether it did.
 */
export async function nameRedirectUri({ AuthorizationCode }: Provider, form: URLSearchParams): Promise<boolean> {
  const [[code = '', ...codes], [uri = '', ...uris]] = [form.getAll('code'), form.getAll('redirect_uri')]
  if (codes.length + uris.length > 0 || code === '' || code.length > 4096 || !isBareRoot(uri)) return false
  const asked = (await AuthorizationCode.find(code))?.redirectUri
  if (asked === undefined || asked === uri || withoutSlash(asked) !== withoutSlash(uri)) return false
  form.set('redirect_uri', asked)
  return true
}

function withoutSlash(uri: string): string {
  return uri.replace(/\/$/, '')
}
