import type { IncomingMessage } from 'node:http'
import type { Context, Middleware } from 'koa'
import type { Client } from '../clients/client.ts'
import { assertionHeader, sitePath } from '../clients/protected-site.ts'
import type { SecretUses } from '../clients/secret-uses.ts'
import { serviceTokenPrefix } from '../clients/secrets.ts'
import type { ConnectionRecorder } from '../connection-log/connection-log.ts'
import type { CoreContext } from '../context.ts'
import { toOriginForm } from '../http/issuer-request.ts'
import { originalTarget, pathBelowIssuer } from '../http/mount.ts'
import { requestContext, type TrustProxy } from '../http/request-context.ts'
import { networkOf } from '../limits/network.ts'
import type { SiteSessions } from '../oidc/site-sessions.ts'
import { runUnitOfWork } from '../unit-of-work.ts'
import type { Assert } from './assertions.ts'
import { createAuthorizeRequest, createSiteClaims, type SiteDecision } from './authorize-request.ts'
import type { DecisionReason } from './decide.ts'
import { identityHeaders, identityOf } from './identity.ts'
import {
  type AuthzEndpoint,
  authzEndpoints,
  forwardedHost,
  hasOtherSpelling,
  isFromProxy,
  overridingPathHeaders,
  type ProxyRequest,
  type ProxyRequestProblem,
  readProxyRequest,
} from './proxy-request.ts'
import { SiteCookies, withoutSiteCookies } from './site-cookies.ts'
import { createShowSitePage, type FindSiteTexts } from './site-page.ts'
import { createSiteSignIn, startUrl } from './site-sign-in.ts'
import { createFindSite } from './sites.ts'

interface ForwardAuthServices {
  readonly siteSessions: SiteSessions
  readonly secretUses: SecretUses
  readonly record: ConnectionRecorder['record']
  readonly assert: Assert
  readonly trustProxy: TrustProxy
  readonly siteTexts: FindSiteTexts
}

const authzPath = '/api/authz/'
const serviceTokenPattern = new RegExp(`^Bearer +${serviceTokenPrefix}`, 'i')

type RefusalReason = DecisionReason | ProxyRequestProblem | 'unknown_host'

/** Descriptions for administrators and API clients. */
export const refusalReasons: Readonly<Record<RefusalReason, string>> = {
  allowed: 'the request is allowed',
  no_rule: 'no access rule matches the request',
  ambiguous_path: 'the path can be read in several ways that different rules match',
  ambiguous_method: 'a header or parameter replaces the method by one that another rule matches',
  nobody: 'the rule allows no one',
  no_session: 'the user is not signed in',
  not_allowed: 'the account is in none of the groups that may use this client',
  not_in_groups: 'the account is in none of the groups of the rule',
  second_passkey: 'the account needs a second passkey',
  passkey_too_old: 'the last use of a passkey is too old',
  no_service_token: 'the rule requires a service token',
  invalid_service_token: 'the service token is not valid',
  service_token_limits: 'the service token is not valid for this path or method',
  untrusted_proxy: 'the proxy is not trusted; set TRUST_PROXY to its IP address',
  missing_headers: 'the proxy does not send the headers of this endpoint',
  repeated_headers: 'a header occurs more than once, or in another spelling',
  insecure: 'the site was requested without HTTPS; protected sites require HTTPS',
  invalid_target: 'the request target is not a path of a valid host',
  unknown_host: 'the host belongs to no protected site, or to several',
}

/**
 * Serves `/api/authz/` for proxies, and `/.pocket/` at the hosts of protected sites. Nothing else is served at those hosts.
 */
