import type { PageModel } from '../../../src/http/page-models.ts'
import { anna, ceremony, day, long, now } from './common.ts'

const passkeys = [
  {
    id: '1',
    name: 'iCloud Keychain',
    synced: true,
    provider: { name: 'Apple Passwords', drawing: 'M12 2v20H2V2z' },
    madeIn: 'Chrome on Android 14',
    outdated: false,
    createdAt: now - 90 * day,
    lastUsedAt: now - 3 * 3_600_000,
    counterRegressedAt: null,
  },
  {
    id: '2',
    name: 'YubiKey 5 with a name as long as they come',
    synced: false,
    provider: null,
    madeIn: null,
    outdated: true,
    createdAt: now - day,
    lastUsedAt: null,
    counterRegressedAt: now - day,
  },
] as const

const signals = {
  rpId: 'localhost',
  userId: 'YW5uYQ',
  credentialIds: [],
  userName: 'anna',
  displayName: 'Anna Koch',
} as const

const account = {
  view: 'account',
  viewer: anna,
  passkeyCount: 2,
  secondAskedFor: false,
  signals,
  isEditable: true,
  emailRequired: true,
  emailVerified: true,
  verifiable: false,
  values: {
    username: 'anna',
    email: 'anna@example.com',
    firstName: 'Anna',
    lastName: 'Koch',
    displayName: 'Anna Koch',
  },
  version: 'W/"x"',
  picture:
    'data:image/svg+xml,%3Csvg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 1 1"%3E%3Crect width="1" height="1" fill="%236ba"/%3E%3C/svg%3E',
  locale: 'de-AT',
  problems: [],
  problem: null,
  conflict: null,
  notice: null,
} as const

const security = {
  view: 'account-security',
  viewer: anna,
  secondAskedFor: false,
  signals,
  passkeys,
  lastStays: false,
  sessions: [
    {
      id: 's1',
      device: 'Firefox on Windows',
      ipAddress: '192.168.1.20',
      startedAt: now - day,
      lastUsedAt: now - 30_000,
      clients: [{ id: 'immich', name: 'Immich' }],
      current: true,
    },
    {
      id: 's2',
      device: '',
      ipAddress: null,
      startedAt: now - 3 * day,
      lastUsedAt: now - day,
      clients: [],
      current: false,
    },
  ],
  notice: null,
  renameProblem: null,
} as const

const reauthenticate = {
  view: 'reauthenticate',
  viewer: anna,
  ceremony,
  continueTo: '/settings/account/passkeys/1/remove',
  fields: [{ name: 'name', value: 'A "name" & <b>' }],
} as const

export const accountStates: Readonly<Record<string, PageModel>> = {
  'verify-email': {
    view: 'verify-email',
    state: 'ask',
    token: 'abc',
    email: 'anna@example.com',
    userName: null,
    goOnAt: null,
  },
  'verify-email-verified': {
    view: 'verify-email',
    state: 'verified',
    token: '',
    email: 'anna@example.com',
    userName: null,
    goOnAt: null,
  },
  'verify-email-refused': {
    view: 'verify-email',
    state: 'refused',
    token: '',
    email: 'anna@example.com',
    userName: null,
    goOnAt: null,
  },
  'verify-email-stranger': {
    view: 'verify-email',
    state: 'ask',
    token: 'abc',
    email: 'eve@example.com',
    userName: 'eve',
    goOnAt: null,
  },
  'verify-email-in': {
    view: 'verify-email',
    state: 'in',
    token: '',
    email: 'eve@example.com',
    userName: 'eve',
    goOnAt: '/login',
  },
  'verify-email-waiting': {
    view: 'verify-email',
    state: 'waiting',
    token: '',
    email: 'eve@example.com',
    userName: 'eve',
    goOnAt: null,
  },
  account,
  reauthenticate,
  'account-locked': {
    ...account,
    viewer: long,
    isEditable: false,
    picture: null,
    locale: null,
    verifiable: true,
    emailVerified: false,
  },
  'account-no-passkey': { ...account, viewer: long, passkeyCount: 0 },
  'account-one-passkey': { ...account, passkeyCount: 1, secondAskedFor: true },
  'account-refused': {
    ...account,
    values: { ...account.values, username: '-anna', email: 'nowhere' },
    problems: [
      { field: 'username', code: 'invalid_format', message: '' },
      { field: 'email', code: 'invalid_format', message: '' },
    ],
  },
  'account-conflict': { ...account, conflict: [{ field: 'displayName', stored: 'Anna Maria Koch' }] },
  'account-picture-refused': { ...account, problem: 'file_type_not_supported' },
  'account-unverified': {
    ...account,
    emailVerified: false,
    verifiable: true,
    notice: { done: 'verification_sent', name: 'anna@example.com' },
  },
  'account-security': security,
  'account-security-one': {
    ...security,
    secondAskedFor: true,
    passkeys: passkeys.slice(0, 1),
    notice: { done: 'passkey_added', name: 'iCloud Keychain' },
  },
  'account-security-none': { ...security, viewer: long, passkeys: [] },
  'account-security-refused': { ...security, renameProblem: { passkeyId: '2', name: '', code: 'required' } },
  'account-data': { view: 'account-data', viewer: anna, removable: true },
  'account-data-kept': { view: 'account-data', viewer: long, removable: false },
  'account-removed': { view: 'account-removed' },
}
