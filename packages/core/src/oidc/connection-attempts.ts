import type Provider from 'oidc-provider'
import { errors, type KoaContextWithOIDC } from 'oidc-provider'
import { notAllowedReason, secondPasskeyReason } from '../clients/group-restriction.ts'
import type { ConnectionEndpoint } from '../connection-log/connection-attempt.ts'
import { requestContext } from '../http/request-context.ts'
import { networkOf } from '../limits/network.ts'
import type { ResponseStep } from './after-response.ts'
import { getClientRefusal, hasProof } from './client-authentication/proofs.ts'
import { trialHeader } from './client-trial/trial-mark.ts'
import { secondPasskeyPrompt } from './policy.ts'
import type { ProviderContext } from './provider-context.ts'
import { refusalReason } from './refusal-reason.ts'

/** Parameters whose values administrators may see; only the names of all others are recorded. */
const visibleParameters = new Set([
  ...['acr_values', 'authorization_details', 'claims', 'client_id', 'code_challenge_method', 'display', 'dpop_jkt'],
  ...['grant_type', 'login_hint', 'max_age', 'prompt', 'redirect_uri', 'resource', 'response_mode', 'response_type'],
  ...['scope', 'ui_locales'],
])
const hiddenValue = '(hidden)'
const maxValueLength = 500

type Client = NonNullable<KoaContextWithOIDC['oidc']['client']>

const endpoints: Readonly<Record<string, ConnectionEndpoint>> = {
  authorization: 'authorization',
  resume: 'authorization',
  pushed_authorization_request: 'pushed_authorization_request',
  device_authorization: 'device_authorization',
  token: 'token',
}

/** Records each client request once its outcome is known. */
export function recordConnectionAttempts(
  provider: Provider,
  { recordAttempt, isTrial }: Pick<ProviderContext, 'recordAttempt' | 'isTrial'>,
): ResponseStep {
  const failures = new WeakMap<object, errors.OIDCProviderError>()
  const recordFailure = (ctx: KoaContextWithOIDC, error: errors.OIDCProviderError) => failures.set(ctx.req, error)
  const succeeded = new WeakSet<object>()
  const recordSuccess = (ctx: KoaContextWithOIDC) => succeeded.add(ctx.req)

  provider.on('authorization.error', recordFailure)
  provider.on('pushed_authorization_request.error', recordFailure)
  provider.on('device_authorization.error', recordFailure)
  provider.on('grant.error', recordFailure)
  // Record the rejection now, because users may close the access denied page without returning to the client.
  provider.on('interaction.started', (ctx, { name, reasons }) => {
    const reason = reasons.includes(secondPasskeyPrompt) ? secondPasskeyReason : notAllowedReason
    if (name === 'not_allowed') recordFailure(ctx, new errors.AccessDenied(reason))
  })
  provider.on('authorization.success', recordSuccess)
  provider.on('pushed_authorization_request.success', recordSuccess)
  provider.on('device_authorization.success', recordSuccess)
  provider.on('grant.success', recordSuccess)

  const record = async (ctx: KoaContextWithOIDC, client: Client, endpoint: ConnectionEndpoint): Promise<void> => {
    const { oidc } = ctx
    const error = failures.get(ctx.req)
    const reason = error ? shorten(refusalReason(error, ctx.req)) : null
    if (isTrial(ctx.req, client.clientId)) {
      if (reason !== null) ctx.set(trialHeader, encodeURIComponent(reason))
      return
    }
    const { requestId, ipAddress } = requestContext(ctx.req)
    const parameters = readParameters(oidc)
    const accountId = findAccountId(oidc) ?? (error && endpoint === 'token' ? await findOwner(oidc, error) : null)
    const clientAuthentication = endpoint === 'authorization' ? null : findAuthenticationMethod(ctx)
    const isAuthenticatedClient =
      clientAuthentication !== null && clientAuthentication !== 'none' && error?.error !== 'invalid_client'
    recordAttempt({
      clientId: client.clientId,
      endpoint,
      accountId,
      unauthenticatedNetwork: accountId !== null || isAuthenticatedClient ? null : networkOf(ipAddress ?? ''),
      parameters,
      ignoredParameters: listIgnoredParameters(ctx, oidc),
      clientAuthentication,
      pkce: 'code_challenge' in parameters || 'code_verifier' in parameters,
      redirectUri: parameters.redirect_uri ?? null,
      succeeded: error === undefined,
      error: error?.error ?? null,
      reason,
      requestId,
      ipAddress,
    })
  }
  return (ctx) => {
    const { client, route = '' } = ctx.oidc ?? {}
    const endpoint = endpoints[route]
    if (!client || endpoint === undefined || !(failures.has(ctx.req) || succeeded.has(ctx.req))) return
    return record(ctx, client, endpoint)
  }
}

function readParameters({ params = {} }: KoaContextWithOIDC['oidc']): Record<string, string> {
  const entries = Object.entries(params).filter(([, value]) => value !== undefined && value !== null)
  return Object.fromEntries(
    entries.map(([name, value]) => [name, visibleParameters.has(name) ? shorten(value) : hiddenValue]),
  )
}

function shorten(value: unknown): string {
  const text = (typeof value === 'string' ? value : JSON.stringify(value)).replaceAll('\0', '\ufffd').toWellFormed()
  return text.length > maxValueLength ? `${text.slice(0, maxValueLength - 1).toWellFormed()}…` : text
}

/** Names of received parameters that the library does not use. */
function listIgnoredParameters(
  ctx: KoaContextWithOIDC,
  { body, params = {} }: KoaContextWithOIDC['oidc'],
): readonly string[] {
  const received = ctx.method === 'GET' ? ctx.query : body
  if (typeof received !== 'object' || received === null) return []
  return Object.keys(received)
    .filter((name) => !Object.hasOwn(params, name) && !name.startsWith('client_assertion') && name !== 'client_secret')
    .slice(0, 20)
    .map((name) => shorten(name).slice(0, 100))
}

function findAccountId({ account, session, entities }: KoaContextWithOIDC['oidc']): string | null {
  const { AuthorizationCode, RefreshToken, DeviceCode } = entities
  const source = AuthorizationCode ?? RefreshToken ?? DeviceCode
  return account?.accountId ?? source?.accountId ?? session?.accountId ?? null
}

/** The account of a rejected code or refresh token; the library sets it only after all checks have passed. */
async function findOwner(
  { provider, client, params }: KoaContextWithOIDC['oidc'],
  { error }: errors.OIDCProviderError,
) {
  if (error === 'invalid_client') return null
  const { code, refresh_token: refreshToken } = params ?? {}
  const lookup =
    typeof code === 'string'
      ? provider.AuthorizationCode.find(code)
      : typeof refreshToken === 'string' && provider.RefreshToken.find(refreshToken)
  // A failed lookup must not break the request, which already has a response.
  const found = await Promise.resolve(lookup).catch(() => false as const)
  return found && found.clientId === client?.clientId ? (found.accountId ?? null) : null
}

function findAuthenticationMethod({ req, oidc: { client, body } }: KoaContextWithOIDC) {
  if (hasProof(req) || getClientRefusal(req) !== undefined) return 'federated'
  if (/^basic /i.test(req.headers.authorization ?? '')) return 'client_secret_basic'
  const fields: object = typeof body === 'object' && body !== null ? body : {}
  if ('client_secret' in fields) return 'client_secret_post'
  if ('client_assertion' in fields) return client?.clientAuthMethod ?? null
  return 'none'
}
