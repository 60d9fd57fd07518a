import type { Confirmation } from '../http/confirm-page-model.ts'
import type { ClientPictures } from '../http/page-pictures.ts'
import type { Viewer } from '../http/viewer.ts'

/** An application as the people who use it see it. Instants are milliseconds since the Unix epoch. */
export interface AppTile {
  readonly id: string
  readonly name: string
  readonly description: string
  readonly logo: ClientPictures | null
  /** Where it starts, and at which host; `null` where nobody has said. */
  readonly launch: { readonly href: string; readonly host: string } | null
  readonly isFavourite: boolean
  readonly lastUsedAt: number | null
}

/** What somebody has allowed an application. */
export interface AllowedApp {
  readonly id: string
  readonly name: string
  /** As the OAuth scopes are called. */
  readonly scopes: readonly string[]
  readonly lastUsedAt: number
  /** What is asked before it is taken back, and where. */
  readonly askAt: string
  readonly removal: Confirmation
}

export const appNotices = ['withdrawn'] as const

/** `/settings/apps`: the applications of whoever looks at it. */
export interface AppsPage {
  readonly view: 'apps'
  readonly viewer: Viewer
  readonly search: string
  /** Favourites first, then what was used last. */
  readonly tiles: readonly AppTile[]
  /** How many match beside those that are shown. */
  readonly more: number
  readonly allowed: readonly AllowedApp[]
  readonly notice: { readonly done: (typeof appNotices)[number]; readonly name: string } | null
}
