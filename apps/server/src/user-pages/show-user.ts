import type { Pocket, ReadPasskeyPolicy } from '@pocket/core'
import type { Directory, User, UserDetails } from '@pocket/directory'
import type { Context } from 'koa'
import { pageActor } from '../access/actor.ts'
import { passkeyItem } from '../account/passkey-item.ts'
import { auditLine, noKnownSubjects } from '../audit-log/audit-line.ts'
import type { AuditLogStore } from '../audit-log/audit-log-store.ts'
import { qrCodeOf } from '../device-login/qr-code.ts'
import type { Confirmation } from '../http/confirm-page-model.ts'
import type { Flashes } from '../http/flash.ts'
import { userPath } from '../http/paths.ts'
import type { ShowPage } from '../http/show-page.ts'
import { viewerOf } from '../http/viewer.ts'
import type { SessionAdministration } from '../sessions/session-administration.ts'
import type { UserAdministration } from '../users/user-administration.ts'
import { userValidator } from '../users/validators.ts'
import type { PasskeyRemovalReview } from '../webauthn/passkey-removals.ts'
import { removalNotes } from '../webauthn/passkey-removed-page.ts'
import { groupChoices } from './group-choices.ts'
import { type IssuedAccess, type UserPage, userNotices } from './page-model.ts'
import { storedValues } from './user-form.ts'

export interface ShowUserPorts {
  readonly pocket: Pick<Pocket, 'passkeys'>
  readonly directory: Directory
  readonly users: UserAdministration
  readonly auditLog: Pick<AuditLogStore, 'list'>
  readonly sessions: Pick<SessionAdministration, 'list'>
  readonly passkeyPolicy: ReadPasskeyPolicy
  readonly passkeyRemovals: Pick<PasskeyRemovalReview, 'list'>
  readonly pictures: (userIds: readonly string[]) => Promise<ReadonlyMap<string, string>>
  /** Which kinds can currently be sent by e-mail. */
  readonly sendable: () => Promise<UserPage['sendable']>
  readonly emailRequired: () => Promise<boolean>
  readonly show: ShowPage
  readonly flashes: Flashes
}

/** The page state in addition to the stored user: rejected input. */
export type UserPageOverrides = Partial<
  Pick<UserPage, 'values' | 'problems' | 'problem' | 'conflict' | 'claims' | 'claimsProblem' | 'groups'>
>

/** Shows the page of a user. */
export type ShowUser = (ctx: Context, viewer: User, user: UserDetails, overrides?: UserPageOverrides) => Promise<void>

const latest = { page: 1, limit: 10, sort: null }

export function createShowUser(ports: ShowUserPorts): ShowUser {
  const { pocket, directory, auditLog, sessions, passkeyPolicy, passkeyRemovals, pictures } = ports
  const { sendable, emailRequired, show, flashes } = ports
  const findRecentEvents = async (id: string) => {
    const query = { accountId: id, from: null, to: null, filters: {}, search: '' }
    const { items } = await auditLog.list(query, latest)
    const groups = await directory.groups.list([...new Set(items.flatMap(({ data }) => data.groupId ?? []))])
    const names = new Map(groups.map((group) => [group.id, group.friendlyName]))
    return items.map((entry) => auditLine(entry, 'all', { ...noKnownSubjects, groups: names }))
  }
  return async (ctx, viewer, user, overrides = {}) => {
    const { id, userName, displayName, email, disabled, createdAt } = user
    const policy = await passkeyPolicy()
    const { choices, remainingCount } = await groupChoices(directory.groups, user)
    const flash = flashes.consume(ctx, userPath(id))
    const sendableKinds = await sendable()
    await show(ctx, {
      view: 'user',
      viewer: viewerOf(viewer),
      user: { id, userName, displayName, email, disabled, createdAt, isViewer: id === viewer.id },
      ldap:
        user.ldapId === null
          ? null
          : { dn: (await directory.ldap.importState(id))?.dn ?? '', decides: await ports.users.isManagedByLdap(user) },
      values: storedValues(user),
      emailRequired: await emailRequired(),
      problems: [],
      problem: null,
      version: userValidator(user),
      conflict: null,
      groups: choices,
      moreGroups: remainingCount,
      claims: user.claims,
      claimsProblem: null,
      claimKeys: await directory.claims.suggestKeys(),
      picture: (await pictures([id])).get(id) ?? null,
      passkeys: (await pocket.passkeys.list(id)).map((passkey) => passkeyItem(passkey, policy)),
      removals: removalNotes(await passkeyRemovals.list(pageActor(viewer, ctx), id), id),
      sessions: await sessions.list(id, null),
      wayIn: readIssuedAccess(flash),
      sendable: email === null ? { code: false, invitation: false } : sendableKinds,
      events: await findRecentEvents(id),
      notice: userNotices.find((notice) => notice === flash.done) ?? null,
      removal: removalConfirmation(user),
      ...overrides,
    })
  }
}

/** The confirmation before a user is deleted. */
export function removalConfirmation({ id, displayName }: Pick<User, 'id' | 'displayName'>): Confirmation {
  return {
    act: 'users.delete',
    names: [displayName],
    count: 1,
    submitTo: `${userPath(id)}/remove`,
    fields: [],
    isDangerous: true,
  }
}

function readIssuedAccess({ wayIn: issued }: Readonly<Record<string, unknown>>): IssuedAccess | null {
  if (typeof issued !== 'object' || issued === null) return null
  // The content is authenticated, so its shape is known.
  const stored = issued as Omit<IssuedAccess, 'qrCode'>
  return { ...stored, qrCode: qrCodeOf(stored.link) }
}
