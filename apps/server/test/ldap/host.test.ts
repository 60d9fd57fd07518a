import { expect, test } from '@jest/globals'
import { type KnownUser, type LdapChanges, newUser } from '@pocket/directory'
import type { NamedEvent } from '../../src/audit-log/audit-log.ts'
import type { Images } from '../../src/images/images.ts'
import { createLdapHost } from '../../src/ldap/host.ts'

function knownUser(id: string, disabled = false): KnownUser {
  return {
    user: {
      ...newUser({ username: 'name' }),
      ...{ id, userName: id, displayName: id, emailVerified: true, administrator: false, disabled },
      ldapId: id,
      createdAt: 1,
      updatedAt: 1,
    },
    importState: {
      userId: id,
      dn: id,
      disabledByImport: disabled,
      enabledManually: false,
      isImportedAdministrator: false,
      isManualAdministrator: false,
      pictureHash: null,
      pictureImage: null,
    },
  }
}

/** The effects of an import, in the order that they occur. */
async function listEffects(done: LdapChanges): Promise<readonly string[]> {
  const output: string[] = []
  const host = createLdapHost({
    pocket: {
      endAccess: async (id) => void output.push(`end access of ${id}`),
      endAccessByGroups: async (id, groups) => void output.push(`end access of ${id} by ${groups.join('+')}`),
    },
    recordMany: async (events: readonly NamedEvent[]) =>
      void output.push(
        ...events.map(({ event, names }) => `${event.event} ${names.accountName} by ${names.actorName}`),
      ),
    images: {} as Images,
    deleteUserData: async (id) => void output.push(`forget ${id}`),
    deleteGroupData: async (id) => void output.push(`forget group ${id}`),
    onEnabled: async (id) => void output.push(`enabled ${id}`),
  })
  await host.onApplied(done)
  return output
}

test('users who are disabled, removed or leave groups lose the access of these, with audit events', async () => {
  const group = {
    id: 'g1',
    name: 'staff',
    friendlyName: 'staff',
    ldapId: 'x',
    createdAt: 1,
    requiresTwoPasskeys: false,
  }
  const membership = (groupId: string, removed: readonly string[]) => ({
    groupId,
    groupName: groupId,
    added: [],
    removed,
  })
  const output = await listEffects({
    changes: [
      { kind: 'disable', before: knownUser('ada'), after: knownUser('ada', true), changed: ['disabled'] },
      { kind: 'enable', before: knownUser('bob', true), after: knownUser('bob'), changed: ['disabled', 'email'] },
    ],
    removals: [knownUser('cy')],
    groupRemovals: [group],
    memberships: [membership('g2', ['dan', 'eve']), membership('g3', ['dan'])],
  })
  expect(output).toEqual([
    'end access of ada',
    'enabled bob',
    'forget cy',
    'forget group g1',
    'end access of dan by g2+g3',
    'end access of eve by g2',
    'account_disabled ada by LDAP',
    'account_enabled bob by LDAP',
    'account_updated bob by LDAP',
    'account_removed cy by LDAP',
    'group_removed LDAP by null',
    'group_members_changed LDAP by null',
    'group_members_changed LDAP by null',
  ])
})

test('takes users in ascending order, in which transactions lock accounts', async () => {
  const disableChange = (id: string) =>
    ({ kind: 'disable', before: knownUser(id), after: knownUser(id, true), changed: ['disabled'] }) as const
  const membership = { groupId: 'g1', groupName: 'g1', added: [], removed: ['fay', 'eve'] }
  const output = await listEffects({
    changes: [disableChange('bob'), disableChange('ada')],
    removals: [knownUser('dan'), knownUser('cy')],
    memberships: [membership],
  })
  expect(output.slice(0, 6)).toEqual([
    'end access of ada',
    'end access of bob',
    'forget cy',
    'forget dan',
    'end access of eve by g1',
    'end access of fay by g1',
  ])
})
