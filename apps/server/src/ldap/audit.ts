import type { AuditEvent } from '@pocket/core'
import { changesBetween } from '@pocket/core/internal'
import type { LdapChanges, PersonChange } from '@pocket/directory'
import { ldapActor } from '../access/built-in-actors.ts'
import type { NamedEvent } from '../audit-log/audit-log.ts'
import { changesOf } from './report.ts'

const by = ldapActor.id

/** The audit events of an import, one for each user and each group. */
export function eventsOf(done: LdapChanges): readonly NamedEvent[] {
  const { creations = [], changes = [], removals = [], groupCreations = [], groupChanges = [] } = done
  const { groupRemovals = [], memberships = [] } = done
  return [
    ...creations.map(({ user }) =>
      about(user.userName, {
        event: 'account_created',
        accountId: user.id,
        method: 'ldap',
        by,
        changes: changesOf(null, user),
      }),
    ),
    ...changes.flatMap(changed),
    ...removals.map(({ user }) =>
      about(user.userName, { event: 'account_removed', accountId: user.id, by, changes: changesOf(user, null) }),
    ),
    ...groupCreations.map(({ group: { id, name, friendlyName } }) =>
      ofGroup({ event: 'group_created', groupId: id, by, ...changesBetween(null, { name, friendlyName }) }),
    ),
    ...groupChanges.map(({ before, after }) =>
      ofGroup({
        event: 'group_updated',
        groupId: after.id,
        fields: ['name', 'friendlyName'],
        by,
        ...changesBetween(before, after),
      }),
    ),
    ...groupRemovals.map(({ id, name, friendlyName }) =>
      ofGroup({ event: 'group_removed', groupId: id, by, ...changesBetween({ name, friendlyName }, null) }),
    ),
    ...memberships.map(({ groupId, added, removed }) =>
      ofGroup({
        event: 'group_members_changed',
        groupId,
        added: some(added),
        removed: some(removed),
        by,
        ...changesBetween({ members: some(removed) }, { members: some(added) }),
      }),
    ),
  ]
}

/** Re-enabling and disabling users are separate events, because administrators search for them. */
function changed({ before, after, kind, changed: fields }: PersonChange): readonly NamedEvent[] {
  const { id, userName } = after.user
  const changes = changesOf(before.user, after.user)
  const others = fields.filter((field) => field !== 'disabled')
  const state = kind === 'disable' ? 'account_disabled' : 'account_enabled'
  return [
    ...(fields.includes('disabled')
      ? [about(userName, { event: state, accountId: id, by, changes: pick(changes, ['disabled']) } as const)]
      : []),
    ...(others.length > 0
      ? [
          about(userName, {
            event: 'account_updated',
            accountId: id,
            fields: others,
            by,
            changes: pick(changes, others),
          } as const),
        ]
      : []),
  ]
}

function about(accountName: string, event: AuditEvent): NamedEvent {
  return { event, names: { accountName, actorName: ldapActor.userName, clientName: null, passkeyName: null } }
}

function ofGroup(event: AuditEvent): NamedEvent {
  return { event, names: { accountName: ldapActor.userName, actorName: null, clientName: null, passkeyName: null } }
}

function pick<Value>(all: Readonly<Record<string, Value>>, names: readonly string[]): Readonly<Record<string, Value>> {
  return Object.fromEntries(Object.entries(all).filter(([name]) => names.includes(name)))
}

/** A group may contain every user; the log truncates lists anyway. */
function some(ids: readonly string[]): readonly string[] {
  return ids.slice(0, 50)
}
