import type { PageModel } from '../../../src/http/page-models.ts'
import { anna, listOf, now } from './common.ts'

const api = {
  id: 'a1',
  name: 'Photos',
  resource: 'https://photos.example.com/api',
  allowCimdClients: true,
}

const values = {
  name: 'Photos',
  accessTokenFormat: 'jwt',
  accessTokenDurationMinutes: '10',
  resourceServerClientIds: '5b1c8f2e-3f0a-4a57-9d3c-5a8e0a6b7c11',
  allowCimdClients: true,
}

const permission = { id: null, key: '', name: '', description: '', isOffered: false, version: '', problems: [] }
const page = {
  view: 'api',
  tab: 'permissions',
  viewer: anna,
  api,
  list: listOf('/settings/admin/apis/a1', ['name', 'key', 'description', 'offered'], 2),
  permissions: [
    {
      id: 'p1',
      key: 'photos:read',
      name: 'See photos',
      description: 'With their place and time',
      isOffered: true,
    },
    { id: 'p2', key: 'photos:write', name: 'Add photos', description: '', isOffered: false },
  ],
  permissionCount: 2,
  permission,
  clients: [],
  clientCount: 2,
  values,
  version: 'W/"1"',
  problems: [],
  conflict: null,
  notice: null,
  bulkNotice: null,
  removal: {
    act: 'apisDelete',
    names: ['Photos'],
    count: 1,
    submitTo: '/settings/admin/apis/a1/remove',
    fields: [],
    isDangerous: true,
  },
} as const
const clientsTab = {
  ...page,
  tab: 'clients',
  list: listOf('/settings/admin/apis/a1/clients', ['name', 'access'], 2),
  clients: [
    { id: 'c1', name: 'Immich', userPermissionCount: 2, clientPermissionCount: null },
    {
      id: 'c2',
      name: 'A printer with a name that goes on for as long as names may go on',
      userPermissionCount: 1,
      clientPermissionCount: 0,
    },
  ],
} as const
const key = (number: number) => `photos:albums:${String(number).padStart(3, '0')}:read`

const list = listOf('/settings/admin/apis', ['name', 'resource', 'format', 'permissions', 'created'], 2)
const item = {
  id: 'a1',
  name: 'Photos',
  resource: api.resource,
  format: 'jwt',
  permissions: 2,
  createdAt: now,
} as const
const access = {
  delegated: { isAllowed: true, permissions: [{ id: 'p1', name: 'See photos', detail: 'photos:read' }] },
  own: { isAllowed: false, permissions: [] },
}

const apiAccess = {
  view: 'api-access',
  viewer: anna,
  api,
  permissionCount: 2,
  client: { id: 'c1', name: 'Immich', isPublic: false },
  access,
  version: 'W/"x"',
  conflict: null,
} as const

export const apisStates: Readonly<Record<string, PageModel>> = {
  apis: {
    view: 'apis',
    viewer: anna,
    list,
    apis: [
      item,
      { ...item, id: 'a2', name: 'Printing', resource: `urn:example:${'printing:'.repeat(12)}x`, format: 'opaque' },
    ],
    removed: 'Billing',
    bulkNotice: null,
  },
  'apis-none': { view: 'apis', viewer: anna, list: { ...list, total: 0 }, apis: [], removed: null, bulkNotice: null },
  'api-new': { view: 'api-new', viewer: anna, values: { ...values, name: '', resource: '' }, problems: [] },
  'api-new-refused': {
    view: 'api-new',
    viewer: anna,
    values: { ...values, name: '', resource: 'photos' },
    problems: [
      { field: 'name', code: 'required', message: '' },
      { field: 'resource', code: 'invalid_format', message: '' },
    ],
  },
  'api-page': page,
  'api-page-new': {
    ...page,
    notice: { done: 'created', name: 'Photos' },
    list: { ...page.list, total: 0 },
    permissions: [],
    permissionCount: 0,
    clientCount: 0,
  },
  'api-page-many': {
    ...page,
    list: { ...listOf('/settings/admin/apis/a1', ['name', 'key', 'description', 'offered'], 500), all: 500 },
    permissions: Array.from({ length: 20 }, (_, index) => ({
      id: `p${index}`,
      key: key(index),
      name: `See the photos of album ${index}`,
      description: index % 3 === 0 ? 'With their place and time, and the people who are in them' : '',
      isOffered: index % 4 === 0,
    })),
    permissionCount: 500,
    clientCount: 312,
  },
  'api-page-refused': {
    ...page,
    permission: { ...permission, key: 'photos:read', problems: [{ field: 'key', code: 'duplicate', message: '' }] },
  },
  'api-page-editing': {
    ...page,
    permission: { ...permission, ...page.permissions[0], version: 'W/"2"' },
    conflict: [{ field: 'description', stored: 'With their place' }],
  },
  'api-page-clients': clientsTab,
  'api-page-no-clients': { ...clientsTab, clients: [], clientCount: 0 },
  'api-page-settings': { ...page, tab: 'settings', conflict: [{ field: 'name', stored: 'Pictures' }] },
  'api-access': apiAccess,
  'api-access-conflict': { ...apiAccess, conflict: [{ field: 'own', stored: '✓ Read' }] },
  'api-access-public': {
    ...apiAccess,
    permissionCount: 0,
    client: { ...apiAccess.client, isPublic: true },
    access: { ...access, delegated: { isAllowed: false, permissions: [] } },
  },
}
