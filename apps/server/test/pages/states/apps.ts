import type { AllowedApp, AppTile } from '../../../src/apps/page-model.ts'
import type { PageModel } from '../../../src/http/page-models.ts'
import { anna, day, long, now } from './common.ts'

const tile: AppTile = {
  id: 'immich',
  name: 'Immich',
  description: 'Photos',
  logo: null,
  launch: { href: 'https://photos.example.com/', host: 'photos.example.com' },
  isFavorite: true,
  lastUsedAt: now - 3 * 3_600_000,
}
const allowedApp = (id: string, name: string, scopes: readonly string[]): AllowedApp => ({
  id,
  name,
  scopes,
  lastUsedAt: now - 2 * day,
  confirmUrl: `/settings/apps/${id}/withdraw`,
  removal: {
    act: 'withdrawConsent',
    names: [name],
    count: 1,
    submitTo: `/settings/apps/${id}/withdraw`,
    fields: [],
    isDangerous: true,
  },
})
const page = {
  view: 'apps',
  viewer: anna,
  recoveryNotice: null,
  isFirstPasskey: false,
  suggestsSecondPasskey: false,
  search: '',
  more: 0,
  moreAllowed: 0,
  notice: null,
} as const

export const appsStates: Readonly<Record<string, PageModel>> = {
  apps: {
    ...page,
    tiles: [
      tile,
      {
        ...tile,
        id: 'dsm',
        name: 'Synology DSM with a name that is as long as a name may be here',
        launch: {
          href: 'https://nas.a-rather-long-name-of-a-host.example.com:5001/',
          host: 'nas.a-rather-long-name-of-a-host.example.com:5001',
        },
        isFavorite: false,
        lastUsedAt: null,
      },
      { ...tile, id: 'photos', name: 'مكتبة الصور', launch: null, isFavorite: false },
    ],
    allowed: [allowedApp('immich', 'Immich', ['openid', 'profile', 'email']), allowedApp('wiki', 'The wiki', [])],
    notice: { done: 'withdrawn', name: 'Grafana' },
  },
  'apps-first-passkey': { ...page, isFirstPasskey: true, suggestsSecondPasskey: true, tiles: [], allowed: [] },
  'apps-one-passkey': { ...page, suggestsSecondPasskey: true, tiles: [tile], allowed: [] },
  'apps-many': {
    ...page,
    tiles: Array.from({ length: 40 }, (_, index) => ({
      ...tile,
      id: `app${index}`,
      name: `Application ${index}`,
      isFavorite: index < 3,
    })),
    more: 127,
    allowed: Array.from({ length: 15 }, (_, index) => allowedApp(`app${index}`, `Application ${index}`, ['openid'])),
    moreAllowed: 152,
  },
  'apps-none': { ...page, viewer: long, tiles: [], allowed: [] },
  'apps-not-found': { ...page, search: 'nothing like it', tiles: [], allowed: [] },
}
