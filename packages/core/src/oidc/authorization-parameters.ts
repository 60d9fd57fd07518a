import type { Context, Next } from 'koa'
import type Provider from 'oidc-provider'
import type { Client } from '../clients/client.ts'
import type { CoreContext } from '../context.ts'
import { sha256 } from '../hash.ts'
import { protocolRoutes } from './paths.ts'

type RequestingClient = Pick<Client, 'protocol'>

/**
 * Adjusts the parameters of an authorization request that existing API clients send and the library rejects. Modifies the
 * parameters and returns whether it did.
 */
export async function adjustAuthorizationParameters(
  parameters: URLSearchParams,
  findClient: (id: string) => Promise<RequestingClient | undefined>,
): Promise<boolean> {
  const mayBePlain = parameters.has('code_challenge') && parameters.get('code_challenge_method') !== 'S256'
  const hasNonce = isCodeRequestWithoutOpenId(parameters) && parameters.has('nonce')
  if (!mayBePlain && !hasNonce) return false
  const [id = '', ...repeated] = parameters.getAll('client_id')
  const client = repeated.length === 0 && !id.includes('\0') ? await findClient(id) : undefined
  const isHashed = mayBePlain && hashPlainChallenge(parameters, client)
  return (hasNonce && dropNonce(parameters, client)) || isHashed
}

/** Parameters in a request object are outside of these (RFC 9101 §6.3). */
function isCodeRequestWithoutOpenId(parameters: URLSearchParams): boolean {
  if (parameters.has('request') || parameters.has('request_uri')) return false
  const scopes = parameters.getAll('scope').flatMap((scope) => scope.split(' '))
  return parameters.get('response_type') === 'code' && !scopes.includes('openid')
}

/** Without an ID token a nonce has no meaning, but the library rejects it without the scope `openid`. */
function dropNonce(parameters: URLSearchParams, client: RequestingClient | undefined): boolean {
  if (client?.protocol.defaultScopes.includes('openid')) return false
  parameters.delete('nonce')
  return true
}

/** Adjusts the requests at the authorization endpoint; `client-authentication/normalize-request.ts` adjusts pushed requests. */
export function adjustAuthorizationRequests(provider: Provider, { stores }: Pick<CoreContext, 'stores'>): void {
  const adjust = async (ctx: Context, next: Next): Promise<void> => {
    const parameters = new URLSearchParams(ctx.querystring)
    if (await adjustAuthorizationParameters(parameters, (id) => stores.clients.find(id)))
      ctx.querystring = parameters.toString()
    await next()
  }
  provider.use((ctx, next) =>
    ctx.method === 'GET' && ctx.path === protocolRoutes.authorization ? adjust(ctx, next) : next(),
  )
}

/**
 * Replaces a plain code challenge (RFC 7636 §4.2) by its S256, which the same verifier proves, because the library supports only
 * S256. A missing method means plain (§4.3). Modifies the parameters and returns whether it did.
 */
function hashPlainChallenge(parameters: URLSearchParams, client: Pick<Client, 'protocol'> | undefined): boolean {
  const [challenge, ...repeated] = parameters.getAll('code_challenge')
  const [method = 'plain', ...repeatedMethods] = parameters.getAll('code_challenge_method')
  if (challenge === undefined || method !== 'plain' || repeated.length + repeatedMethods.length > 0) return false
  if (!client?.protocol.plainPkce || client.protocol.fapi) return false
  // The library checks the format of the result only.
  if (!/^[\w.~-]{43,128}$/.test(challenge)) return false
  parameters.set('code_challenge', sha256(challenge))
  parameters.set('code_challenge_method', 'S256')
  return true
}
