import type { PageModel } from '../../../src/http/page-models.ts'
import { day, now } from './common.ts'

const source = {
  name: 'source',
  files: [
    { name: 'upload', size: 71_333, modifiedAt: now, isUpload: true },
    { name: 'pocket-id-export-2026.zip', size: 48_100_000, modifiedAt: now - day, isUpload: false },
  ],
  folder: '/app/data/import',
  maxUploadBytes: 2 * 1024 ** 3,
  hasOwnKey: true,
  chosenFile: '',
} as const
const report = {
  counts: {
    'signing key': { found: 1, migrated: 1 },
    setting: { found: 47, migrated: 46 },
    user: { found: 14, migrated: 13 },
    passkey: { found: 7, migrated: 7 },
    'audit event': { found: 20_055, migrated: 20_055 },
  },
  findings: [
    {
      outcome: 'changed',
      subject: 'user',
      id: 'u1',
      name: 'kai2',
      reason: 'The e-mail address is removed: another user has it in different letter case.',
    },
    {
      outcome: 'left out',
      subject: 'user',
      id: 'u2',
      name: 'static-api-user',
      reason: 'It stands for STATIC_API_KEY.',
    },
  ],
  moreFindings: 12,
  notes: [
    'The URL https://id.example.com stays the same: passkeys stay valid, and applications need no change.',
    'Browser sessions end: everyone signs in once more with the passkey.',
  ],
} as const
const progress = [
  { subject: 'user', done: 100_000, total: 100_000 },
  { subject: 'passkey', done: 34_500, total: 140_000 },
] as const
const view = 'pocket-id-migration'
const wrongKey = {
  code: 'source',
  reason:
    'The encryption key does not match the source: it is not the ENCRYPTION_KEY of that Pocket ID. Nothing was changed.',
} as const

export const pocketIdMigrationStates: Readonly<Record<string, PageModel>> = {
  'pocket-id-migration-token': { view, step: { name: 'token' }, problem: null },
  'pocket-id-migration-wrong-token': { view, step: { name: 'token' }, problem: { code: 'token' } },
  'pocket-id-migration-source': { view, step: source, problem: null },
  'pocket-id-migration-empty': {
    view,
    step: { ...source, files: [], hasOwnKey: false },
    problem: { code: 'no_space' },
  },
  'pocket-id-migration-wrong-key': { view, step: source, problem: wrongKey },
  'pocket-id-migration-report': {
    view,
    step: { name: 'report', report, file: 'upload', choice: 'v1.0.sealed' },
    problem: null,
  },
  'pocket-id-migration-running': { view, step: { name: 'running', progress }, problem: null, isOffline: true },
  'pocket-id-migration-started': {
    view,
    step: { name: 'running', progress: [] },
    problem: { code: 'started' },
    isOffline: true,
  },
  'pocket-id-migration-elsewhere': { view, step: { name: 'elsewhere' }, problem: null },
  'pocket-id-migration-done': { view, step: { name: 'done', report }, problem: null },
}
