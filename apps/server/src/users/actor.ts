import { type RequestOrigin, requestContext } from '@pocket/core'
import type { Context } from 'koa'
import type { Call } from '../http/api/operation.ts'
import { type Precondition, preconditionOf } from '../http/api/precondition.ts'

/** The actor of a change and the origin of the request, for the audit log. */
export interface Actor extends Precondition {
  readonly id: string
  readonly origin: RequestOrigin
}

/** The actor of a page request. */
export function pageActor({ id }: { readonly id: string }, { req }: Pick<Context, 'req'>): Actor {
  return { id, origin: requestContext(req) }
}

export function actorOf({ user, ctx }: Pick<Call<unknown>, 'user' | 'ctx'>): Actor {
  return { id: user.id, origin: requestContext(ctx.req), ...preconditionOf(ctx) }
}
