import type { PageModel } from '../../../src/http/page-models.ts'
import { anna, ceremony, day, listOf, long, now } from './common.ts'

const passkeys = [
  {
    id: '1',
    name: 'iCloud Keychain',
    synced: true,
    isSecurityKey: false,
    provider: { name: 'Apple Passwords', drawing: 'M12 2v20H2V2z' },
    createdIn: 'Chrome on Android 14',
    outdated: false,
    createdAt: now - 90 * day,
    lastUsedAt: now - 3 * 3_600_000,
    counterRegressedAt: null,
  },
  {
    id: '2',
    name: 'YubiKey 5 with a name as long as they come',
    synced: false,
    isSecurityKey: true,
    provider: null,
    createdIn: null,
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
  recoveryNotice: null,
  suggestsSecondPasskey: false,
  outdated: false,
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
  suggestsSecondPasskey: false,
  outdated: true,
  signals,
  passkeys,
  removals: [],
  recoveryNotice: null,
  recoveryCodes: { left: 7, total: 10 },
  hasBreakGlassCode: null,
  keepsLastPasskey: false,
  sessions: {
    items: [
      {
        id: 's1',
        device: 'Firefox on Windows',
        ipAddress: '192.168.1.20',
        country: 'Internal Network',
        city: 'LAN',
        startedAt: now - day,
        lastUsedAt: now - 30_000,
        clients: [{ id: 'immich', name: 'Immich' }],
        current: true,
      },
      {
        id: 's2',
        device: '',
        ipAddress: null,
        country: '',
        city: '',
        startedAt: now - 3 * day,
        lastUsedAt: now - day,
        clients: [],
        current: false,
      },
    ],
    list: listOf('/settings/account/security', ['name'], 2),
  },
  notice: null,
  renameProblem: null,
} as const

const reauthenticate = {
  view: 'reauthenticate',
  viewer: anna,
  ceremony,
  continueTo: '/settings/account/passkeys/1/remove',
  method: 'post',
  lostFile: false,
  fields: [{ name: 'name', value: 'A "name" & <b>' }],
} as const

const removed = {
  view: 'passkey-removed',
  viewer: anna,
  within: 'account',
  passkeyName: 'Old phone',
  credentials: [
    { kind: 'passkey', id: 'p1', at: now - day, name: 'Windows Hello', state: 'kept' },
    { kind: 'passkey', id: 'p2', at: now - day, name: 'A "name" & <b>', state: 'active' },
    { kind: 'api_key', id: 'k1', at: now - day, name: 'Backup script', state: 'active' },
    { kind: 'client_secret', id: 's1', at: now - 2 * day, name: 'Immich', state: 'active' },
    { kind: 'login_code', id: 'c1', at: now - 2 * day, name: 'Bilal Mansour', state: 'withdrawn' },
    { kind: 'device', id: 'd1', at: now - 3 * day, name: '', state: 'withdrawn' },
  ],
  submitTo: '/settings/account/passkeys/1/removed/withdraw',
  backTo: '/settings/account/security',
  withdrawn: false,
} as const

const recoveryNotice = {
  used: { at: now - day, ipAddress: '192.0.2.1', device: 'Firefox on Windows' },
  pendingUntil: now + day,
} as const

const verifyEmail = {
  view: 'verify-email',
  state: 'ask',
  token: '',
  email: 'anna@example.com',
  userName: null,
  continueUrl: null,
} as const
const strangersEmail = { ...verifyEmail, email: 'eve@example.com', userName: 'eve' } as const

export const accountStates: Readonly<Record<string, PageModel>> = {
  recover: { view: 'recover', name: 'Anna Koch', submitTo: '/recover' },
  'recovery-codes': {
    view: 'recovery-codes',
    isBreakGlass: false,
    userName: 'anna',
    codes: Array.from({ length: 10 }, (_, index) => `AB3D-EF4H-JK5M-NP${index}Q`),
    createdAt: now,
    backTo: '/settings/account/security',
  },
  'break-glass-code': {
    view: 'break-glass-code',
    submitTo: '/settings/account/break-glass-code?redirect=%2Fsettings%2Fadmin%2Foidc-clients',
    backTo: '/settings/admin/oidc-clients',
  },
  'account-recovery-used': {
    ...security,
    recoveryNotice,
    recoveryCodes: { left: 0, total: 10 },
    hasBreakGlassCode: false,
  },
  'verify-email': { ...verifyEmail, token: 'abc' },
  'verify-email-verified': { ...verifyEmail, state: 'verified' },
  'verify-email-refused': { ...verifyEmail, state: 'refused' },
  'verify-email-stranger': { ...strangersEmail, token: 'abc' },
  'verify-email-in': { ...strangersEmail, state: 'in', continueUrl: '/login' },
  'verify-email-waiting': { ...strangersEmail, state: 'waiting' },
  account,
  reauthenticate,
  'reauthenticate-file': { ...reauthenticate, method: 'get', lostFile: true, fields: [] },
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
  'second-passkey': { view: 'second-passkey', heldBy: 'device', redirect: '/authorize/x' },
  'account-one-passkey': { ...account, passkeyCount: 1, suggestsSecondPasskey: true },
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
    outdated: true,
    emailVerified: false,
    verifiable: true,
    notice: { done: 'verification_sent', name: 'anna@example.com' },
  },
  'account-security': security,
  'account-security-removal': {
    ...security,
    removals: [{ passkeyName: 'Old phone', reviewUrl: '/settings/account/passkeys/1/removed' }],
  },
  'passkey-removed': removed,
  'passkey-removed-withdrawn': {
    ...removed,
    credentials: removed.credentials.map((credential) => ({ ...credential, state: 'withdrawn' })),
    withdrawn: true,
  },
  'passkey-removed-nothing': { ...removed, credentials: [] },
  'account-security-one': {
    ...security,
    suggestsSecondPasskey: true,
    passkeys: passkeys.slice(0, 1),
    notice: { done: 'passkey_added', name: 'iCloud Keychain' },
  },
  'account-security-none': { ...security, viewer: long, passkeys: [] },
  'account-security-refused': { ...security, renameProblem: { passkeyId: '2', name: '', code: 'required' } },
  'account-data': { view: 'account-data', viewer: anna, removable: true },
  'account-data-kept': { view: 'account-data', viewer: long, removable: false },
  'account-removed': { view: 'account-removed' },
}
