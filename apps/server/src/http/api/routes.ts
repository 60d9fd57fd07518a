import Router from '@koa/router'
import type { RateLimiter } from '@pocket/core'
import { InvalidInputError, NotAuthenticatedError, NotFoundError, PreconditionFailedError } from '@pocket/core/errors'
import type { User } from '@pocket/directory'
import type { Context } from 'koa'
import { accessTo } from '../../access/access-table.ts'
import { preconditionOf } from '../../access/actor.ts'
import type { Guard } from '../../access/guard.ts'
import { bodies } from '../koa.ts'
import type { Operation } from './operation.ts'
import { unstorableText } from './text.ts'

export function apiRoutes(operations: readonly Operation[], guard: Guard, limits: RateLimiter): Router {
  const router = new Router({ sensitive: true, strict: true })
  for (const operation of operations) {
    const readBody = bodies(operation.bodyLimit)
    const access = accessTo(operation)
    router[operation.method](operation.path, async (ctx) => {
      const params = decodeParams(ctx.params)
      assertStorable(ctx, params)
      const { status, schema, pending } = operation.response
      const caller = await guard(ctx, access).catch(async (error: unknown) => {
        if (error instanceof NotAuthenticatedError && error.code === 'not_signed_in')
          await operation.beforeNotSignedIn?.(ctx)
        throw error
      })
      assertConditional(ctx, operation)
      if (operation.limit) await limits.consume(ctx.req, operation.limit)
      // Authorize before reading the body, so that unauthorized callers cannot send large ones.
      await readBody(ctx, async () => {})
      const result = await operation.run({
        params,
        ctx,
        get user(): User {
          if (caller) return caller
          throw new NotAuthenticatedError('not_signed_in', 'This operation does not authenticate its caller.')
        },
      })
      if (!ctx.response.get('Cache-Control')) ctx.set('Cache-Control', 'private, no-store')
      if (pending && result === undefined) {
        ctx.status = 202
        ctx.body = ''
        return
      }
      ctx.status = status
      // The ETag of a file covers its whole content. The ETag of a record covers only its editable fields, so derived fields may
      // be newer.
      if (operation.response.types && ctx.response.get('ETag') && ctx.fresh) ctx.status = 304
      else if (schema !== undefined) ctx.body = result
      // Otherwise Koa would send the name of the status.
      else if (status !== 204 && ctx.body === undefined) ctx.body = ''
    })
  }
  return router
}

/** A client that sends a precondition must not overwrite unseen changes, so an unsupported precondition fails. */
function assertConditional(ctx: Context, { method, conditional }: Operation): void {
  const { ifMatch = '*' } = preconditionOf(ctx)
  if (method === 'get' || conditional || ifMatch === '*') return
  throw new PreconditionFailedError('precondition_failed', 'This operation does not support If-Match.')
}

function assertStorable(ctx: Context, params: Readonly<Record<string, string>>): void {
  if (unstorableText(params) !== undefined) throw new NotFoundError('not_found', 'There is no resource with this name.')
  const path = unstorableText(ctx.query)?.slice(0, 100)
  if (path === undefined) return
  throw new InvalidInputError('validation_failed', `The query ${path} must not contain NUL or an unpaired surrogate.`, {
    fields: [{ field: path, code: 'invalid_format', message: 'must not contain NUL or an unpaired surrogate' }],
  })
}

/** Client IDs that are URLs are sent as `~` plus base64url, because a path segment cannot contain them. */
function decodeParams(params: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(params).map(([name, value]) => [
      name,
      (name === 'id' || name === 'clientId') && /^~[\w-]+$/.test(value)
        ? Buffer.from(value.slice(1), 'base64url').toString('utf8')
        : value,
    ]),
  )
}
