import type { ScimCounts, ScimProblem, ScimReport } from '@pocket/directory/internal'
import type { PageModel } from '../../../src/http/page-models.ts'
import type { ClientScimPage } from '../../../src/scim/page-model.ts'
import { anna, listOf, now } from './common.ts'

const counts: ScimCounts = {
  total: 12,
  created: 0,
  updated: 1,
  deactivated: 0,
  deleted: 0,
  unchanged: 11,
  found: 0,
  failed: 0,
}

const report: ScimReport = {
  startedAt: now - 1_203_000,
  finishedAt: now - 1_200_000,
  requests: 4,
  user: counts,
  group: { ...counts, total: 3, updated: 0, unchanged: 3 },
  withoutGroups: false,
  problems: [],
  problemCount: 0,
  stopped: null,
}

const provider = {
  hasToken: true,
  isRunning: false,
  state: 'works',
  nextRunAt: now + 2_400_000,
  succeededAt: now - 1_200_000,
  report,
  failures: { items: [], list: listOf('/settings/admin/oidc-clients/1/scim', ['name'], 0) },
} as const

const page: ClientScimPage = {
  view: 'client-scim',
  viewer: anna,
  client: { id: '5b1c8f2e-3f0a-4a57-9d3c-5a8e0a6b7c11', name: 'Immich' },
  isGroupRestricted: true,
  provider,
  values: { endpoint: 'https://photos.example.com/scim/v2', removal: 'deactivate' },
  problems: [],
  found: { items: [], total: 0 },
  test: null,
  notice: null,
  count: 0,
  version: 'W/"1"',
  conflict: null,
}

const longName = 'somebody-with-a-name-that-is-as-long-as-names-come@a-subdomain.of.a.company.example.com'

const problems: readonly ScimProblem[] = [
  { kind: 'user', localId: '1', name: 'bob', code: 'conflict', detail: '409 uniqueness email is taken' },
  { kind: 'group', localId: '2', name: longName, code: 'refused', detail: `400 invalidValue ${longName}` },
  { kind: 'user', localId: '3', name: 'eve', code: 'still_active', detail: null },
]

export const scimStates: Readonly<Record<string, PageModel>> = {
  'client-scim': page,
  'client-scim-new': {
    ...page,
    isGroupRestricted: false,
    provider: null,
    values: { endpoint: '', removal: 'deactivate' },
    version: '',
  },
  'client-scim-refused': {
    ...page,
    values: { endpoint: 'photos.example.com', removal: 'delete' },
    problems: [
      { field: 'endpoint', code: 'invalid_format', message: '' },
      { field: 'token', code: 'required', message: '' },
    ],
  },
  'client-scim-tested': {
    ...page,
    provider: { ...provider, isRunning: true, state: 'waiting', report: null, succeededAt: null },
    test: { works: true, capabilities: { patch: true, filter: true, bulk: false }, users: 1200, groups: 14 },
  },
  'client-scim-problems': {
    ...page,
    notice: 'adopted',
    count: 2,
    provider: {
      ...provider,
      state: 'incomplete',
      report: {
        ...report,
        user: { ...counts, created: 4, deactivated: 2, found: 2, failed: 2 },
        problems,
        problemCount: 103,
        withoutGroups: true,
      },
      failures: { items: problems, list: listOf('/settings/admin/oidc-clients/1/scim', ['name'], 103) },
    },
    found: {
      items: [
        { kind: 'user', localId: '4', name: 'ada', remoteName: 'ADA' },
        { kind: 'group', localId: '5', name: longName, remoteName: longName },
      ],
      total: 70,
    },
  },
  'client-scim-stopped': {
    ...page,
    conflict: [{ field: 'removal', stored: 'delete' }],
    test: { works: false, code: 'certificate', detail: 'CERT_HAS_EXPIRED' },
    provider: {
      ...provider,
      state: 'fails',
      isRunning: true,
      succeededAt: null,
      report: { ...report, stopped: { code: 'unreachable', detail: 'ECONNREFUSED', retryAfter: null } },
    },
  },
}
