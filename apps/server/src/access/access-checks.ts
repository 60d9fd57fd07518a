import type { Client, ClientInput } from '@pocket/core'
import type { Directory, User, UserUpdate } from '@pocket/directory'
import type { Context } from 'koa'
import { assertCondition } from './guard.ts'
import { settingSensitivity } from './setting-sensitivity.ts'

/** The request of a page or an API call with the parameters of its path. */
interface GuardedRequest {
  readonly params: Readonly<Record<string, string>>
  readonly ctx: Context
}

/** @throws as the conditions `administrator` and `administrator-access` of the access table if a user becomes an administrator */
export async function assertCanMakeAdministrator(
  ctx: Context,
  { isAdmin }: { readonly isAdmin?: boolean | undefined },
): Promise<void> {
  if (!isAdmin) return
  await assertCondition(ctx, 'administrator')
  await assertCondition(ctx, 'administrator-access')
}

/**
 * Checks a change of a user. Someone who remains an administrator keeps the e-mail address, because it receives login codes.
 *
 * @throws as the conditions `administrator` and `administrator-access` of the access table
 */
export async function assertCanUpdateUser(
  ctx: Context,
  stored: Pick<User, 'administrator' | 'email'>,
  { isAdmin, email }: { readonly isAdmin?: boolean; readonly email?: string | null },
): Promise<void> {
  if (!stored.administrator) return await assertCanMakeAdministrator(ctx, { isAdmin })
  await assertCondition(ctx, 'administrator')
  if (emailChanged(stored, email ?? null)) await assertCondition(ctx, 'administrator-access')
}

/**
 * The ID of the user that a call changes.
 *
 * @throws {NotFoundError} `user_not_found` @throws the errors of the condition `administrator` in the access table
 */
export async function assertCanModifyUser(
  { params, ctx }: GuardedRequest,
  users: { find(id: string): Promise<Pick<User, 'administrator'>> },
): Promise<string> {
  const id = params.id ?? params.userId ?? ''
  if ((await users.find(id)).administrator) await assertCondition(ctx, 'administrator')
  return id
}

/**
 * The ID of the user for whom a call creates a login code or an invitation.
 *
 * @throws {NotFoundError} `user_not_found` @throws as the conditions `administrator` and `administrator-access` of the access table
 */
export async function assertCanIssueAccess(
  { params: { id = '' }, ctx }: GuardedRequest,
  users: { find(id: string): Promise<Pick<User, 'administrator'>> },
): Promise<string> {
  await assertCanMakeAdministrator(ctx, { isAdmin: (await users.find(id)).administrator })
  return id
}

/** @throws the errors of the condition `administrator-members` in the access table */
export async function assertCanChangeMembers(
  ctx: Context,
  directory: Pick<Directory, 'findMany'>,
  userIds: readonly string[],
): Promise<void> {
  const users = await directory.findMany(userIds)
  if (users.some(({ administrator }) => administrator)) await assertCondition(ctx, 'administrator-members')
}

/**
 * The ID of the group that a call changes.
 *
 * @throws the errors of the condition `administrator-group` in the access table
 */
export async function assertCanModifyGroup(
  { params, ctx }: GuardedRequest,
  groups: Pick<Directory['groups'], 'hasAdministrator'>,
): Promise<string> {
  const id = params.id ?? params.userGroupId ?? ''
  if (await groups.hasAdministrator(id)) await assertCondition(ctx, 'administrator-group')
  return id
}

/**
 * These settings can grant administrator access: through the SMTP server that receives login codes, the LDAP server that
 * determines administrators, or recovery codes.
 *
 * @throws {ForbiddenError} `forbidden` with the settings in `details.key` if a limited API key tries to change them
 */
export async function assertCanChangeSettings(ctx: Context, settings: readonly string[]): Promise<void> {
  const keys = settings.filter((key) => settingSensitivity(key) === 'sign-in')
  if (keys.length > 0) await assertCondition(ctx, 'sign-in-settings', { key: keys.join(', ') })
  await assertRecentForSettings(ctx, settings)
  if (settings.includes('signupDefaultUserGroupIDs')) await assertCondition(ctx, 'group-assignment')
}

/** @throws the errors of the condition `critical-settings` in the access table, if such a setting changes */
export async function assertRecentForSettings(ctx: Context, settings: readonly string[]): Promise<void> {
  if (settings.some((key) => settingSensitivity(key) !== 'ordinary')) await assertCondition(ctx, 'critical-settings')
}

/** @throws the errors of the condition `ldap-import` in the access table, if the import is one of these jobs */
export async function assertCanRunJobs(ctx: Context, names: readonly string[]): Promise<void> {
  if (names.includes('sync-ldap')) await assertCondition(ctx, 'ldap-import')
}

/**
 * The hosts of a protected site determine redirect URIs as well.
 *
 * @throws the errors of the condition `redirect-uris` in the access table, if they change
 */
export async function assertCanChangeRedirectUris(
  ctx: Context,
  { redirectUris, protocol }: Pick<Client, 'redirectUris' | 'protocol'>,
  after: Pick<ClientInput, 'protocol'> & { readonly redirectUris?: readonly string[] | undefined },
): Promise<void> {
  const { protectedHosts } = protocol
  const before = JSON.stringify([redirectUris, protectedHosts])
  const isSame =
    before === JSON.stringify([after.redirectUris ?? redirectUris, after.protocol?.protectedHosts ?? protectedHosts])
  if (!isSame) await assertCondition(ctx, 'redirect-uris')
}

/**
 * Login codes are sent to the e-mail address of an account, so changing it is as sensitive as adding a passkey.
 *
 * @throws the errors of the condition `own-email` in the access table
 */
export async function assertCanChangeEmail(ctx: Context, user: User, email: string | null): Promise<void> {
  if (emailChanged(user, email)) await assertCondition(ctx, 'own-email')
}

const profileFields: ReadonlySet<string> = new Set(['userName', 'email', 'firstName', 'lastName', 'displayName'])

/**
 * @throws as the conditions `administrator-profile` and `administrator-access` of the access table, if the name or e-mail address of an
 *   administrator changes
 */
export async function assertCanUpdateProfile(ctx: Context, { before, changed }: UserUpdate): Promise<void> {
  if (changed.some((field) => profileFields.has(field))) await assertCanChangePicture(ctx, before)
  if (before.administrator && changed.includes('email')) await assertCondition(ctx, 'administrator-access')
}

/** @throws the errors of the condition `administrator-profile` in the access table, for the picture of an administrator */
export async function assertCanChangePicture(
  ctx: Context,
  user: Pick<User, 'administrator'> | undefined,
): Promise<void> {
  if (user?.administrator) await assertCondition(ctx, 'administrator-profile')
}

export function emailChanged(user: Pick<User, 'email'>, email: string | null): boolean {
  return (email || null)?.normalize('NFC') !== user.email?.normalize('NFC')
}
