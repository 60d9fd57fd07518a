import type { PageModel } from '../../../src/http/page-models.ts'
import { anna, day, listOf, now } from './common.ts'

const person = {
  id: 'p1',
  userName: 'bob',
  displayName: 'Bob Baker',
  email: 'bob@example.com',
  emailVerified: true,
  reached: true,
  requestedAt: now - day,
  awaitsAdministrator: true,
} as const
const approvals = {
  view: 'approvals',
  viewer: anna,
  isApprovalRequired: true,
  maxNoteLength: 500,
  waiting: [
    person,
    {
      ...person,
      id: 'p2',
      displayName: '',
      email: null,
      emailVerified: false,
      reached: false,
      awaitsAdministrator: false,
    },
  ],
  list: listOf('/settings/admin/approvals', ['name'], 2),
  notice: null,
} as const
const list = {
  ...listOf('/settings/admin/invitations', ['link', 'groups', 'uses', 'expires', 'created', 'acts'], 21),
  choices: ['groups', 'uses', 'expires', 'created'].map((name) => ({ name, shown: true })),
  filters: [{ name: 'used', values: ['never', 'partly', 'fully'], chosen: '' }],
  sorts: [{ column: 'createdAt', name: 'created' }],
}
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
  canEnable: false,
  list,
  invitations: [invitation, { ...invitation, id: 'i2', link: null, groups: [] }],
  values: { uses: '1', lifetime: 'week', groupIds: [], email: '' },
  canSend: true,
  problems: [],
  groups: [{ id: 'g1', name: 'Family', detail: '' }],
  created: { id: 'i1', link: 'https://id.example.com/st/3x9kq', qrCode: { size: 2, path: 'M0 .5h1' } },
  sentTo: null,
  bulkNotice: null,
} as const

export const signUpStates: Readonly<Record<string, PageModel>> = {
  setup: { view: 'setup', migrationUrl: '/login/setup/pocket-id' },
  'sign-up': { view: 'sign-up', token: '', emailRequired: true, submitTo: '/signup', signInAt: '/login' },
  'add-passkey': {
    view: 'add-passkey',
    name: 'Anna Koch',
    submitTo: '/signup/add-passkey',
    laterUrl: '/settings/account',
  },
  'sign-up-by-token': {
    view: 'sign-up',
    token: 'aB3dE5gH7jK9mN1p',
    emailRequired: false,
    submitTo: '/signup?redirect=%2Finteraction%2F1',
    signInAt: '/interaction/1',
  },
  approvals,
  'approvals-none': { ...approvals, isApprovalRequired: false, waiting: [], notice: { done: 'gone', name: '' } },
  'approvals-many': {
    ...approvals,
    waiting: Array.from({ length: 20 }, (_, index) => ({ ...person, id: `p${index}` })),
    list: listOf('/settings/admin/approvals', ['name'], 500),
  },
  'approvals-one': { ...approvals, waiting: [person], notice: { done: 'approved', name: 'Carol' } },
  invitations,
  'invitations-none': {
    ...invitations,
    mode: 'disabled',
    canEnable: true,
    invitations: [],
    groups: [],
    created: null,
    bulkNotice: {
      done: 'delete',
      count: 1,
      names: ['2027-01-05 (0/1)'],
      refused: [],
      refusedCount: 0,
      unchanged: 0,
      skipped: 0,
    },
  },
  'invitations-nothing-found': {
    ...invitations,
    list: { ...list, applied: [{ name: 'used', value: 'never', without: '?' }] },
    invitations: [],
    created: null,
    bulkNotice: { done: 'delete', count: 1, names: [], refused: [], refusedCount: 0, unchanged: 0, skipped: 0 },
  },
  'invitations-refused': {
    ...invitations,
    created: null,
    values: { uses: '0', lifetime: 'day', groupIds: ['g1'], email: 'eve' },
    problems: [
      { field: 'email', code: 'invalid_format', message: 'must be an e-mail address' },
      { field: 'uses', code: 'invalid', message: 'must be a number from 1 to 100' },
    ],
  },
  'sign-up-waiting': { view: 'sign-up-waiting', awaits: 'administrator', signInAt: '/login' },
  'sign-up-waiting-address': { view: 'sign-up-waiting', awaits: 'verification', signInAt: '/login' },
  'sign-up-waiting-both': { view: 'sign-up-waiting', awaits: 'both', signInAt: '/login' },
  arrived: {
    view: 'arrived',
    client: { id: 'c1', name: 'Nextcloud', destination: 'cloud.example.com' },
    startUrl: 'https://cloud.example.com/',
  },
  'arrived-without-address': {
    view: 'arrived',
    client: { id: 'c1', name: 'Nextcloud', destination: null },
    startUrl: null,
  },
}
