import type { EventEmitter } from 'node:events'
import type Provider from 'oidc-provider'
import type { errors, KoaContextWithOIDC } from 'oidc-provider'
import type { AuditEvent } from '../audit/events.ts'
import { tokenRequests } from '../diagnostics.ts'
import { PocketError, UnavailableError } from '../errors.ts'
import { requestContext } from '../http/request-context.ts'
import type { ResponseStep } from './after-response.ts'
import { isFirstAuthorization } from './consent-records.ts'
import type { ProviderContext } from './provider-context.ts'
import { refusalReason } from './refusal-reason.ts'

/** Collects audit events and records them before the response is sent, because the library does not await its listeners. */
export function auditEvents(provider: Provider, { audit, onError, isTrial }: ProviderContext): ResponseStep {
  const collected = new WeakMap<object, AuditEvent[]>()
  const collect = (ctx: Pick<KoaContextWithOIDC, 'req'>, event: AuditEvent) => {
    if ('clientId' in event && isTrial(ctx.req, event.clientId)) return
    const events = collected.get(ctx.req)
    if (events) events.push(event)
    else collected.set(ctx.req, [event])
  }
  const getRefusal = (ctx: KoaContextWithOIDC, error: errors.OIDCProviderError) => ({
    code: error.error,
    reason: refusalReason(error, ctx.req),
    ...(ctx.oidc.client && { clientId: ctx.oidc.client.clientId }),
  })
  const onRefusal =
    (event: 'authorization_refused' | 'token_refused') => (ctx: KoaContextWithOIDC, error: errors.OIDCProviderError) =>
      collect(ctx, { event, ...getRefusal(ctx, error) })
  const onEndpointRefusal = (endpoint: string) => (ctx: KoaContextWithOIDC, error: errors.OIDCProviderError) =>
    collect(ctx, { event: 'request_refused', endpoint, ...getRefusal(ctx, error) })

  provider.on('authorization.success', (ctx) => {
    const { client, account } = ctx.oidc
    if (client && account)
      collect(ctx, { event: 'client_authorized', accountId: account.accountId, clientId: client.clientId })
  })
  provider.on('authorization.error', (ctx, error) => {
    // The session may have ended between the authorization and the response.
    collected.set(
      ctx.req,
      (collected.get(ctx.req) ?? []).filter(({ event }) => event !== 'client_authorized'),
    )
    onRefusal('authorization_refused')(ctx, error)
  })
  provider.on('pushed_authorization_request.error', onRefusal('authorization_refused'))
  provider.on('grant.error', onRefusal('token_refused'))
  provider.on('grant.success', (ctx) => publishTokenRequest(ctx))
  provider.on('grant.error', (ctx, { error }) => publishTokenRequest(ctx, error))
  provider.on('userinfo.error', onEndpointRefusal('userinfo'))
  provider.on('introspection.error', onEndpointRefusal('introspection'))
  provider.on('revocation.error', onEndpointRefusal('revocation'))
  for (const step of ['create', 'read', 'update', 'delete'])
    (provider as EventEmitter).on(`registration_${step}.error`, onEndpointRefusal('registration'))
  provider.on('end_session.error', onEndpointRefusal('end_session'))
  provider.on('end_session.success', (ctx) => {
    const accountId = ctx.oidc.session?.accountId
    if (accountId) collect(ctx, { event: 'signed_out', accountId })
  })
  provider.on('grant.revoked', (ctx) => {
    // The revocation after a reused code or refresh token; revocations by clients are recorded below.
    const token = ctx.oidc.entities.RefreshToken ?? ctx.oidc.entities.AuthorizationCode
    if (ctx.oidc.route === 'token' && token) collect(ctx, createRevokedEvent(token))
  })
  provider.on('server_error', (ctx, error) => {
    onError(error, requestContext(ctx.req).requestId)
    if (error instanceof PocketError && !(error instanceof UnavailableError))
      collect(ctx, {
        event: 'request_refused',
        endpoint: ctx.oidc?.route ?? 'protocol',
        code: error.code,
        reason: error.message,
        ...(ctx.oidc?.client && { clientId: ctx.oidc.client.clientId }),
      })
  })

  const koa: EventEmitter = provider
  koa.on('error', (error: unknown, ctx?: KoaContextWithOIDC) =>
    onError(error, ctx ? requestContext(ctx.req).requestId : ''),
  )

  const record = async ({ req }: KoaContextWithOIDC, events: readonly AuditEvent[]): Promise<void> => {
    const origin = requestContext(req)
    const isFirst = isFirstAuthorization({ req })
    for (const event of events)
      await audit.record(event.event === 'client_authorized' && isFirst ? { ...event, isFirst } : event, origin)
  }
  return (ctx) => {
    const oidc: KoaContextWithOIDC['oidc'] | undefined = ctx.oidc
    if (oidc?.route === 'revocation') for (const token of revokedTokens(oidc)) collect(ctx, createRevokedEvent(token))
    const events = collected.get(ctx.req)
    return events && record(ctx, events)
  }
}

function publishTokenRequest({ oidc }: KoaContextWithOIDC, errorCode?: string): void {
  if (!tokenRequests.hasSubscribers) return
  const grantType = String(oidc.params?.grant_type)
  tokenRequests.publish({ grantType, clientId: oidc.client?.clientId, errorCode })
}

interface RevokedToken {
  readonly kind: string
  readonly clientId?: string | undefined
  readonly accountId?: string | undefined
}

function createRevokedEvent({ kind, clientId = '', accountId }: RevokedToken): AuditEvent {
  return { event: 'token_revoked', kind, clientId, ...(accountId !== undefined && { accountId }) }
}

/**
 * Returns the tokens revoked by this request. The library emits no event, and its response is the same for unknown tokens
 * (RFC 7009 §2.2).
 */
function revokedTokens({ client, entities }: KoaContextWithOIDC['oidc']): readonly RevokedToken[] {
  const tokens: readonly (RevokedToken | undefined)[] = [
    entities.RefreshToken,
    entities.AccessToken,
    entities.ClientCredentials,
  ]
  return tokens.filter((token) => token !== undefined).filter(({ clientId }) => clientId === client?.clientId)
}
