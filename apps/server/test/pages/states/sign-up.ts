import type { PageModel } from '../../../src/http/page-models.ts'
import { anna, day, now } from './common.ts'

const person = {
  id: 'p1',
  userName: 'bob',
  displayName: 'Bob Baker',
  email: 'bob@example.com',
  emailVerified: true,
  reached: true,
  requestedAt: now - day,
} as const
const approvals = {
  view: 'approvals',
  viewer: anna,
  isAskedFor: true,
  longestNote: 500,
  waiting: [person, { ...person, id: 'p2', displayName: '', email: null, emailVerified: false, reached: false }],
  notice: null,
} as const
const list = {
  path: '/settings/admin/invitations',
  search: '',
  columns: [
    { name: 'link', href: null, sorted: null },
    { name: 'groups', href: null, sorted: null },
    { name: 'uses', href: '?sort', sorted: null },
    { name: 'expires', href: '?sort', sorted: 'ascending' },
    { name: 'created', href: '?sort', sorted: 'descending' },
    { name: 'remove', href: null, sorted: null },
  ],
  choices: [],
  filters: [],
  applied: [],
  sorts: [],
  sort: { column: 'createdAt', descending: true },
  limits: [20],
  limit: 20,
  total: 21,
  page: 1,
  pages: 2,
  from: 1,
  to: 20,
  previous: null,
  next: '?page=2',
  last: null,
  here: '?',
  fields: [],
} as const
const invitation = {
  id: 'i1',
  link: 'https://id.example.com/st/aB3dE5gH7jK9mN1p',
  expiresAt: now + day,
  usageLimit: 5,
  usageCount: 2,
  groups: ['Family', 'Friends'],
  createdAt: now,
} as const
const invitations = {
  view: 'invitations',
  viewer: anna,
  mode: 'withToken',
  list,
  invitations: [invitation, { ...invitation, id: 'i2', link: null, groups: [] }],
  values: { uses: '1', lifetime: 'week', groupIds: [] },
  problems: [],
  groups: [{ id: 'g1', name: 'Family' }],
  moreGroups: 3,
  createdId: 'i1',
  removed: false,
} as const

export const signUpStates: Readonly<Record<string, PageModel>> = {
  setup: { view: 'setup' },
  'sign-up': { view: 'sign-up', token: '', emailRequired: true, submitTo: '/signup', signInAt: '/login' },
  'add-passkey': {
    view: 'add-passkey',
    name: 'Anna Koch',
    submitTo: '/signup/add-passkey',
    laterAt: '/settings/account',
  },
  'sign-up-by-token': {
    view: 'sign-up',
    token: 'aB3dE5gH7jK9mN1p',
    emailRequired: false,
    submitTo: '/signup?redirect=%2Finteraction%2F1',
    signInAt: '/interaction/1',
  },
  approvals,
  'approvals-none': { ...approvals, isAskedFor: false, waiting: [], notice: { done: 'gone', name: '' } },
  'approvals-one': { ...approvals, waiting: [person], notice: { done: 'approved', name: 'Carol' } },
  invitations,
  'invitations-none': { ...invitations, mode: 'disabled', invitations: [], groups: [], createdId: null, removed: true },
  'invitations-refused': {
    ...invitations,
    createdId: null,
    values: { uses: '0', lifetime: 'day', groupIds: ['g1'] },
    problems: [{ field: 'uses', code: 'invalid', message: 'must be a number from 1 to 100' }],
  },
  'sign-up-waiting': { view: 'sign-up-waiting' },
}
