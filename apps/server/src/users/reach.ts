import { Forbidden } from '@pocket/core/errors'
import type { Context } from 'koa'
import { isLimited } from '../http/api/admission.ts'
import type { Call } from '../http/api/operation.ts'
import type { UserAdministration } from './user-administration.ts'

/** A limited API key must not reach beyond its scopes by way of an administrator, whom it could become or let in. */
const beyondKey = 'A limited API key cannot make, change or let in an administrator.'

/** @throws {Forbidden} `forbidden` where a limited API key wants to make an administrator */
export function assertMayGrant(ctx: Context, { isAdmin }: { readonly isAdmin?: boolean }): void {
  if (isAdmin && isLimited(ctx)) throw new Forbidden('forbidden', beyondKey)
}

/**
 * The id of the user whom a call concerns.
 *
 * @throws {Forbidden} `forbidden` where that is an administrator and the API key is limited
 */
export async function reachable(
  { params, ctx }: Pick<Call<unknown>, 'params' | 'ctx'>,
  users: Pick<UserAdministration, 'find'>,
): Promise<string> {
  const id = params.id ?? params.userId ?? ''
  if (isLimited(ctx) && (await users.find(id)).administrator) throw new Forbidden('forbidden', beyondKey)
  return id
}
