import type { Directory, User, UserUpdate } from '@pocket/directory'
import type { Context } from 'koa'
import { assertCondition } from '../access/guard.ts'
import type { Call } from '../http/api/operation.ts'
import type { UserAdministration } from './user-administration.ts'

/** @throws as the condition `administrator` of the access table where somebody becomes one */
export async function assertCanMakeAdministrator(
  ctx: Context,
  { isAdmin }: { readonly isAdmin?: boolean },
): Promise<void> {
  if (isAdmin) await assertCondition(ctx, 'administrator')
}

/**
 * The id of the user whom a call changes.
 *
 * @throws {NotFound} `user_not_found` @throws as the condition `administrator` of the access table
 */
export async function assertCanModifyUser(
  { params, ctx }: Pick<Call<unknown>, 'params' | 'ctx'>,
  users: Pick<UserAdministration, 'find'>,
): Promise<string> {
  const id = params.id ?? params.userId ?? ''
  if ((await users.find(id)).administrator) await assertCondition(ctx, 'administrator')
  return id
}

/** @throws as the condition `administrator-members` of the access table */
export async function assertCanChangeMembers(
  ctx: Context,
  directory: Pick<Directory, 'findEach'>,
  userIds: readonly string[],
): Promise<void> {
  const concerned = await directory.findEach(userIds)
  if (concerned.some(({ administrator }) => administrator)) await assertCondition(ctx, 'administrator-members')
}

/**
 * The id of the group that a call changes.
 *
 * @throws as the condition `administrator-group` of the access table
 */
export async function assertCanModifyGroup(
  { params, ctx }: Pick<Call<unknown>, 'params' | 'ctx'>,
  groups: Pick<Directory['groups'], 'holdsAdministrator'>,
): Promise<string> {
  const id = params.id ?? params.userGroupId ?? ''
  if (await groups.holdsAdministrator(id)) await assertCondition(ctx, 'administrator-group')
  return id
}

/**
 * Who changes these settings can let in an administrator: by reading the login codes that are sent, or by being the server
 * that says who is one.
 *
 * @throws {Forbidden} `forbidden` with the settings in `details.key` where a limited API key wants to change them
 */
export async function assertCanChangeSettings(ctx: Context, settings: readonly string[]): Promise<void> {
  const keys = settings.filter((key) => /^(smtp|ldap|emailOneTimeAccess)/.test(key))
  if (keys.length > 0) await assertCondition(ctx, 'sign-in-settings', { key: keys.join(', ') })
}

/**
 * Login codes are sent to the e-mail address of an account, so a new address is worth as much as a new passkey.
 *
 * @throws as the condition `own-email` of the access table
 */
export async function assertCanChangeEmail(ctx: Context, user: User, email: string | null): Promise<void> {
  if (emailChanged(user, email)) await assertCondition(ctx, 'own-email')
}

const profileFields: ReadonlySet<string> = new Set(['userName', 'email', 'firstName', 'lastName', 'displayName'])

/** @throws as the condition `administrator-profile` of the access table, where an administrator gets another name or address */
export async function assertCanUpdateProfile(ctx: Context, { before, changed }: UserUpdate): Promise<void> {
  if (changed.some((field) => profileFields.has(field))) await assertCanChangePicture(ctx, before)
}

/** @throws as the condition `administrator-profile` of the access table, where the picture is an administrator's */
export async function assertCanChangePicture(
  ctx: Context,
  user: Pick<User, 'administrator'> | undefined,
): Promise<void> {
  if (user?.administrator) await assertCondition(ctx, 'administrator-profile')
}

/** Whether this is another e-mail address than the user has. */
export function emailChanged(user: Pick<User, 'email'>, email: string | null): boolean {
  return (email || null)?.normalize('NFC') !== user.email?.normalize('NFC')
}
