import type { IncomingMessage } from 'node:http'
import { bodyParser } from '@koa/bodyparser'
import { assertSameOrigin, commonHeaders, originForm, requestContext, type TrustProxy } from '@pocket/core'
import { InvalidInput, TooLarge } from '@pocket/core/errors'
import Koa from 'koa'
import type { Logger } from '../logging/logger.ts'
import { errorResponses } from './errors.ts'
import { strictTransportSecurity } from './hsts.ts'
import { pathForLog } from './path-for-log.ts'
import type { ShowPage } from './show-page.ts'

export interface KoaPorts {
  readonly trustProxy: TrustProxy
  readonly logger: Logger
  readonly show: ShowPage
  /** At which of our origins a request arrived. */
  readonly originOf: (req: IncomingMessage) => string
  /** Seconds; 0 is off. */
  readonly hstsMaxAge: number
}

/** Asked every few seconds, and of no interest while they are answered. */
const probes: ReadonlySet<string> = new Set(['/healthz', '/livez', '/readyz'])

/** What holds for every request: an id, the headers, a line in the log, and one answer whatever is thrown. */
export function createKoa({ trustProxy, logger, show, originOf, hstsMaxAge }: KoaPorts): Koa {
  const koa = new Koa({ proxy: true })
  koa.on('error', (error) => logger.error({ err: error }, 'An answer failed'))
  koa.use(async (ctx, next) => {
    const started = performance.now()
    const { requestId, ipAddress } = requestContext(ctx.req, trustProxy)
    ctx.set('X-Request-ID', requestId)
    const target = originForm(ctx.req.url ?? '')
    ctx.req.url = target ?? '/'
    commonHeaders(ctx.res)
    const transport = strictTransportSecurity(originOf(ctx.req), hstsMaxAge)
    if (transport !== undefined) ctx.set('Strict-Transport-Security', transport)
    ctx.state.hasTarget = target !== undefined
    await next()
    if (probes.has(ctx.path)) return
    const took = Math.round(performance.now() - started)
    logger.info(
      { requestId, method: ctx.method, path: pathForLog(ctx), status: ctx.res.statusCode, took, ipAddress },
      'request',
    )
  })
  return koa.use(errorResponses({ logger, show })).use((ctx, next) => {
    // RFC 9112 §3.2: whoever is in front may have chosen the other one.
    if (headerCount(ctx.req, 'host') > 1)
      throw new InvalidInput('validation_failed', 'The request has more than one Host header.')
    if (ctx.state.hasTarget) return next()
    throw new InvalidInput('validation_failed', 'The target of the request is neither a path nor an address.')
  })
}

function headerCount({ rawHeaders }: IncomingMessage, name: string): number {
  return rawHeaders.filter((text, index) => index % 2 === 0 && text.toLowerCase() === name).length
}

/** No other site makes a browser send anything here. */
export function sameOriginOnly(originOf: (req: IncomingMessage) => string): Koa.Middleware {
  return (ctx, next) => {
    assertSameOrigin(ctx.req, [originOf(ctx.req)])
    return next()
  }
}

/** What a body may have where nothing else is said, in bytes. */
const defaultLimit = 102_400

/** JSON and forms, of 100 kB at most where nothing else is said, in bytes. The answers of passkeys are JSON, whatever they are sent as. */
export function bodies(limit: number = defaultLimit): Koa.Middleware {
  return bodyParser({
    enableTypes: ['json', 'form'],
    extendTypes: { json: ['application/json', 'application/*+json'] },
    jsonLimit: String(limit),
    formLimit: '100kb',
    detectJSON: (ctx) => ctx.path.startsWith('/api/webauthn/'),
    onError: (cause, ctx) => {
      if (Reflect.get(cause, 'type') === 'entity.too.large' || Reflect.get(cause, 'status') === 413)
        throw new TooLarge('payload_too_large', 'The body is too large.', { cause, details: { limit: String(limit) } })
      // What cannot be read counts as nothing there: the session has to do.
      if (ctx.path === '/api/webauthn/reauthenticate') return
      throw new InvalidInput('invalid_request_body', 'The body cannot be read.', { cause })
    },
  })
}
