import type { Next } from 'koa'
import type Provider from 'oidc-provider'
import type { KoaContextWithOIDC } from 'oidc-provider'
import { protocolRoutes } from '../paths.ts'
import type { ProviderContext } from '../provider-context.ts'
import { registeredMetadata } from './metadata.ts'

const clientPathPrefix = `${protocolRoutes.registration}/`
const returnedFields = ['registration_access_token', 'registration_client_uri'] as const

function isRegistrationPath(path: string): boolean {
  return path === protocolRoutes.registration || path.startsWith(clientPathPrefix)
}

/**
 * Replaces the library's registration responses, which contain placeholders, with the registered metadata. If registration is
 * disabled, these paths do not exist.
 */
export function handleRegistrationResponses(
  provider: Provider,
  { registrationPolicy, registrar, stores: { clients }, allowImplicit }: ProviderContext,
): void {
  const handle = async (ctx: KoaContextWithOIDC, next: Next): Promise<void> => {
    // `handleUnknownRoutes` sends the response.
    if ((await registrationPolicy()).mode === 'off') return
    // Apps in browsers register too; this is safe because registration ignores cookies.
    ctx.set('Access-Control-Allow-Origin', '*')
    if (ctx.method === 'OPTIONS' && ctx.get('Access-Control-Request-Method') !== '') {
      ctx.set('Access-Control-Allow-Methods', 'POST, GET, PUT, DELETE')
      ctx.set('Access-Control-Allow-Headers', 'Authorization, Content-Type')
      ctx.set('Access-Control-Max-Age', '3600')
      ctx.status = 204
      return
    }
    await next()
    const body: unknown = ctx.body
    if (typeof body !== 'object' || body === null) return
    if (ctx.status >= 400) ctx.body = withRedirectUriError(body)
    if (ctx.status !== 200 && ctx.status !== 201) return
    const outcome = registrar.outcome(ctx.req)
    const client = outcome?.client ?? (await clients.find(ctx.oidc.client?.clientId ?? ''))
    if (!client) return
    const bodyFields = new Map<string, unknown>(Object.entries(body))
    ctx.body = {
      ...registeredMetadata(client, allowImplicit),
      ...(outcome && outcome.secret !== null && { client_secret: outcome.secret, client_secret_expires_at: 0 }),
      ...Object.fromEntries(returnedFields.map((name) => [name, bodyFields.get(name)])),
    }
  }
  // The cast is safe: the library types the context of its routes only.
  provider.use((ctx, next) => (isRegistrationPath(ctx.path) ? handle(ctx as KoaContextWithOIDC, next) : next()))
}

/** Uses the specific error code of RFC 7591 §3.2.2 for redirect URIs; the library uses a generic one. */
function withRedirectUriError(body: object): object {
  const { error, error_description: description } = { error: '', error_description: '', ...body }
  const isRedirectUriError = error === 'invalid_client_metadata' && /^redirect_uris\b/.test(description)
  return isRedirectUriError ? { ...body, error: 'invalid_redirect_uri' } : body
}
