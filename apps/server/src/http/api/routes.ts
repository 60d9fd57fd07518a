import Router from '@koa/router'
import { NotAuthenticated } from '@pocket/core/errors'
import type { User } from '@pocket/directory'
import type { Context } from 'koa'
import type { Operation } from './operation.ts'

/** Finds out who calls and whether they may. @throws {NotAuthenticated} @throws {Forbidden} */
export type Admit = (ctx: Context, operation: Pick<Operation, 'access' | 'apiKey' | 'area' | 'method'>) => Promise<User>

/** Puts operations at their addresses. */
export function apiRoutes(operations: readonly Operation[], admit: Admit): Router {
  const router = new Router()
  for (const operation of operations)
    router[operation.method](operation.path, async (ctx) => {
      const params = decodedParams(ctx.params)
      const { status, schema } = operation.answer
      const caller = operation.access === 'public' ? undefined : await admit(ctx, operation)
      const answer = await operation.run({
        params,
        ctx,
        get user(): User {
          if (caller) return caller
          throw new NotAuthenticated('not_signed_in', 'This operation does not know who calls.')
        },
      })
      if (!ctx.response.get('Cache-Control')) ctx.set('Cache-Control', 'private, no-store')
      ctx.status = status
      if (schema !== undefined) ctx.body = answer
    })
  return router
}

/** Client ids that are addresses come as `~` and their base64url, since a path cannot hold them. */
function decodedParams(params: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(params).map(([name, value]) => [
      name,
      (name === 'id' || name === 'clientId') && /^~[\w-]+$/.test(value)
        ? Buffer.from(value.slice(1), 'base64url').toString('utf8')
        : value,
    ]),
  )
}
