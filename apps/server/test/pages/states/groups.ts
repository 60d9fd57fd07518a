import type { PageModel } from '../../../src/http/page-models.ts'
import { anna, day, now } from './common.ts'
import { list } from './users.ts'

const groups = {
  view: 'groups',
  viewer: anna,
  list: {
    ...list,
    path: '/settings/admin/user-groups',
    columns: [
      { name: 'friendlyName', href: '?', sorted: 'descending' },
      { name: 'name', href: '?', sorted: null },
      { name: 'userCount', href: '?', sorted: null },
      { name: 'created', href: '?', sorted: null },
    ],
    choices: [{ name: 'name', shown: true }],
    filters: [],
    applied: [],
    sorts: [{ column: 'name', name: 'name' }],
    pages: 1,
    previous: null,
    next: null,
    last: null,
  },
  groups: [
    { id: '1', name: 'family', friendlyName: 'The family', userCount: 4, createdAt: now },
    {
      id: '2',
      name: 'a_name_for_applications_that_is_far_longer_than_anybody_would_ever_want_it_to_be',
      friendlyName: 'Guests with a name as long as they come, or so',
      userCount: 0,
      createdAt: now - 90 * day,
    },
    { id: '3', name: 'usra', friendlyName: 'العائلة الكبيرة', userCount: 1, createdAt: now },
  ],
  everything: 3,
  notice: null,
} as const
const group = {
  view: 'group',
  viewer: anna,
  group: { id: '1', name: 'family', friendlyName: 'The family', createdAt: now - day },
  values: { name: 'family', friendlyName: 'The family' },
  problems: [],
  version: 'W/"1"',
  conflict: null,
  clientsVersion: 'W/"x"',
  members: [
    { id: '1', userName: 'anna', displayName: 'Anna Koch', endsAt: null },
    {
      id: '2',
      userName: 'dolores.ibarruri-fernandez.de-la-torre-y-gomez',
      displayName: 'Dolores Ibárruri-Fernández de la Torre y Gómez',
      endsAt: now + 30 * day,
    },
  ],
  memberCount: 250,
  list: {
    ...list,
    path: '/settings/admin/user-groups/1',
    search: '',
    applied: [],
    filters: [],
    choices: [],
    total: 250,
    page: 2,
    pages: 13,
    from: 21,
    to: 40,
    previous: '?',
    next: '?page=3',
    last: '?page=13',
    here: '?page=2',
  },
  memberProblem: null,
  adding: null,
  claims: [],
  claimsProblem: null,
  claimKeys: [],
  clients: [
    { id: 'c1', name: 'Immich', chosen: true },
    { id: 'c2', name: 'An application whose name is far longer than it ought to be', chosen: false },
  ],
  moreClients: 0,
  notice: 'member_added',
  removal: {
    act: 'groups.delete',
    names: ['The family'],
    count: 1,
    submitTo: '/settings/admin/user-groups/1/remove',
    fields: [],
    isDangerous: true,
  },
} as const

export const groupsStates: Readonly<Record<string, PageModel>> = {
  groups,
  'groups-none': { ...groups, groups: [], everything: 0 },
  'group-new': {
    view: 'group-new',
    viewer: anna,
    values: { name: '', friendlyName: 'F' },
    problems: [
      { field: 'friendlyName', code: 'too_short', message: '' },
      { field: 'name', code: 'required', message: '' },
    ],
  },
  group,
  'group-who': {
    ...group,
    notice: null,
    adding: {
      typed: 'an',
      endsAt: '2999-01-31',
      found: [
        { id: '1', userName: 'anna', displayName: 'Anna Koch' },
        {
          id: '2',
          userName: 'dolores.ibarruri-fernandez.de-la-torre-y-gomez',
          displayName: 'Dolores Ibárruri-Fernández de la Torre y Gómez',
        },
      ],
      more: 12,
    },
  },
  'group-refused': {
    ...group,
    list: { ...group.list, total: 0, pages: 1, previous: null, next: null, last: null },
    members: [],
    memberCount: 0,
    clients: [],
    notice: null,
    memberProblem: { typed: 'nobody', code: 'unknown' },
    claimsProblem: 'reserved',
    conflict: [],
  },
}
