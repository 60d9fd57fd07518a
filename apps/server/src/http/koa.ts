import type { IncomingMessage } from 'node:http'
import { isIP } from 'node:net'
import { bodyParser } from '@koa/bodyparser'
import { assertSameOrigin, requestContext, type TrustProxy } from '@pocket/core'
import { InvalidInputError, PayloadTooLargeError } from '@pocket/core/errors'
import { setCommonHeaders, toOriginForm } from '@pocket/core/internal'
import Koa from 'koa'
import type { Logger } from '../logging/logger.ts'
import { requests, trace } from '../telemetry/channels.ts'
import { compressPages } from './compression.ts'
import { errorResponses, type FindUser } from './errors.ts'
import { pathForLog } from './path-for-log.ts'
import type { ShowPage } from './show-page.ts'

export interface KoaDeps {
  readonly trustProxy: TrustProxy
  readonly logger: Logger
  readonly show: ShowPage
  readonly findUser: FindUser
  /** The origin of this server that received the request. */
  readonly originOf: (req: IncomingMessage) => string
  /** Seconds; 0 disables the header. */
  readonly hstsMaxAge: number
}

/** Requested every few seconds; successful probes are not worth a log entry. */
export const probes: ReadonlySet<string> = new Set(['/healthz', '/livez', '/readyz'])

/** Applies to every request: a request ID, the response headers, a log entry and one error handler. */
export function createKoa({ trustProxy, logger, show, findUser, originOf, hstsMaxAge }: KoaDeps): Koa {
  const koa = new Koa({ proxy: true })
  koa.on('error', (error) => logger.error({ err: error }, 'Sending a response failed'))
  const transportOf = new Map<string, string | undefined>()
  koa.use(async (ctx, next) => {
    const started = performance.now()
    const { requestId, ipAddress } = requestContext(ctx.req, trustProxy)
    ctx.set('X-Request-ID', requestId)
    const target = toOriginForm(ctx.req.url ?? '')
    ctx.req.url = target ?? '/'
    setCommonHeaders(ctx.res)
    const origin = originOf(ctx.req)
    if (!transportOf.has(origin)) transportOf.set(origin, strictTransportSecurity(origin, hstsMaxAge))
    const transport = transportOf.get(origin)
    if (transport !== undefined) ctx.set('Strict-Transport-Security', transport)
    ctx.state.hasTarget = target !== undefined
    await trace(requests, { ctx, requestId }, next)
    if (probes.has(ctx.path)) return
    const took = Math.round(performance.now() - started)
    logger.info(
      {
        requestId,
        method: ctx.method,
        path: pathForLog(ctx),
        status: ctx.res.statusCode,
        errorCode: ctx.state.errorCode,
        took,
        ipAddress,
        traceId: ctx.state.traceId,
      },
      'request',
    )
  })
  return koa
    .use(compressPages())
    .use(errorResponses(logger, show, findUser))
    .use((ctx, next) => {
      // RFC 9112 §3.2: a proxy may have chosen the other header.
      if (headerCount(ctx.req, 'host') > 1)
        throw new InvalidInputError('validation_failed', 'The request has more than one Host header.')
      if (ctx.state.hasTarget) return next()
      throw new InvalidInputError('validation_failed', 'The request target is neither a path nor a URL.')
    })
}

function headerCount({ rawHeaders }: IncomingMessage, name: string): number {
  return rawHeaders.filter((text, index) => index % 2 === 0 && text.toLowerCase() === name).length
}

/** Rejects browser requests from other sites. */
export function sameOriginOnly(originOf: (req: IncomingMessage) => string): Koa.Middleware {
  return (ctx, next) => {
    assertSameOrigin(ctx.req, [originOf(ctx.req)])
    return next()
  }
}

/** The default limit of a body, in bytes. */
const defaultLimit = 102_400

/**
 * Parses JSON and forms, up to 100 kB by default (in bytes). Passkey responses are parsed as JSON regardless of their content
 * type.
 */
export function bodies(limit: number = defaultLimit): Koa.Middleware {
  return bodyParser({
    enableTypes: ['json', 'form'],
    extendTypes: { json: ['application/json', 'application/*+json'] },
    jsonLimit: String(limit),
    formLimit: '100kb',
    detectJSON: (ctx) => ctx.path.startsWith('/api/webauthn/'),
    onError: (cause, ctx) => {
      if (Reflect.get(cause, 'type') === 'entity.too.large' || Reflect.get(cause, 'status') === 413)
        throw new PayloadTooLargeError('payload_too_large', 'The body is too large.', {
          cause,
          details: { limit: String(limit) },
        })
      // An unreadable body counts as missing here: the session may suffice.
      if (ctx.path === '/api/webauthn/reauthenticate') return
      throw new InvalidInputError('invalid_request_body', 'The body cannot be read.', { cause })
    },
  })
}

/**
 * The value of `Strict-Transport-Security` for an origin (RFC 6797), `undefined` if it would do harm: browsers apply it to every
 * port of the host, so only the origin on the default port may send it.
 *
 * @param maxAge - seconds; 0 disables the header
 */
export function strictTransportSecurity(origin: string, maxAge: number): string | undefined {
  const { protocol, hostname, port } = new URL(origin)
  if (maxAge === 0 || protocol !== 'https:' || port !== '' || isIP(hostname.replace(/^\[|\]$/g, '')) !== 0)
    return undefined
  return `max-age=${maxAge}`
}
