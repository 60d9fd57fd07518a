import { Forbidden } from '@pocket/core/errors'
import type { Directory, User } from '@pocket/directory'
import type { Context } from 'koa'
import { assertFresh, isLimited } from '../http/api/admission.ts'
import type { Call } from '../http/api/operation.ts'
import type { UserAdministration } from './user-administration.ts'

/** A limited API key must not reach beyond its scopes by way of an administrator, whom it could become or let in. */
const beyondKey = 'A limited API key cannot make, change or let in an administrator.'

/**
 * @throws {Forbidden} `forbidden` where a limited API key wants to make an administrator
 * @throws {NotAuthenticated} `reauthentication_required` where a session does without a fresh passkey
 */
export async function assertMayGrant(ctx: Context, { isAdmin }: { readonly isAdmin?: boolean }): Promise<void> {
  if (!isAdmin) return
  if (isLimited(ctx)) throw new Forbidden('forbidden', beyondKey)
  await assertFresh(ctx)
}

/**
 * The id of the user whom a call concerns. Whoever changes an administrator in a session has to have used a passkey just now.
 *
 * @throws {NotFound} `user_not_found` @throws {NotAuthenticated} `reauthentication_required`
 * @throws {Forbidden} `forbidden` where that is an administrator and the API key is limited
 */
export async function reachable(
  { params, ctx }: Pick<Call<unknown>, 'params' | 'ctx'>,
  users: Pick<UserAdministration, 'find'>,
): Promise<string> {
  const id = params.id ?? params.userId ?? ''
  if (!(await users.find(id)).administrator) return id
  if (isLimited(ctx)) throw new Forbidden('forbidden', beyondKey)
  await assertFresh(ctx)
  return id
}

/**
 * Groups decide what their members may use: an administrator comes, goes and has an end set by whoever used a passkey just now.
 *
 * @throws {NotAuthenticated} `reauthentication_required` where a session does without a fresh passkey
 * @throws {Forbidden} `forbidden` where there is an administrator among them and the API key is limited
 */
export async function assertMayChangeMembers(
  ctx: Context,
  directory: Pick<Directory, 'findEach'>,
  userIds: readonly string[],
): Promise<void> {
  const concerned = await directory.findEach(userIds)
  if (!concerned.some(({ administrator }) => administrator)) return
  if (isLimited(ctx)) throw new Forbidden('forbidden', beyondKey)
  await assertFresh(ctx)
}

/**
 * The id of the group that a call concerns. Whoever changes one that holds an administrator has to have used a passkey just
 * now; an API key needs its scope alone.
 *
 * @throws {NotAuthenticated} `reauthentication_required` where a session does without a fresh passkey
 */
export async function reachableGroup(
  { params, ctx }: Pick<Call<unknown>, 'params' | 'ctx'>,
  groups: Pick<Directory['groups'], 'holdsAdministrator'>,
): Promise<string> {
  const id = params.id ?? params.userGroupId ?? ''
  if (await groups.holdsAdministrator(id)) await assertFresh(ctx)
  return id
}

/**
 * Whoever changes these can let in an administrator: by reading the login codes that are sent, or by being the server that
 * says who is one.
 *
 * @throws {Forbidden} `forbidden` with the settings in `details.key` where a limited API key wants to change them
 */
export function assertMayDecide(ctx: Context, settings: readonly string[]): void {
  const keys = settings.filter((key) => /^(smtp|ldap|emailOneTimeAccess)/.test(key))
  if (keys.length > 0 && isLimited(ctx))
    throw new Forbidden('forbidden', beyondKey, { details: { key: keys.join(', ') } })
}

/**
 * People are let in by codes that are sent to their address: another one is as good as another passkey.
 *
 * @throws {Forbidden} `forbidden` where a limited API key wants another address for an administrator
 * @throws {NotAuthenticated} `reauthentication_required` where a session does without a fresh passkey
 */
export async function assertMayMove(ctx: Context, user: User, email: string | null): Promise<void> {
  if (!isMoved(user, email)) return
  if (isLimited(ctx) && user.administrator) throw new Forbidden('forbidden', beyondKey)
  await assertFresh(ctx)
}

/** Whether this is another address of e-mail than the user has. */
export function isMoved(user: Pick<User, 'email'>, email: string | null): boolean {
  return (email || null)?.normalize('NFC') !== user.email?.normalize('NFC')
}
