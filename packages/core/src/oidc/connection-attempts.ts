import type Provider from 'oidc-provider'
import { errors, type KoaContextWithOIDC } from 'oidc-provider'
import { notAllowedReason } from '../clients/group-restriction.ts'
import type { ConnectionEndpoint } from '../connection-log/connection-attempt.ts'
import type { ConnectionRecorder } from '../connection-log/connection-log.ts'
import { requestContext } from '../http/request-context.ts'
import { networkOf } from '../limits/network.ts'
import { isProven, refusalOf } from './client-authentication/proofs.ts'
import { refusalReason } from './refusal-reason.ts'

/** Parameters whose values administrators may see; only the names of all others are recorded. */
const visible = new Set([
  ...['acr_values', 'authorization_details', 'claims', 'client_id', 'code_challenge_method', 'display', 'dpop_jkt'],
  ...['grant_type', 'login_hint', 'max_age', 'prompt', 'redirect_uri', 'resource', 'response_mode', 'response_type'],
  ...['scope', 'ui_locales'],
])
const hidden = '(hidden)'
const longest = 500

const endpoints: Readonly<Record<string, ConnectionEndpoint>> = {
  authorization: 'authorization',
  resume: 'authorization',
  pushed_authorization_request: 'pushed_authorization_request',
  device_authorization: 'device_authorization',
  token: 'token',
}

/** Records each client request once its outcome is known. */
export function recordConnectionAttempts(provider: Provider, note: ConnectionRecorder['note']): void {
  const failures = new WeakMap<object, errors.OIDCProviderError>()
  const failed = (ctx: KoaContextWithOIDC, error: errors.OIDCProviderError) => failures.set(ctx.req, error)
  const succeeded = new WeakSet<object>()
  const success = (ctx: KoaContextWithOIDC) => succeeded.add(ctx.req)

  provider.on('authorization.error', failed)
  provider.on('pushed_authorization_request.error', failed)
  provider.on('device_authorization.error', failed)
  provider.on('grant.error', failed)
  // Record the refusal now, because users may close the refusal page without returning to the client.
  provider.on('interaction.started', (ctx, { name }) => {
    if (name === 'not_allowed') failed(ctx, new errors.AccessDenied(notAllowedReason))
  })
  provider.on('authorization.success', success)
  provider.on('pushed_authorization_request.success', success)
  provider.on('device_authorization.success', success)
  provider.on('grant.success', success)

  provider.use(async (anyCtx, next) => {
    // The cast is safe: inside the library's routes the context has `oidc`.
    const ctx = anyCtx as KoaContextWithOIDC
    const header = /^(\w+) /.exec(ctx.get('authorization'))?.[1]?.toLowerCase()
    await next()
    // Undefined if no library route matched.
    const oidc: KoaContextWithOIDC['oidc'] | undefined = ctx.oidc
    const endpoint = endpoints[oidc?.route ?? '']
    const error = failures.get(ctx.req)
    if (!oidc?.client || endpoint === undefined || (!error && !succeeded.has(ctx.req))) return
    const { requestId, ipAddress } = requestContext(ctx.req)
    const parameters = parametersOf(oidc)
    const accountId = accountOf(oidc) ?? (error && endpoint === 'token' ? await ownerOf(oidc, error) : null)
    const clientAuthentication = endpoint === 'authorization' ? null : authenticationOf(ctx, oidc, header)
    const provenClient =
      clientAuthentication !== null && clientAuthentication !== 'none' && error?.error !== 'invalid_client'
    note({
      clientId: oidc.client.clientId,
      endpoint,
      accountId,
      stranger: accountId !== null || provenClient ? null : networkOf(ipAddress ?? ''),
      parameters,
      ignoredParameters: ignoredOf(ctx, oidc),
      clientAuthentication,
      pkce: 'code_challenge' in parameters || 'code_verifier' in parameters,
      redirectUri: parameters.redirect_uri ?? null,
      succeeded: error === undefined,
      error: error?.error ?? null,
      reason: error ? shortened(refusalReason(error, ctx.req)) : null,
      requestId,
      ipAddress,
    })
  })
}

function parametersOf({ params = {} }: KoaContextWithOIDC['oidc']): Record<string, string> {
  const given = Object.entries(params).filter(([, value]) => value !== undefined && value !== null)
  return Object.fromEntries(given.map(([name, value]) => [name, visible.has(name) ? shortened(value) : hidden]))
}

function shortened(value: unknown): string {
  const text = (typeof value === 'string' ? value : JSON.stringify(value)).replaceAll('\0', '\ufffd').toWellFormed()
  return text.length > longest ? `${text.slice(0, longest - 1).toWellFormed()}…` : text
}

/** Names of received parameters that the library does not use. */
function ignoredOf(ctx: KoaContextWithOIDC, { body, params = {} }: KoaContextWithOIDC['oidc']): readonly string[] {
  const received = ctx.method === 'GET' ? ctx.query : body
  if (typeof received !== 'object' || received === null) return []
  return Object.keys(received)
    .filter((name) => !Object.hasOwn(params, name) && !name.startsWith('client_assertion') && name !== 'client_secret')
    .slice(0, 20)
    .map((name) => shortened(name).slice(0, 100))
}

function accountOf({ account, session, entities }: KoaContextWithOIDC['oidc']): string | null {
  const { AuthorizationCode, RefreshToken, DeviceCode } = entities
  const source = AuthorizationCode ?? RefreshToken ?? DeviceCode
  return account?.accountId ?? source?.accountId ?? session?.accountId ?? null
}

/** The account of a rejected code or refresh token; the library sets it only after all checks have passed. */
async function ownerOf({ provider, client, params }: KoaContextWithOIDC['oidc'], { error }: errors.OIDCProviderError) {
  if (error === 'invalid_client') return null
  const { code, refresh_token: refreshToken } = params ?? {}
  const finding =
    typeof code === 'string'
      ? provider.AuthorizationCode.find(code)
      : typeof refreshToken === 'string' && provider.RefreshToken.find(refreshToken)
  // A failed lookup must not break the request, which already has a response.
  const found = await Promise.resolve(finding).catch(() => false as const)
  return found && found.clientId === client?.clientId ? (found.accountId ?? null) : null
}

function authenticationOf(ctx: KoaContextWithOIDC, { client, body }: KoaContextWithOIDC['oidc'], header?: string) {
  if (isProven(ctx.req) || refusalOf(ctx.req) !== undefined) return 'federated'
  if (header === 'basic') return 'client_secret_basic'
  const sent: object = typeof body === 'object' && body !== null ? body : {}
  if ('client_secret' in sent) return 'client_secret_post'
  if ('client_assertion' in sent) return client?.clientAuthMethod ?? null
  return 'none'
}
