import type { PageModel } from '../../../src/http/page-models.ts'
import { anna, day, now } from './common.ts'

const today = Math.floor(now / day) * day
const busy = [
  4, 9, 12, 0, 3, 18, 22, 17, 14, 12, 6, 5, 21, 19, 16, 0, 0, 7, 11, 23, 20, 15, 13, 9, 4, 17, 26, 19, 12, 6,
]
const signIns = (counts: readonly number[]) =>
  Array.from({ length: 30 }, (_, index) => ({ at: today - (29 - index) * day, count: counts[index] ?? 0 }))

const page = {
  view: 'overview',
  viewer: anna,
  findings: [],
  signIns: signIns(busy),
  failures: { reasons: [], total: 0 },
  people: {
    enabled: 214,
    withPasskey: 214,
    withoutPasskey: 0,
    withSinglePasskey: 31,
    withSingleDevicePasskey: 9,
    administratorsWithSingleDevicePasskey: 0,
    administratorDevices: 'several',
    hasBreakGlassCode: false,
    administratorRecoveryCodes: 0,
  },
  emails: { waiting: 0, waitingSince: null, failed: 0, lastSentAt: now - day / 24, isSetUp: true },
  secrets: { items: [], total: 0 },
  apiKeys: { items: [], total: 0 },
  status: {
    approvals: 0,
    recoveries: 0,
    breakGlassUsedAt: null,
    invitations: 0,
    invitationEndsAt: null,
    keySignsSince: now - 40 * day,
    exportedAt: now - day,
    isLdapWaiting: false,
    hasLdapFailed: false,
    ldapRanAt: now - day / 60,
    scimTargets: 2,
    scimFailed: 0,
  },
  isLdapEnabled: true,
  certificate: { host: 'id.example.com', startsAt: now - 30 * day, endsAt: now + 60 * day },
  keyChangesAt: now + 50 * day,
  backup: {
    kind: 'folder',
    target: '/mnt/backups',
    isOnSameDisk: false,
    intervalMs: day,
    lastAt: now - day / 4,
    problem: null,
  },
  failedJobs: 0,
  version: { own: '1.4.0', latest: '' },
} as const satisfies PageModel

const finding = { severity: 'bad', about: null, count: 1, at: null, href: '/settings/admin/jobs' } as const

export const overviewStates: Readonly<Record<string, PageModel>> = {
  overview: page,
  'overview-new': {
    ...page,
    signIns: signIns([]),
    people: { ...page.people, enabled: 1, withPasskey: 1, withSinglePasskey: 0, withSingleDevicePasskey: 0 },
    emails: { ...page.emails, lastSentAt: null, isSetUp: false },
    status: { ...page.status, ldapRanAt: null, scimTargets: 0 },
    backup: null,
    isLdapEnabled: false,
    certificate: null,
    keyChangesAt: null,
  },
  'overview-trouble': {
    ...page,
    findings: [
      { ...finding, name: 'ldapWaiting', href: '/settings/admin/ldap' },
      { ...finding, name: 'jobFailed', about: 'refresh-authenticator-metadata', at: now - day / 8 },
      {
        ...finding,
        name: 'secretEnded',
        about: 'An application whose name is far longer than it ought to be',
        at: now - day,
      },
      { ...finding, name: 'passkeysOfOtherHost', about: 'login.example.com', count: 1204 },
      { ...finding, name: 'emailFailed', count: 3 },
      { ...finding, name: 'emailStuck', count: 12, at: now - day / 24 },
      { ...finding, name: 'emailMissing' },
      { ...finding, name: 'keyOverdue', at: now - 3 * day },
      { ...finding, name: 'signInsFail', severity: 'soon', count: 1204 },
      { ...finding, name: 'secretEnds', severity: 'soon', about: 'Immich', at: now + 3 * day },
      { ...finding, name: 'apiKeyEnds', severity: 'soon', about: 'Backup', at: now + 5 * day },
      { ...finding, name: 'approvals', severity: 'soon', count: 2 },
      { ...finding, name: 'recoveries', severity: 'soon', count: 2 },
      { ...finding, name: 'breakGlassUsed' },
      { ...finding, name: 'administratorsWithoutPasskey', severity: 'bad' },
      { ...finding, name: 'soleAdministratorOnOneDevice', severity: 'soon' },
      { ...finding, name: 'administratorOnOneDevice', severity: 'advice' },
      { ...finding, name: 'backupOnSameDisk', severity: 'advice' },
      { ...finding, name: 'newVersion', severity: 'advice', about: '1.5.0' },
    ],
    failures: {
      total: 1204,
      reasons: [
        { code: 'account_not_found', count: 1100 },
        { code: 'challenge_expired', count: 90 },
        { code: 'some_future_code', count: 14 },
      ],
    },
    people: { ...page.people, withPasskey: 202, withoutPasskey: 12, administratorsWithSingleDevicePasskey: 1 },
    emails: { waiting: 12, waitingSince: now - day / 24, failed: 3, lastSentAt: null, isSetUp: true },
    secrets: {
      total: 9,
      items: [
        {
          id: '1',
          name: 'An application whose name is far longer than it ought to be',
          createdAt: now - 300 * day,
          endsAt: now - day,
        },
        { id: '2', name: 'Immich', createdAt: now - 300 * day, endsAt: now + 3 * day },
      ],
    },
    apiKeys: {
      total: 2,
      items: [
        {
          id: '3',
          name: 'Backup',
          ownerName: 'Dolores Ibárruri-Fernández de la Torre',
          createdAt: now - 300 * day,
          endsAt: now + 5 * day,
        },
        { id: '4', name: 'Old', ownerName: null, createdAt: now - 300 * day, endsAt: now + 6 * day },
      ],
    },
    status: { ...page.status, approvals: 2, invitations: 3, invitationEndsAt: now + day },
    failedJobs: 1,
    version: { own: '1.4.0', latest: '1.5.0' },
  },
}
