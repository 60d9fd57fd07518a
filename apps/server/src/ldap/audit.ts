import type { AuditEvent } from '@pocket/core'
import { changesBetween } from '@pocket/core/internal'
import type { LdapChanges, PersonChange } from '@pocket/directory'
import { ldapActor } from '../access/built-in-actors.ts'
import type { NamedEvent } from '../audit-log/audit-log.ts'
import { changesOf } from './report.ts'

const actorId = ldapActor.id

/** The audit events of an import, one for each user and each group. */
export function eventsOf(applied: LdapChanges): readonly NamedEvent[] {
  const { creations = [], changes = [], removals = [], groupCreations = [], groupChanges = [] } = applied
  const { groupRemovals = [], memberships = [] } = applied
  return [
    ...creations.map(({ user }) =>
      userEvent(user.userName, {
        event: 'account_created',
        accountId: user.id,
        method: 'ldap',
        by: actorId,
        changes: changesOf(null, user),
      }),
    ),
    ...changes.flatMap(changeEvents),
    ...removals.map(({ user }) =>
      userEvent(user.userName, {
        event: 'account_removed',
        accountId: user.id,
        by: actorId,
        changes: changesOf(user, null),
      }),
    ),
    ...groupCreations.map(({ group: { id, name, friendlyName } }) =>
      groupEvent({ event: 'group_created', groupId: id, by: actorId, ...changesBetween(null, { name, friendlyName }) }),
    ),
    ...groupChanges.map(({ before, after }) =>
      groupEvent({
        event: 'group_updated',
        groupId: after.id,
        fields: ['name', 'friendlyName'],
        by: actorId,
        ...changesBetween(before, after),
      }),
    ),
    ...groupRemovals.map(({ id, name, friendlyName }) =>
      groupEvent({ event: 'group_removed', groupId: id, by: actorId, ...changesBetween({ name, friendlyName }, null) }),
    ),
    ...memberships.map(({ groupId, added, removed }) =>
      groupEvent({
        event: 'group_members_changed',
        groupId,
        added: truncate(added),
        removed: truncate(removed),
        by: actorId,
        ...changesBetween({ members: truncate(removed) }, { members: truncate(added) }),
      }),
    ),
  ]
}

/** Re-enabling and disabling users are separate events, because administrators search for them. */
function changeEvents({ before, after, kind, changed: fields }: PersonChange): readonly NamedEvent[] {
  const { id, userName } = after.user
  const changes = changesOf(before.user, after.user)
  const otherFields = fields.filter((field) => field !== 'disabled')
  const state = kind === 'disable' ? 'account_disabled' : 'account_enabled'
  return [
    ...(fields.includes('disabled')
      ? [
          userEvent(userName, {
            event: state,
            accountId: id,
            by: actorId,
            changes: pick(changes, ['disabled']),
          } as const),
        ]
      : []),
    ...(otherFields.length > 0
      ? [
          userEvent(userName, {
            event: 'account_updated',
            accountId: id,
            fields: otherFields,
            by: actorId,
            changes: pick(changes, otherFields),
          } as const),
        ]
      : []),
  ]
}

function userEvent(accountName: string, event: AuditEvent): NamedEvent {
  return { event, names: { accountName, actorName: ldapActor.userName, clientName: null, passkeyName: null } }
}

function groupEvent(event: AuditEvent): NamedEvent {
  return { event, names: { accountName: ldapActor.userName, actorName: null, clientName: null, passkeyName: null } }
}

function pick<Value>(
  record: Readonly<Record<string, Value>>,
  names: readonly string[],
): Readonly<Record<string, Value>> {
  return Object.fromEntries(Object.entries(record).filter(([name]) => names.includes(name)))
}

/** A group may contain every user; the log truncates lists anyway. */
function truncate(ids: readonly string[]): readonly string[] {
  return ids.slice(0, 50)
}
