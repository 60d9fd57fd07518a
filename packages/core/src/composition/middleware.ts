import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Context, Middleware } from 'koa'
import { RateLimitedError, UnavailableError } from '../errors.ts'
import { rewriteToIssuer, toOriginForm } from '../http/issuer-request.ts'
import { originalTarget, pathBelowIssuer, recordMountPath } from '../http/mount.ts'
import { configuredOrigin } from '../http/own-origin.ts'
import { setPageHeaders } from '../http/page-headers.ts'
import { requestContext } from '../http/request-context.ts'
import { normalizeResources } from '../http/resource-parameter.ts'
import { assertBodyUnread, discardUnreadBody } from '../http/unread-body.ts'
import { createLoginPages } from '../interactions/login-pages.ts'
import { interactionRoutes } from '../interactions/routes.ts'
import { sealedInteraction, withCarriedInteraction } from '../oidc/carried-interactions.ts'
import { createClientAuthentication } from '../oidc/client-authentication/normalize-request.ts'
import { isDocumentPath } from '../oidc/documents.ts'
import { respondRateLimited } from '../oidc/failed-clients.ts'
import { requestedOrigin } from '../oidc/internal-addresses.ts'
import { createSilentLogout } from '../oidc/logout-without-prompt.ts'
import { sendOutage } from '../oidc/outages.ts'
import { insertedMetadataPath, isBrowserPath, isProtocolPath, metadataPath, protocolRoutes } from '../oidc/paths.ts'
import { createPostedRequests, restorePostedRequest } from '../oidc/posted-requests.ts'
import { createOwnSecretFilter } from '../oidc/registration/own-secret.ts'
import { createSizeLimits } from '../oidc/request-sizes.ts'
import { createWebFinger, webFingerPath } from '../oidc/webfinger.ts'
import { runUnitOfWork } from '../unit-of-work.ts'
import type { Engine } from './engine.ts'
import type { ResolvedOptions } from './resolved-options.ts'
import type { UserServices } from './user-services.ts'

const relatedOriginsPath = '/.well-known/webauthn'

/** Serves requests for this provider and passes all other requests to the next middleware. */
export function createMiddleware(options: ResolvedOptions, engine: Engine, userServices: UserServices): Middleware {
  const { issuer, origins, internalOrigin, trustProxy, loginPath } = options
  const interactions = interactionRoutes(options, userServices, engine.getStartUrl)
  const loginPages = createLoginPages(options, userServices)
  const handleProtocolRequest = createProtocolHandler(options, engine, userServices)
  const webFinger = createWebFinger(options)
  const serveDocument = createDocumentHandler(options, engine)

  const handle: Middleware = async (ctx, next) => {
    const { requestId } = requestContext(ctx.req, trustProxy)
    const requestUrl = toOriginForm(ctx.req.url ?? '/') ?? '/'
    ctx.res.setHeader('X-Request-ID', requestId)
    discardUnreadBody(ctx.req, ctx.res)
    const target = toOriginForm(originalTarget(ctx.req, ctx.originalUrl)) ?? '/'
    // First, because clients request these documents often.
    const document = serveDocument(target, ctx.req, ctx.res)
    if (document && (await document)) {
      ctx.respond = false
      return
    }
    const path = pathOf(target)
    const relativePath = relativeTo(issuer, target)
    if (relativePath === undefined && path !== relatedOriginsPath && path !== webFingerPath) return next()
    const origin = configuredOrigin(ctx.req, origins, trustProxy)
    rewriteToIssuer(ctx.req, requestedOrigin(ctx.req, pathOf(relativePath ?? path), issuer, internalOrigin))
    const continueRequest = () => {
      ctx.req.url = requestUrl
      return next()
    }
    ctx.req.url = relativePath ?? target
    // Sessions and interactions exist only at the issuer's origin.
    if (origin !== issuer.origin && isBrowserPath(ctx.path)) {
      ctx.redirect(issuer.origin + target)
      ctx.status = 307
      return
    }
    if (path === relatedOriginsPath) {
      ctx.respond = false
      return sendRelatedOrigins(ctx.res, origins)
    }
    if (ctx.path.startsWith('/interaction/assets/')) {
      ctx.respond = false
      if (!options.assets.serve(ctx.req, ctx.res)) ctx.res.writeHead(404).end()
      return
    }
    if (ctx.path.startsWith('/interaction/')) {
      assertBodyUnread(ctx.req)
      return withCarriedInteraction(engine.interactionSealer, sealedInteraction(ctx), () =>
        interactions(ctx, continueRequest),
      )
    }
    if (path === webFingerPath) {
      ctx.respond = false
      return webFinger(ctx.req, ctx.res)
    }
    if (loginPath !== null && (ctx.path === loginPath || ctx.path.startsWith(`${loginPath}/`)))
      return loginPages(ctx, continueRequest)
    if (!isProtocolPath(ctx.path)) return continueRequest()
    assertBodyUnread(ctx.req)
    return handleProtocolRequest(ctx, requestId)
  }

  return async (ctx, next) => {
    try {
      await runUnitOfWork(() => handle(ctx, next))
    } finally {
      engine.logoutNotices.flush()
    }
  }
}

