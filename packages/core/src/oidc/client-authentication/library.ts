import type Provider from 'oidc-provider'
import { errors } from 'oidc-provider'

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
