import { requestContext } from '@pocket/core'
import type { Call } from '../http/api/operation.ts'
import { preconditionOf } from '../http/api/precondition.ts'
import type { Administrator } from './administration.ts'

/** The caller of an API operation, for the audit log. */
export function administratorOf({ user, ctx }: Pick<Call<unknown>, 'user' | 'ctx'>): Administrator {
  return { accountId: user.id, origin: requestContext(ctx.req), ...preconditionOf(ctx) }
}