/**
 * Serves the metadata and the keys at this target without running the rest of the middleware. Resolves to `false` if the
 * library must respond; `false` if the request is for something else.
 */
export function createDocumentHandler({ issuer, onError }: ResolvedOptions, { holder }: Engine) {
  const serve = async (path: string, req: IncomingMessage, res: ServerResponse): Promise<boolean> => {
    await holder.refresh((error) => onError(error, requestContext(req).requestId))
    return holder.serveDocument(path, req, res)
  }
  return (target: string, req: IncomingMessage, res: ServerResponse): Promise<boolean> | false => {
    const path = pathOf(relativeTo(issuer, target) ?? '')
    return isDocumentPath(path) && serve(path, req, res)
  }
}

/** The part of a target below the issuer; `undefined` if it is outside. */
function relativeTo({ path }: ResolvedOptions['issuer'], target: string): string | undefined {
  return pathOf(target) === insertedMetadataPath(path) ? metadataPath : pathBelowIssuer(target, path)
}

/** Lists the origins that may use the passkeys of this relying party (WebAuthn Level 3 §5.11.1). */
function sendRelatedOrigins(res: ServerResponse, origins: readonly string[]): void {
  res.statusCode = 200
  res.setHeader('Content-Type', 'application/json')
  res.setHeader('Cache-Control', 'public, max-age=300')
  res.end(JSON.stringify({ origins }))
}

/** Handles protocol requests before oidc-provider does. */
function createProtocolHandler(
  options: ResolvedOptions,
  { holder, pairwise, interactionSealer }: Engine,
  { sessions }: UserServices,
) {
  const { issuer, limits, render, onError, signOutUrl } = options
  const provider = holder.current
  const rejectOversized = createSizeLimits(options)
  const redirectPosted = createPostedRequests(options)
  const signOutSilently = createSilentLogout(options, provider, sessions, pairwise)
  const filterOwnSecret = createOwnSecretFilter(options)
  const authenticateClient = createClientAuthentication(options, provider)

  const handleProtocolRequest = async (ctx: Context, requestId: string): Promise<void> => {
    await holder.refresh((error) => onError(error, requestId))
    if (await rejectOversized(ctx)) return
    if (await redirectPosted(ctx)) return
    restorePostedRequest(ctx)
    if (signOutUrl !== undefined && ctx.path === protocolRoutes.end_session && ctx.querystring === '') {
      setPageHeaders(ctx.res, 'to-clients')
      ctx.status = 303
      ctx.redirect(signOutUrl)
      return
    }
    normalizeResources(ctx.req)
    if (await signOutSilently(ctx)) return
    setPageHeaders(ctx.res, 'to-clients')
    ctx.respond = false
    ctx.res.statusCode = 200
    try {
      if (ctx.path === protocolRoutes.registration && ctx.method === 'POST' && !ctx.get('Authorization'))
        await limits.consume(ctx.req, 'client-registration')
      await authenticateClient(ctx.req, ctx.path)
    } catch (error) {
      if (!(error instanceof RateLimitedError)) throw error
      return respondRateLimited(ctx.res, error)
    }
    await filterOwnSecret(ctx.req, ctx.path)
    recordMountPath(ctx.req, issuer.path)
    await withCarriedInteraction(interactionSealer, sealedInteraction(ctx), () => holder.handle(ctx.req, ctx.res))
  }
  return async (ctx: Context, requestId: string): Promise<void> => {
    try {
      await handleProtocolRequest(ctx, requestId)
    } catch (error) {
      if (!(error instanceof UnavailableError)) throw error
      onError(error, requestId)
      ctx.respond = true
      await sendOutage(ctx, error, render)
    }
  }
}

function pathOf(target: string): string {
  return target.split('?', 1)[0] ?? ''
}
