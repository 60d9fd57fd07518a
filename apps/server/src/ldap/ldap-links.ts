import { ConflictError, NotFoundError } from '@pocket/core/errors'
import { changesBetween } from '@pocket/core/internal'
import type { Group, LdapEntry, LdapGroup, LdapPerson } from '@pocket/directory'
import { nameKey } from '@pocket/directory/internal'
import type { Actor } from '../access/actor.ts'
import type { Deps } from '../http/deps.ts'
import type { LdapSync } from './ldap-sync.ts'

/** Links between users or groups and LDAP entries that an administrator created. */
export function createLdapLinks({ directory, audit, transaction }: Deps, sync: LdapSync) {
  const groupEvent = (actor: Actor, { before, group }: Readonly<Record<'before' | 'group', Group>>) => ({
    event: 'group_updated' as const,
    groupId: group.id,
    fields: ['ldapId'],
    by: actor.id,
    ...changesBetween({ ldapId: before.ldapId }, { ldapId: group.ldapId }),
  })
  return {
    /**
     * From the next import on, the entry determines the user's data. `query` is its identifier, its name (DN), or its user name or
     * e-mail address.
     *
     * @throws {NotFoundError} `user_not_found`, `ldap_entry_not_found`
     * @throws {ConflictError} `ldap_entry_linked` if the entry is linked to another user, or the user to another existing entry
     * @throws {UnprocessableContentError} `ldap_sync_failed`
     */
    async link(actor: Actor, userId: string, query: string): Promise<LdapPerson> {
      // No transaction is open while waiting for the directory.
      const { people } = await sync.read()
      const entry = findEntry(people, ({ userName, email }) => [userName, email], query)
      const user = await directory.find(userId)
      if (user?.ldapId != null && user.ldapId !== entry.id && people.some(({ id }) => id === user.ldapId))
        throw new ConflictError('ldap_entry_linked', 'This user is linked to another existing entry.')
      await transaction(async () => {
        const { before, user: after } = await directory.ldap.link(userId, entry)
        const changes = changesBetween({ ldapId: before.ldapId }, { ldapId: after.ldapId })
        await audit.record(
          { event: 'ldap_linked', accountId: userId, dn: entry.dn, by: actor.id, ...changes },
          actor.origin,
        )
      })
      return entry
    },

    /** Makes the user a local user. @throws {NotFoundError} `user_not_found` @throws {ConflictError} `ldap_not_linked` */
    unlink: (actor: Actor, userId: string): Promise<void> =>
      transaction(async () => {
        const importState = await directory.ldap.importState(userId)
        const before = await directory.find(userId)
        await directory.ldap.unlink(userId)
        const changes = changesBetween({ ldapId: before?.ldapId }, { ldapId: null })
        await audit.record(
          { event: 'ldap_unlinked', accountId: userId, dn: importState?.dn ?? '', by: actor.id, ...changes },
          actor.origin,
        )
      }),

    /**
     * From the next import on, the entry determines the group's name and members. `query` is its identifier, its name (DN), or its
     * group name.
     *
     * @throws {NotFoundError} `not_found`, `ldap_entry_not_found` @throws {ConflictError} `ldap_entry_linked`, as `link`
     * @throws {UnprocessableContentError} `ldap_sync_failed`
     */
    async linkGroup(actor: Actor, groupId: string, query: string): Promise<LdapGroup> {
      const { groups } = await sync.read()
      const entry = findEntry(groups, ({ name }) => [name], query)
      await transaction(async () => {
        const linked = await directory.ldap.linkGroup(groupId, entry)
        const { ldapId } = linked.before
        if (ldapId !== null && ldapId !== entry.id && groups.some(({ id }) => id === ldapId))
          throw new ConflictError('ldap_entry_linked', 'This group is linked to another existing entry.')
        await audit.record(groupEvent(actor, linked), actor.origin)
      })
      return entry
    },

    /** Makes the group a local group. @throws {NotFoundError} `not_found` @throws {ConflictError} `ldap_not_linked` */
    unlinkGroup: (actor: Actor, groupId: string): Promise<void> =>
      transaction(async () => {
        await audit.record(groupEvent(actor, await directory.ldap.unlinkGroup(groupId)), actor.origin)
      }),
  }
}

export type LdapLinks = ReturnType<typeof createLdapLinks>

/** The matching entry; an ambiguous name matches none. */
function findEntry<Entry extends LdapEntry>(
  entries: readonly Entry[],
  namesOf: (entry: Entry) => readonly (string | undefined)[],
  query: string,
): Entry {
  const text = query.trim()
  const key = nameKey(text)
  const exact = entries.find(({ id }) => id === text)
  const matches = exact
    ? [exact]
    : entries.filter((candidate) =>
        [candidate.dn, ...namesOf(candidate)].some((name) => name !== undefined && nameKey(name) === key),
      )
  const [entry] = matches
  if (entry && matches.length === 1) return entry
  throw new NotFoundError('ldap_entry_not_found', 'No LDAP entry matches, or several do.')
}
