import type { User, UserDetails } from '@pocket/directory'
import type { Context } from 'koa'
import { pageActor } from '../access/actor.ts'
import { passkeyItem } from '../account/passkey-item.ts'
import { auditLine } from '../audit-log/audit-line.ts'
import { createAuditSubjects } from '../audit-log/subjects.ts'
import { qrCodeOf } from '../device-login/qr-code.ts'
import { pickedGroups } from '../http/choices.ts'
import { type Confirmation, removalConfirmation } from '../http/confirm-page-model.ts'
import { noticeOf } from '../http/flash.ts'
import { pageOfItems, readListPage } from '../http/list-page.ts'
import { userPath } from '../http/paths.ts'
import { viewerOf } from '../http/viewer.ts'
import { isEmailRequired } from '../settings/required-email.ts'
import { userValidator } from '../users/user-dto.ts'
import { removalNotes } from '../webauthn/passkey-removed-page.ts'
import type { UserPageDeps } from './deps.ts'
import { type SignInLink, type UserPage, type UserTab, userNotices } from './page-model.ts'
import { storedValues } from './user-form.ts'

/** The page state in addition to the stored user: rejected input. */
export type UserPageOverrides = Partial<
  Pick<UserPage, 'values' | 'problems' | 'problem' | 'conflict' | 'claims' | 'claimsProblem' | 'isRejected' | 'groups'>
>

export type ShowUser = (
  ctx: Context,
  viewer: User,
  user: UserDetails,
  tab: UserTab,
  overrides?: UserPageOverrides,
) => Promise<void>

/** Shared dependencies of the pages of user administration. */
export interface UserPageContext extends UserPageDeps {
  readonly showUser: ShowUser
  /** `name` is that of the changed object, if it is not the subject of the page. */
  readonly redirectWithNotice: (
    ctx: Context,
    id: string,
    notice: (typeof userNotices)[number],
    tab: UserTab,
    name?: string,
  ) => void
}

export function userTabPath(id: string, tab: UserTab): string {
  return tab === 'profile' ? userPath(id) : `${userPath(id)}/${tab}`
}

const latest = { page: 1, limit: 10, sort: null }

export function createShowUser(deps: UserPageDeps): ShowUser {
  const { pocket, directory, users, auditLog, sessions, passkeyPolicy, passkeyRemovals, userPictures } = deps
  const { recoveryRequests, settings, show, flashes, secure } = deps
  const auditSubjects = createAuditSubjects(deps)
  const findRecentEvents = async (id: string) => {
    const query = { accountId: id, from: null, to: null, filters: {}, search: '' }
    const { items } = await auditLog.list(query, latest)
    const known = await auditSubjects.load(items)
    return items.map((entry) => auditLine(entry, 'all', known))
  }
  const usableClients = async (ctx: Context, { id, groups }: UserDetails): Promise<UserPage['clients']> => {
    const groupIds = groups.map((group) => group.id)
    const scope = { of: 'usable', accountId: id, groupIds } as const
    const definition = { path: userTabPath(id, 'access'), columns: [], sort: { column: 'name', descending: false } }
    const { request, view } = readListPage(ctx, definition, secure)
    const sort = { by: 'name', descending: false } as const
    const { page, limit } = request
    const { items, total } = await pocket.clients.page({ scope, page, limit, sort, search: '', filters: {} })
    const toUsable = async ({ client: { id: clientId, name } }: (typeof items)[number]) => {
      const client = await pocket.clients.find(clientId)
      const granting = groups.filter((group) => client?.allowedGroupIds.includes(group.id))
      const names = client?.isGroupRestricted ? granting.map(({ friendlyName }) => friendlyName) : null
      return { id: clientId, name, groups: names }
    }
    return { items: await Promise.all(items.map(toUsable)), list: view(total) }
  }
  // Notes on every page need the passkeys; all else is read for the page that shows it.
  return async (ctx, viewer, user, tab, overrides = {}) => {
    const { id, userName, displayName, email, disabled, createdAt } = user
    const policy = await passkeyPolicy()
    const flash = flashes.consume(ctx, userTabPath(id, tab))
    const values = await settings.lastKnown()
    const isReachable = email !== null && values.smtpHost !== ''
    await show(ctx, {
      view: 'user',
      tab,
      viewer: viewerOf(viewer),
      user: { id, userName, displayName, email, disabled, createdAt, isViewer: id === viewer.id },
      ldap:
        user.ldapId === null
          ? null
          : { dn: (await directory.ldap.importState(id))?.dn ?? '', decides: await users.isManagedByLdap(user) },
      values: storedValues(user),
      emailRequired: isEmailRequired(values),
      problems: [],
      problem: null,
      version: userValidator(user),
      conflict: null,
      groups: pickedGroups(user.groups),
      clients: tab === 'access' ? await usableClients(ctx, user) : null,
      claims: user.claims,
      claimsProblem: null,
      isRejected: false,
      claimKeys: tab === 'profile' ? await directory.claims.suggestKeys() : [],
      picture: (await userPictures([id])).get(id) ?? null,
      passkeys: (await pocket.passkeys.list(id)).map((passkey) => passkeyItem(passkey, policy)),
      removals: removalNotes(await passkeyRemovals.list(pageActor(viewer, ctx), id), id),
      sessions:
        tab === 'security' ? pageOfItems(ctx, userTabPath(id, tab), await sessions.list(id, null), secure) : null,
      signInLink: readSignInLink(flash),
      sendable: { code: isReachable && values.emailOneTimeAccessAsAdminEnabled, invitation: isReachable },
      recoveryPendingUntil: await recoveryRequests.pendingUntil(id),
      events: tab === 'activity' ? await findRecentEvents(id) : [],
      notice: noticeOf(userNotices, flash, user.displayName || user.userName),
      removal: userRemovalConfirmation(user),
      ...overrides,
    })
  }
}

export function userRemovalConfirmation({ id, displayName }: Pick<User, 'id' | 'displayName'>): Confirmation {
  return removalConfirmation('users.delete', displayName, `${userPath(id)}/remove`)
}

function readSignInLink({ signInLink: issued }: Readonly<Record<string, unknown>>): SignInLink | null {
  if (typeof issued !== 'object' || issued === null) return null
  // The content is authenticated, so its shape is known.
  const stored = issued as Omit<SignInLink, 'qrCode'>
  return { ...stored, qrCode: qrCodeOf(stored.link) }
}