export function createForwardAuth(context: CoreContext, services: ForwardAuthServices): Middleware {
  const { issuer, origins, internalOrigin, stores, clock } = context
  const { siteSessions, record, assert, trustProxy } = services
  const findSite = createFindSite(stores.clients)
  const authorize = createAuthorizeRequest(context, services)
  const claimsOf = createSiteClaims(context)
  const showPage = createShowSitePage(services.siteTexts, context.onError)
  const signIn = createSiteSignIn(context, { siteSessions, authorize, showPage })
  const ownHosts = new Set(
    [...origins, ...(internalOrigin === undefined ? [] : [internalOrigin])].map((origin) => new URL(origin).host),
  )

  const recordRefusal = (
    ctx: Context,
    site: Client,
    request: ProxyRequest,
    { rule, reason, session }: Pick<SiteDecision, 'rule' | 'session'> & { readonly reason: RefusalReason },
  ) => {
    const { requestId, ipAddress } = requestContext(ctx.req, trustProxy)
    const accountId = session?.account.id ?? null
    record({
      clientId: site.id,
      endpoint: 'forward_auth',
      accountId,
      unauthenticatedNetwork: accountId === null ? networkOf(ipAddress ?? '') : null,
      parameters: {
        ...{ host: request.host, method: request.method, path: request.path.slice(0, 500) },
        ...(rule !== null && { rule: String(rule + 1) }),
      },
      ignoredParameters: [],
      clientAuthentication: null,
      pkce: false,
      redirectUri: null,
      succeeded: false,
      error: reason,
      reason: refusalReasons[reason],
      requestId,
      ipAddress,
    })
  }

  const check = async (ctx: Context, endpoint: AuthzEndpoint, target: string) => {
    ctx.set('Cache-Control', 'no-store')
    const request = isFromProxy(ctx.req, trustProxy) ? readProxyRequest(ctx.req, endpoint, target) : 'untrusted_proxy'
    if (typeof request === 'string') return refuse(ctx, request)
    const site = await findSite(request.host)
    if (!site) return refuse(ctx, 'unknown_host')
    const { identityHeaders: names, identityAssertion } = site.protocol
    const removed = [...Object.values(names), assertionHeader, ...overridingPathHeaders]
    const problem = request.problem ?? (hasOtherSpelling(ctx.req, removed) ? 'repeated_headers' : null)
    if (problem !== null) {
      recordRefusal(ctx, site, request, { rule: null, reason: problem, session: undefined })
      return refuse(ctx, problem)
    }
    const decision = await authorize(site, request, {
      reference: new SiteCookies(ctx.req, ctx.res).reference,
      serviceToken: presentedToken(ctx, site),
    })
    const { verdict, as, session } = decision
    if (verdict === 'allow') {
      const claims = as === 'user' && session ? await claimsOf(site, session.account) : undefined
      const assertion = claims && session && identityAssertion ? await assert(site, session, claims) : ''
      ctx.set(identityHeaders(names, claims && identityOf(claims), assertion))
      // nginx removes them itself, and its buffer for a response is smaller than the cookies of a request.
      if (endpoint !== 'auth-request') ctx.set(withoutCredentials(ctx.req))
      ctx.status = 200
      ctx.body = ''
      if (session) siteSessions.recordUse(ctx.req, session)
      return
    }
    ctx.set(identityHeaders(names))
    if (verdict !== 'deny' && request.isNavigation) {
      // nginx passes only 401 and 403 on; its configuration turns this into a redirect.
      ctx.redirect(startUrl(request, clock.now()))
      ctx.status = endpoint === 'auth-request' ? 401 : 303
      ctx.body = ''
      return
    }
    recordRefusal(ctx, site, request, decision)
    const isUnauthenticated = verdict !== 'deny' || /service_token$/.test(decision.reason)
    if (isUnauthenticated) ctx.set('WWW-Authenticate', challengeOf(site, decision))
    refuse(ctx, decision.reason, isUnauthenticated ? 401 : 403, request.isNavigation)
  }

  const refuse = (ctx: Context, reason: RefusalReason, status = 403, isNavigation = false) => {
    ctx.state.errorCode = reason
    if (isNavigation) return showPage(ctx, { status, message: reason === 'second_passkey' ? reason : 'denied' })
    const text = `${refusalReasons[reason].charAt(0).toUpperCase()}${refusalReasons[reason].slice(1)}.`
    ctx.status = status
    ctx.body = { error: reason, error_description: text }
  }

  return async (ctx, next) => {
    const target = toOriginForm(originalTarget(ctx.req, ctx.originalUrl)) ?? '/'
    const relative = pathBelowIssuer(target, issuer.path) ?? ''
    const call = relative.startsWith(authzPath) ? relative.slice(authzPath.length) : ''
    const endpoint =
      call === ''
        ? undefined
        : authzEndpoints.find(
            (name) => call === name || (/^[/?]/.test(call.slice(name.length)) && call.startsWith(name)),
          )
    if (endpoint !== undefined) {
      const rest = call.slice(endpoint.length)
      return runUnitOfWork(() => check(ctx, endpoint, rest.startsWith('/') ? rest : `/${rest}`))
    }
    const isProxied = isFromProxy(ctx.req, trustProxy)
    const requestedHost = isProxied ? forwardedHost(ctx.req) : ctx.req.headers.host?.toLowerCase()
    if (requestedHost === undefined || ownHosts.has(requestedHost)) return next()
    const site = await findSite(requestedHost)
    if (!site) return next()
    ctx.remove('Strict-Transport-Security')
    if (isProxied && target.startsWith(sitePath)) return runUnitOfWork(() => signIn(ctx, site, requestedHost, target))
    showPage(ctx, { status: 404, message: 'not_found' })
  }
}

function presentedToken({ req }: Context, { protocol }: Client): string | undefined {
  const { serviceTokenHeader } = protocol
  const value = serviceTokenHeader === null ? undefined : req.headers[serviceTokenHeader.toLowerCase()]
  if (typeof value === 'string' && value !== '') return value
  // Other bearer tokens belong to the application.
  const bearer = /^Bearer +(\S+)$/i.exec(req.headers.authorization ?? '')?.[1]
  return bearer?.startsWith(serviceTokenPrefix) ? bearer : undefined
}

/** The credential headers of the request as the application receives them, for proxies that can only replace a whole header. */
function withoutCredentials({ headers: { cookie, authorization } }: IncomingMessage): Record<string, string> {
  return {
    ...(cookie !== undefined && { Cookie: withoutSiteCookies(cookie) }),
    ...(authorization !== undefined && { Authorization: serviceTokenPattern.test(authorization) ? '' : authorization }),
  }
}

/** RFC 6750 §3, and RFC 9470 §3 for a passkey that must be used again. */
function challengeOf({ name, protocol }: Client, { reason, rule }: SiteDecision): string {
  const realm = name.replaceAll(/[^\x20-\x7e]|["\\]/g, '?')
  const maxAge = protocol.accessRules[rule ?? -1]?.maxPasskeyAgeMinutes
  const error =
    reason === 'invalid_service_token'
      ? ', error="invalid_token"'
      : reason === 'passkey_too_old'
        ? `, error="insufficient_user_authentication", max_age="${(maxAge ?? 0) * 60}"`
        : ''
  return `Bearer realm="${realm}"${error}`
}
