import type { ListView } from '../../../src/http/list-view.ts'
import type { PageModel } from '../../../src/http/page-models.ts'
import { accountStates } from './account.ts'
import { auditLines } from './audit-log.ts'
import { anna, day, now } from './common.ts'

const arabic = 'عبد الرحمن بن عبد العزيز'

export const list: ListView = {
  path: '/settings/admin/users',
  search: '',
  columns: [
    { name: 'name', href: '?sort%5Bcolumn%5D=displayName', sorted: 'ascending' },
    { name: 'email', href: '?sort%5Bcolumn%5D=email', sorted: null },
    { name: 'groups', href: null, sorted: null },
    { name: 'passkeys', href: null, sorted: null },
    { name: 'lastUsed', href: null, sorted: null },
  ],
  choices: [
    { name: 'email', shown: true },
    { name: 'groups', shown: true },
    { name: 'created', shown: false },
  ],
  filters: [
    { name: 'disabled', values: ['true', 'false'], chosen: 'false' },
    { name: 'passkeys', values: ['none'], chosen: '' },
  ],
  applied: [
    { name: 'search', value: 'an', without: '?' },
    { name: 'disabled', value: 'false', without: '?search=an' },
  ],
  sorts: [
    { column: 'displayName', name: 'name' },
    { column: 'email', name: 'email' },
  ],
  sort: { column: 'displayName', descending: false },
  limits: [20, 50, 100],
  limit: 20,
  total: 100_000,
  page: 2,
  pages: 5000,
  from: 21,
  to: 40,
  previous: '?',
  next: '?page=3',
  last: '?page=5000',
  here: '?page=2',
  fields: [],
}
const user = {
  id: '1',
  userName: 'anna',
  displayName: 'Anna Koch',
  email: 'anna@example.com',
  administrator: true,
  isFromLdap: false,
  disabled: false,
  groups: ['The family', 'Administrators', 'Photographers', 'People of the house'],
  passkeys: 2,
  withSingleDevicePasskey: false,
  lastUsedAt: now - 3 * 3_600_000,
  createdAt: now - 400 * day,
  picture: null,
} as const
const users = {
  view: 'users',
  viewer: anna,
  list,
  users: [
    user,
    {
      ...user,
      id: '2',
      userName: 'dolores.ibarruri-fernandez.de-la-torre-y-gomez',
      displayName: 'Dolores Ibárruri-Fernández de la Torre y Gómez von und zu Hohenlohe-Waldenburg',
      email: 'dolores.ibarruri-fernandez.de-la-torre-y-gomez@a-rather-long-domain.example.com',
      administrator: false,
      isFromLdap: true,
      groups: ['Guests'],
      passkeys: 1,
      withSingleDevicePasskey: true,
    },
    {
      ...user,
      id: '3',
      userName: 'abd',
      displayName: arabic,
      email: null,
      administrator: false,
      isFromLdap: false,
      disabled: true,
      groups: [],
      passkeys: 0,
      lastUsedAt: null,
    },
  ],
  enabled: 99_998,
  withSingleDevicePasskey: 9,
  notice: {
    done: 'disable',
    count: 2,
    refused: [{ name: 'Anna Koch', code: 'last_administrator' }],
    undo: { act: 'enable', ids: ['1', '2'] },
  },
} as const
const values = {
  username: 'anna',
  email: 'anna@example.com',
  emailVerified: true,
  firstName: 'Anna',
  lastName: 'Koch',
  displayName: 'Anna Koch',
  isAdmin: true,
} as const
const groups = [
  { id: 'g1', name: 'The family', chosen: true },
  { id: 'g2', name: 'Guests with a name as long as they come', chosen: false },
  { id: 'g3', name: 'العائلة', chosen: false },
] as const
const account = accountStates['account-security']
if (account?.view !== 'account-security') throw new Error('The state shows another page.')
const one = {
  view: 'user',
  viewer: anna,
  user: {
    id: '2',
    userName: 'bilal',
    displayName: 'Bilal Mansour',
    email: 'bilal@example.com',
    disabled: false,
    createdAt: now - 90 * day,
    isViewer: false,
  },
  ldap: null,
  values: { ...values, username: 'bilal', isAdmin: false },
  emailRequired: true,
  problems: [],
  problem: null,
  version: 'W/"1"',
  conflict: null,
  groups,
  moreGroups: 3,
  claims: [{ key: 'department', value: 'Research and development' }],
  claimsProblem: null,
  claimKeys: ['department'],
  picture: null,
  passkeys: account.passkeys,
  removals: [],
  sessions: account.sessions.map((session) => ({ ...session, current: false })),
  signInLink: null,
  sendable: { code: true, invitation: true },
  events: auditLines,
  notice: null,
  removal: {
    act: 'users.delete',
    names: ['Bilal Mansour'],
    count: 1,
    submitTo: '/settings/admin/users/2/remove',
    fields: [],
    isDangerous: true,
  },
} as const

export const usersStates: Readonly<Record<string, PageModel>> = {
  users,
  'users-nobody-matches': { ...users, users: [], notice: null, list: { ...list, total: 0, pages: 1, last: null } },
  'user-new': {
    view: 'user-new',
    viewer: anna,
    values: { ...values, username: '-anna', email: 'anna@' },
    emailRequired: false,
    groups,
    problems: [
      { field: 'username', code: 'invalid_format', message: '' },
      { field: 'email', code: 'invalid_format', message: '' },
    ],
    problem: null,
  },
  user: one,
  'user-long': {
    ...one,
    user: {
      ...one.user,
      disabled: true,
      userName: 'dolores.ibarruri-fernandez.de-la-torre-y-gomez',
      displayName: 'Dolores Ibárruri-Fernández de la Torre y Gómez von und zu Hohenlohe-Waldenburg',
      email: null,
    },
    sendable: { code: false, invitation: false },
    problem: 'last_administrator',
    claimsProblem: 'duplicate',
    events: [],
    sessions: [],
    groups: [],
  },
  'user-ldap': { ...one, notice: null, ldap: { dn: 'uid=bilal,ou=people,dc=example,dc=com', decides: true } },
  'user-sign-in-link': {
    ...one,
    user: { ...one.user, displayName: arabic },
    passkeys: [],
    signInLink: {
      kind: 'code',
      code: 'K7QP2M',
      link: 'https://id.example.com/lc/K7QP2M',
      qrCode: { size: 3, path: 'M1 1h1v1h-1z' },
    },
    notice: 'created',
  },
  'user-conflict': {
    ...one,
    conflict: [
      { field: 'displayName', stored: 'Bilal M.' },
      { field: 'email', stored: '' },
    ],
  },
  'confirm-users': {
    view: 'confirm',
    viewer: anna,
    within: 'users',
    confirmation: {
      act: 'users.add-to-group',
      names: ['Anna Koch', arabic, 'Chen Wei'],
      count: 3,
      submitTo: '/settings/admin/users/bulk',
      fields: [{ name: 'act', value: 'add-to-group' }],
      choice: { name: 'group', options: [{ value: 'g1', label: 'The family' }] },
      isDangerous: false,
    },
    cancelTo: '/settings/admin/users',
  },
  'confirm-user': {
    view: 'confirm',
    viewer: anna,
    within: 'user',
    confirmation: one.removal,
    cancelTo: '/settings/admin/users/2',
  },
}
