import { changeView } from '../../../src/audit-log/change-view.ts'
import type { AuditLine } from '../../../src/audit-log/page-model.ts'
import type { ListView } from '../../../src/http/list-view.ts'
import type { PageModel } from '../../../src/http/page-models.ts'
import { anna, day, listOf, long, now } from './common.ts'

const list: ListView = {
  ...listOf('/settings/admin/audit-log', ['when', 'event', 'device', 'place', 'address'], 4),
  choices: ['device', 'place', 'address'].map((name) => ({ name, shown: true })),
  filters: [
    { name: 'event', values: ['SIGN_IN', 'SIGN_IN_FAILED', 'SETTINGS_CHANGED'], chosen: '' },
    {
      name: 'userID',
      values: [],
      chosen: '1',
      picker: { kind: 'users', chosen: [{ id: '1', name: 'anna', detail: '' }] },
    },
  ],
  range: { from: '', to: '' },
  sorts: [
    { column: 'createdAt', name: 'when' },
    { column: 'event', name: 'event' },
  ],
  sort: { column: 'createdAt', descending: true },
}

const account = { kind: 'account', name: 'anna', href: '/settings/admin/users/1' } as const
const line: AuditLine = {
  id: '1',
  event: 'SIGN_IN',
  subjects: [],
  actor: null,
  at: now - 3 * 3_600_000,
  occurrences: 1,
  lastAt: now - 3 * 3_600_000,
  device: 'Firefox on Linux',
  ipAddress: '192.0.2.1',
  place: { country: 'Germany', city: 'Berlin' },
  code: null,
  isRefusal: false,
  changes: [],
  details: [],
}
const failed: AuditLine = {
  ...line,
  id: '2',
  event: 'SIGN_IN_FAILED',
  at: now - day,
  occurrences: 12,
  lastAt: now - 60_000,
  device: 'Mozilla/5.0 (compatible; something that nobody knows and that has a very long name/1.0)',
  ipAddress: '2001:db8:85a3:8d3:1319:8a2e:370:7348',
  code: 'passkey_not_recognized',
  isRefusal: true,
}
const settings: AuditLine = {
  ...line,
  id: '3',
  event: 'SETTINGS_CHANGED',
  subjects: [account],
  at: now - 2 * day,
  changes: changeView(
    'SETTINGS_CHANGED',
    {
      appName: { before: 'Pocket ID', after: 'The family’s own entryPoint with a long name' },
      smtpPassword: { before: null, after: '(redacted)' },
      allowUserSignups: { before: 'disabled', after: 'withToken' },
      recoveryByEmail: { before: '1d', after: '3d' },
      emailsVerified: { before: false, after: true },
      signupDefaultUserGroupIDs: { before: '[]', after: '["4b1b8a7e-3c52-4a2f-a0a3-7a3b7f0c2d11"]' },
    },
    () => 'The family',
  ),
  details: [
    { name: 'event', value: 'SETTINGS_CHANGED' },
    { name: 'requestID', value: '4b1b8a7e-3c52-4a2f-a0a3-7a3b7f0c2d11' },
  ],
}
const granted: AuditLine = {
  ...line,
  id: '4',
  event: 'NEW_CLIENT_AUTHORIZATION',
  subjects: [
    { kind: 'account', name: 'dolores', href: null },
    { kind: 'client', name: 'مكتبة الصور', href: '/settings/admin/oidc-clients/photos' },
  ],
  actor: { kind: 'actor', name: 'eve', href: null },
  at: now - 40 * day,
}

export const auditLines = [{ ...line, subjects: [account] }, { ...failed, subjects: [account] }, settings, granted]
const own = { view: 'audit-log', viewer: long, list, lines: [line, failed] } as const
const all = {
  view: 'audit-log-all',
  viewer: anna,
  list,
  lines: auditLines,
  exports: { csv: '/api/audit-logs/export?format=csv', jsonl: '/api/audit-logs/export?format=jsonl' },
} as const

export const auditLogStates: Readonly<Record<string, PageModel>> = {
  'audit-log': own,
  'audit-log-empty': { ...own, list: { ...list, total: 0 }, lines: [] },
  'audit-log-all': all,
  'audit-log-all-bare': { ...all, list: { ...list, columns: list.columns.slice(0, 2) } },
  'audit-log-all-none': {
    ...all,
    list: {
      ...list,
      total: 0,
      search: 'nobody of this name',
      range: { from: '2025-11-01', to: '2025-11-24' },
      applied: [
        { name: 'search', value: 'nobody of this name', without: '?' },
        { name: 'from', value: '2025-11-01', without: '?' },
        { name: 'userID', value: '2', label: 'dolores', without: '?' },
      ],
    },
    lines: [],
  },
}
