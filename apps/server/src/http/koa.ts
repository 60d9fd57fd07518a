import type { IncomingMessage } from 'node:http'
import { bodyParser } from '@koa/bodyparser'
import { assertSameOrigin } from '@pocket/core'
import { InvalidInputError, PayloadTooLargeError } from '@pocket/core/errors'
import Koa from 'koa'
import type { Logger } from '../logging/logger.ts'
import { compressPages } from './compression.ts'
import { discardBody } from './discard-body.ts'
import { errorResponses, type FindUser } from './errors.ts'
import { stateOf } from './request-listener.ts'
import type { ShowPage } from './show-page.ts'

/** The middleware of every request that needs a framework: compression and one error handler. */
export function createKoa(logger: Logger, show: ShowPage, findUser: FindUser): Koa {
  const koa = new Koa({ proxy: true })
  koa.on('error', (error) => logger.error({ err: error }, 'Sending a response failed'))
  return koa
    .use((ctx, next) => {
      ctx.state = stateOf(ctx.req)
      return next()
    })
    .use(compressPages())
    .use(errorResponses(logger, show, findUser))
    .use((ctx, next) => {
      if (ctx.state.problem === undefined) return next()
      throw new InvalidInputError('validation_failed', ctx.state.problem)
    })
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
  const parse = bodyParser({
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
  return async (ctx, next) => {
    try {
      await parse(ctx, next)
    } catch (error) {
      if (error instanceof PayloadTooLargeError) await discardBody(ctx)
      throw error
    }
  }
}
