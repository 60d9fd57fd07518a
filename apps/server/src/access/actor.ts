import { type RequestOrigin, requestContext } from '@pocket/core'
import type { User } from '@pocket/directory'
import type { Context } from 'koa'

type NamedUser = Pick<User, 'id' | 'userName'>

/** The version of a resource that the caller wants to change: the `If-Match` header, or a form field. */
export interface Precondition {
  readonly ifMatch?: string
}

/** The origin of a change, with the names of accounts that the request has read. */
export interface ChangeOrigin extends RequestOrigin {
  readonly accountNames?: ReadonlyMap<string, string>
}

/** The actor of a change and the origin of the request, for the audit log. */
export interface Actor extends Precondition {
  readonly id: string
  readonly origin: ChangeOrigin
}

export function pageActor({ id }: { readonly id: string }, { req }: Pick<Context, 'req'>): Actor {
  return { id, origin: requestContext(req) }
}

export function actorOf({ user, ctx }: { readonly user: NamedUser; readonly ctx: Context }): Actor {
  return { id: user.id, origin: withAccountName(requestContext(ctx.req), user), ...preconditionOf(ctx) }
}

/** Spares the audit log a read of the user. */
export function withAccountName(origin: ChangeOrigin, { id, userName }: NamedUser): ChangeOrigin {
  return { ...origin, accountNames: new Map([...(origin.accountNames ?? []), [id, userName]]) }
}

/** The precondition of a request (RFC 9110 §13.1.1); without the header the last write wins. */
export function preconditionOf(ctx: Context): Precondition {
  const ifMatch = ctx.get('If-Match').trim()
  return ifMatch === '' ? {} : { ifMatch }
}
