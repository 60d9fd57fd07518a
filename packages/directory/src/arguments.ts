import { argumentChecks } from '@pocket/core/internal'

const { abortSignal, argument, boolean, callable, integer, list, nullable, number } = argumentChecks
const { object, oneOf, optional, record, storableText, text } = argumentChecks

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
const limit = integer('limit', 'must be a positive integer', { min: 1 })
const page = object('request', {
  page: integer('page', 'must be a positive integer', { min: 1 }),
  limit,
  sort: nullable(object('sort', { column: text('column'), descending: boolean('descending') })),
  filters: record('filters', list('each of filters', anything)),
  search: text('search'),
  excludedIds: optional(list('excludedIds')),
  onlyIds: optional(list('onlyIds')),
  memberOf: optional(
    object('memberOf', {
      groupId: text('groupId'),
      count: integer('count', 'must be the number of members', { min: 0 }),
    }),
  ),
})
const entry = object('entry', { dn: text('dn'), id })
const milliseconds = (name: string) =>
  integer(name, 'must be an integer of milliseconds', { min: Number.MIN_SAFE_INTEGER })
const storedUser = {
  id: storableText('id'),
  userName: storableText('userName'),
  email: nullable(storableText('email')),
  emailVerified: boolean('emailVerified'),
  firstName: text('firstName'),
  lastName: text('lastName'),
  displayName: text('displayName'),
  administrator: boolean('administrator'),
  disabled: boolean('disabled'),
  locale: nullable(text('locale')),
  ldapId: nullable(text('ldapId')),
  createdAt: milliseconds('createdAt'),
  updatedAt: milliseconds('updatedAt'),
}
const storedGroup = {
  id: storableText('id'),
  name: storableText('name'),
  friendlyName: text('friendlyName'),
  ldapId: nullable(text('ldapId')),
  createdAt: milliseconds('createdAt'),
  requiresTwoPasskeys: boolean('requiresTwoPasskeys'),
}
const importState = object('importState', { userId: storableText('userId'), dn: text('dn') })
const knownUser = { user: object('user', storedUser), importState }
const ldapPerson = {
  dn: text('dn'),
  id,
  picture: optional(argument('picture', 'must be a Uint8Array', (value) => value instanceof Uint8Array)),
}
const ldapGroup = {
  dn: text('dn'),
  id,
  name: optional(text('name')),
  // Not `list`, which would copy millions of IDs.
  memberIds: argument('memberIds', 'must be an array of strings', isTextArray),
}

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
    change: [object('before', storedUser), object('fields'), rights],
    remove: [id, optional(object('options', { allowLastAdministrator: optional(boolean('allowLastAdministrator')) }))],
    setGroups: [id, list('groupIds')],
  },
  groups: {
    find: [id],
    findByName: [text('name')],
    list: [list('ids')],
    first: [limit],
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
      object('membership', {
        userId: text('userId'),
        groupId: text('groupId'),
        endsAt: nullable(milliseconds('endsAt')),
      }),
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
      object('ldapEntries', {
        people: objects('people', ldapPerson),
        groups: objects('groups', ldapGroup),
        problems: objects('problems', { dn: text('dn'), code: text('code') }),
      }),
      object('rules', {
        administratorGroup: text('administratorGroup'),
        missing: oneOf('missing', ['disable', 'delete']),
        mapped: record('mapped', boolean('each of mapped')),
        requireEmail: boolean('requireEmail'),
        maxRemovals: number('maxRemovals'),
        newClaims: claims,
      }),
      abortSignal,
    ],
    apply: [
      object('plan', {
        creations: objects('creations', { entry, ...knownUser }),
        changes: objects('changes', { before: object('before', knownUser), after: object('after', knownUser) }),
        removals: objects('removals', knownUser),
        groupCreations: objects('groupCreations', { entry, group: object('group', storedGroup) }),
        groupChanges: objects('groupChanges', {
          before: object('before', storedGroup),
          after: object('after', storedGroup),
        }),
        groupRemovals: objects('groupRemovals', storedGroup),
        memberships: objects('memberships', {
          ...{ groupId: storableText('groupId'), groupName: text('groupName') },
          ...{
            added: list('added', storableText('each of added')),
            removed: list('removed', storableText('each of removed')),
          },
        }),
        pictures: objects('pictures', { userId: storableText('userId') }),
        problems: objects('problems'),
        newClaims: claims,
      }),
      object('host', {
        onApplied: callable('onApplied'),
        onProgress: optional(callable('onProgress')),
        applyPictures: optional(callable('applyPictures')),
      }),
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

function objects(name: string, members: Parameters<typeof object>[1] = {}) {
  return list(name, object(`each of ${name}`, members))
}

function isTextArray(value: unknown): boolean {
  return Array.isArray(value) && value.every((item) => typeof item === 'string')
}
