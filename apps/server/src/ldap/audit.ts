import type { AuditEvent } from '@pocket/core'
import { changesBetween } from '@pocket/core/internal'
import type { LdapChanges, PersonChange, User } from '@pocket/directory'
import { ldapActor } from '../access/built-in-actors.ts'
import type { NamedEvent } from '../audit-log/audit-log.ts'
import { changesOf } from './report.ts'

export function eventsOf(applied: LdapChanges): readonly NamedEvent[] {
  const { creations = [], changes = [], removals = [], groupCreations = [], groupChanges = [] } = applied
  const { groupRemovals = [], memberships = [] } = applied
  return [
    ...creations.map(({ user }) =>
      userEvent(user, { event: 'account_created', method: 'ldap', changes: changesOf(null, user) }),
    ),
    ...changes.flatMap(changeEvents),
    ...removals.map(({ user }) => userEvent(user, { event: 'account_removed', changes: changesOf(user, null) })),
    ...groupCreations.map(({ group: { id, name, friendlyName } }) =>
      groupEvent(id, { event: 'group_created', ...changesBetween(null, { name, friendlyName }) }),
    ),
    ...groupChanges.map(({ before, after }) =>
      groupEvent(after.id, {
        event: 'group_updated',
        fields: ['name', 'friendlyName'],
        ...changesBetween(before, after),
      }),
    ),
    ...groupRemovals.map(({ id, name, friendlyName }) =>
      groupEvent(id, { event: 'group_removed', ...changesBetween({ name, friendlyName }, null) }),
    ),
    ...memberships.map(({ groupId, ...members }) => {
      const [added, removed] = [truncate(members.added), truncate(members.removed)]
      const changed = changesBetween({ members: removed }, { members: added })
      return groupEvent(groupId, { event: 'group_members_changed', added, removed, ...changed })
    }),
  ]
}

/** Re-enabling and disabling users are separate events, because administrators search for them. */
function changeEvents({ before, after: { user }, kind, changed }: PersonChange): readonly NamedEvent[] {
  const changes = changesOf(before.user, user)
  const fields = changed.filter((field) => field !== 'disabled')
  const event = kind === 'disable' ? 'account_disabled' : 'account_enabled'
  return [
    ...(changed.includes('disabled') ? [userEvent(user, { event, changes: pick(changes, ['disabled']) })] : []),
    ...(fields.length > 0
      ? [userEvent(user, { event: 'account_updated', fields, changes: pick(changes, fields) })]
      : []),
  ]
}

/** An event without the members that every event of an import has. */
type Unnamed<Event, Name extends string> = Event extends { readonly [Key in Name]: string }
  ? Omit<Event, Name | 'by'>
  : never

function userEvent({ id, userName }: User, event: Unnamed<AuditEvent, 'accountId'>): NamedEvent {
  const names = { accountName: userName, actorName: ldapActor.userName, clientName: null, passkeyName: null }
  // TypeScript does not join the parts of a union again.
  return { event: { ...event, accountId: id, by: ldapActor.id } as AuditEvent, names }
}

function groupEvent(groupId: string, event: Unnamed<AuditEvent, 'groupId'>): NamedEvent {
  const names = { accountName: ldapActor.userName, actorName: null, clientName: null, passkeyName: null }
  return { event: { ...event, groupId, by: ldapActor.id } as AuditEvent, names }
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
