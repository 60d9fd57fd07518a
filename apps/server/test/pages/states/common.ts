import type { Viewer } from '../../../src/http/viewer.ts'

/** Now, for every page: 24 November 2025. */
export const now = Date.UTC(2025, 10, 24, 8, 14)

export const day = 86_400_000

export const anna: Viewer = { userName: 'anna', displayName: 'Anna Koch', isAdmin: true, locale: null }

export const long: Viewer = {
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
