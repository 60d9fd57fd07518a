import { argumentChecks } from '@pocket/core/internal'

const { abortSignal, boolean, callable, list, nullable, number, object, oneOf, optional, record, text } = argumentChecks

const anything = (value: unknown) => value
const id = text('id')
const user = object('user')
const rights = optional(
  object('rights', {
    administrator: optional(boolean('administrator')),
    disabled: optional(boolean('disabled')),
    emailVerified: optional(boolean('emailVerified')),
    groupIds: optional(list('groupIds')),
    claims: optional(list('claims', object('each of claims'))),
  }),
)
const claims = list('claims', object('each of claims'))
const page = object('request', {
  page: number('page'),
  limit: number('limit'),
  sort: nullable(object('sort', { column: text('column'), descending: boolean('descending') })),
  filters: record('filters', list('each of filters', anything)),
  search: text('search'),
  excludedIds: optional(list('excludedIds')),
  onlyIds: optional(list('onlyIds')),
  memberOf: optional(object('memberOf', { groupId: text('groupId'), count: number('count') })),
})
const entry = object('entry', { dn: text('dn'), id })

/** The arguments of all methods, which are checked for hosts without type checking. */
export const argumentRows = {
  directory: {
    withLock: [callable('work')],
    find: [id],
    findMany: [list('ids')],
    findByName: [text('name')],
    findByEmail: [text('email')],
    list: [],
    create: [user, rights],
    createFirstAdministrator: [user, callable('addPasskey')],
    isSetUp: [],
    setDisabled: [id, boolean('disabled')],
  },
  accounts: { find: [id] },
  users: {
    find: [id],
    page: [page],
    ids: [page],
    update: [id, object('fields'), rights],
    change: [object('before', { id }), object('fields'), rights],
    remove: [id, optional(object('options'))],
    setGroups: [id, list('groupIds')],
  },
  groups: {
    find: [id],
    findByName: [text('name')],
    list: [list('ids')],
    first: [number('limit')],
    page: [page],
    create: [object('input')],
    update: [id, object('input')],
    remove: [id],
    setMembers: [id, list('userIds')],
    members: [id, page],
    countMembers: [id],
    hasAdministrator: [id],
    membership: [id, text('userId')],
    memberships: [id],
    setMembershipEnd: [
      object('membership', { userId: text('userId'), groupId: text('groupId'), endsAt: nullable(number('endsAt')) }),
    ],
    removeEndedMemberships: [callable('onRemoved')],
  },
  claims: {
    replaceForUser: [id, claims],
    replaceForGroup: [id, claims],
    suggestKeys: [],
  },
  ldap: {
    plan: [
      object('ldapEntries', objectLists('people', 'groups', 'problems')),
      object('rules', {
        administratorGroup: text('administratorGroup'),
        missing: oneOf('missing', ['disable', 'delete']),
        mapped: object('mapped'),
        requireEmail: boolean('requireEmail'),
        maxRemovals: number('maxRemovals'),
        newClaims: claims,
      }),
      abortSignal,
    ],
    apply: [
      object('plan', {
        ...objectLists('creations', 'changes', 'removals', 'groupCreations', 'groupChanges', 'groupRemovals'),
        ...objectLists('memberships', 'pictures', 'problems', 'newClaims'),
      }),
      object('host', { onApplied: callable('onApplied') }),
      abortSignal,
    ],
    hasUnprocessedUser: [],
    importState: [text('userId')],
    link: [text('userId'), entry],
    unlink: [text('userId')],
    linkGroup: [text('groupId'), entry],
    unlinkGroup: [text('groupId')],
  },
}

function objectLists(...names: readonly string[]) {
  return Object.fromEntries(names.map((name) => [name, list(name, object(`each of ${name}`))]))
}
