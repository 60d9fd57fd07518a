import { type RequestOrigin, requestContext } from '@pocket/core'
import type { User } from '@pocket/directory'
import type { Context } from 'koa'

/** The version of a resource that the caller wants to change: the `If-Match` header, or a form field. */
export interface Precondition {
  readonly ifMatch?: string
}

/** The actor of a change and the origin of the request, for the audit log. */
export interface Actor extends Precondition {
  readonly id: string
  readonly origin: RequestOrigin
}

/** The actor of a page request. */
export function pageActor({ id }: { readonly id: string }, { req }: Pick<Context, 'req'>): Actor {
  return { id, origin: requestContext(req) }
}

/** The actor of an API call. */
export function actorOf({ user, ctx }: { readonly user: Pick<User, 'id'>; readonly ctx: Context }): Actor {
  return { id: user.id, origin: requestContext(ctx.req), ...preconditionOf(ctx) }
}

/** The precondition of a request (RFC 9110 §13.1.1); without the header the last write wins. */
export function preconditionOf(ctx: Context): Precondition {
  const ifMatch = ctx.get('If-Match').trim()
  return ifMatch === '' ? {} : { ifMatch }
}
