import type { ListView } from '../../../src/http/list-view.ts'
import type { Viewer } from '../../../src/http/viewer.ts'

/** The current time of every page: 24 November 2025. */
export const now = Date.UTC(2025, 10, 24, 8, 14)

export const day = 86_400_000

export const anna: Viewer = { id: 'anna', userName: 'anna', displayName: 'Anna Koch', isAdmin: true, locale: null }

export const long: Viewer = {
  id: 'long',
  userName: 'dolores',
  displayName: 'Dolores Ibárruri-Fernández de la Torre',
  isAdmin: false,
  locale: null,
}

export const synology = { id: 'synology-dsm', name: 'Synology DSM', destination: 'nas.example.com:5001' }

export const immich = { id: 'immich', name: 'Immich', destination: 'photos.example.com' }

export const ceremony = {
  options: { challenge: 'c2hvcnQ', rpId: 'localhost', userVerification: 'required', timeout: 300_000 },
  expiresAt: now + 300_000,
  refreshFrom: '/ceremony',
  submitTo: '/submit',
} as const

/** A list with some columns, sorted by the first. */
export function listOf(path: string, columns: readonly [string, ...string[]], total: number): ListView {
  const sort = { column: columns[0], descending: false }
  return {
    path,
    search: '',
    columns: columns.map((name, index) => ({ name, href: '?', sorted: index === 0 ? 'ascending' : null })),
    choices: columns.slice(1).map((name) => ({ name, shown: true })),
    filters: [],
    applied: [],
    sorts: columns.map((name) => ({ column: name, name })),
    sort,
    limits: [20, 50, 100],
    limit: 20,
    total,
    page: 1,
    pages: Math.max(1, Math.ceil(total / 20)),
    from: Math.min(1, total),
    to: Math.min(20, total),
    previous: null,
    next: total > 20 ? '?page=2' : null,
    last: total > 40 ? '?page=3' : null,
    here: '?',
    fields: [],
  }
}
