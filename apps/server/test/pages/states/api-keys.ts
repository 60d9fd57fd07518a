import { apiKeyScopes } from '../../../src/access/api-key-scope.ts'
import { emptyKey } from '../../../src/api-keys/key-form.ts'
import { apiKeyLine } from '../../../src/api-keys/key-line.ts'
import type { PageModel } from '../../../src/http/page-models.ts'
import { anna, day, listOf, long, now } from './common.ts'

const key = {
  id: '1',
  ownerId: '1',
  name: 'Terraform',
  description: null,
  tokenHash: '',
  scopes: null,
  canReadSecrets: true,
  expiresAt: now + 20 * day,
  lastUsedAt: now - 60_000,
  expirationEmailSent: false,
  createdAt: now - 10 * day,
} as const
const list = {
  ...listOf('/settings/api-keys', ['name', 'permissions', 'expires', 'lastUsed', 'created', 'acts'], 2),
  choices: ['permissions', 'expires', 'lastUsed', 'created'].map((name) => ({ name, shown: true })),
  filters: [{ name: 'expired', values: ['false', 'true'], chosen: '' }],
  sorts: [{ column: 'name', name: 'name' }],
}
const page = {
  view: 'api-keys',
  viewer: anna,
  list,
  keys: [
    apiKeyLine(key, now),
    apiKeyLine(
      {
        ...key,
        name: 'The backup of the house with a long name',
        description: 'Runs every night on the machine in the cellar',
        scopes: apiKeyScopes.slice(0, 5),
        canReadSecrets: false,
        expiresAt: now - day,
        lastUsedAt: null,
      },
      now,
    ),
  ],
  areas: ['account', 'users', 'groups', 'clients', 'settings', 'audit'],
  canCreate: true,
  offersSecrets: true,
  values: emptyKey,
  problems: [],
  problem: null,
  notice: null,
  bulkNotice: null,
} as const

export const apiKeysStates: Readonly<Record<string, PageModel>> = {
  'api-keys': page,
  'api-keys-none': { ...page, viewer: long, keys: [], canCreate: false },
  'api-keys-nothing-found': {
    ...page,
    list: { ...list, search: 'x', applied: [{ name: 'search', value: 'x', without: '?' }] },
    keys: [],
    bulkNotice: { done: 'revoke', count: 2, names: [], refused: [], refusedCount: 0, unchanged: 0, skipped: 0 },
  },
  'api-keys-created': {
    ...page,
    notice: { done: 'created', name: 'Terraform', token: 'pak_Zx8uVtq0n4y9kQmA1s2D3f4G5h6J7k8L9p0o_iU7y6T' },
  },
  'api-keys-refused': {
    ...page,
    values: { ...emptyKey, name: 'x', until: '2020-01-01', isLimited: true, scopes: [], canReadSecrets: true },
    problems: [
      { field: 'name', code: 'too_short', message: '' },
      { field: 'until', code: 'past', message: '' },
      { field: 'scopes', code: 'required', message: '' },
    ],
  },
  'api-key-renew': {
    view: 'api-key-renew',
    viewer: anna,
    id: '1',
    name: 'The backup of the house',
    values: { lifetime: 'month', until: '' },
    problems: [],
  },
}
