import type { PageModel } from '../../../src/http/page-models.ts'
import { anna, ceremony, long } from './common.ts'

const page = { view: 'search', viewer: anna, maxQueryLength: 200 } as const

export const searchStates: Readonly<Record<string, PageModel>> = {
  'session-ended': {
    view: 'session-ended',
    ceremony,
    continueTo: '/settings/admin/user-groups/new',
    method: 'post',
    fields: [{ name: 'friendlyName', value: 'Family' }],
  },
  'signed-in-error': {
    view: 'signed-in-error',
    viewer: anna,
    title: null,
    code: 'client_not_found',
    description: 'There is no such client.',
    requestId: '9b1fc3d4-6d5e-4f3a-8a51-3b1a8e1c2d3f',
    missingId: 'synology-dsm',
    act: { href: '/settings/admin/oidc-clients', title: 'frame.rail.clients' },
  },
  search: {
    ...page,
    query: 'an',
    results: [
      { kind: 'page', name: 'Language', detail: '', href: '/settings/account' },
      { kind: 'application', name: 'Paperless ngx', detail: 'scans.example.com', href: 'https://scans.example.com' },
      { kind: 'user', name: 'Anna Koch', detail: 'anna · anna@example.com', href: '/settings/admin/users/1' },
      {
        kind: 'user',
        name: 'Dolores Ibárruri-Fernández de la Torre',
        detail: 'dolores · dolores.ibarruri-fernandez@a-very-long-name-of-a-host.example.com',
        href: '/settings/admin/users/2',
      },
      { kind: 'group', name: 'Landscapers', detail: 'landscapers', href: '/settings/admin/user-groups/1' },
      { kind: 'client', name: 'Paperless ngx', detail: 'scans.example.com', href: '/settings/admin/oidc-clients/1' },
    ],
  },
  'search-nothing': { ...page, viewer: long, query: 'nobody', results: [] },
  choose: {
    view: 'choose',
    viewer: anna,
    maxQueryLength: 200,
    kind: 'groups',
    field: 'groups',
    query: 'eng',
    here: '/settings/admin/choose/groups?field=groups&to=/settings/admin/oidc-clients/1/access',
    submitTo: '/settings/admin/oidc-clients/1/access',
    submitMethod: 'post',
    fields: [{ name: 'access', value: 'groups' }],
    chosen: [{ id: 'g1', name: 'Family', detail: 'Members: 6' }],
    found: [
      { id: 'g2', name: 'Engineering', detail: 'Members: 42' },
      { id: 'g3', name: 'Sales England', detail: '' },
    ],
    total: 12,
  },
}
