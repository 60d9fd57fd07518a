import type { Confirmation } from '../http/confirm-page-model.ts'
import type { ClientPictures } from '../http/page-pictures.ts'
import type { SignedInPage } from '../http/viewer.ts'
import type { RecoveryNotice } from '../recovery/page-model.ts'

/** An application on a user's page. Instants are milliseconds since the Unix epoch. */
export interface AppTile {
  readonly id: string
  readonly name: string
  readonly description: string
  readonly logo: ClientPictures | null
  /** The launch URL and its host; `null` if none is configured. */
  readonly launch: { readonly href: string; readonly host: string } | null
  readonly isFavorite: boolean
  readonly lastUsedAt: number | null
}

export interface AllowedApp {
  readonly id: string
  readonly name: string
  readonly scopes: readonly string[]
  readonly lastUsedAt: number
  /** The URL of the confirmation page, and the confirmation dialog. */
  readonly confirmUrl: string
  readonly removal: Confirmation
}

export const appNotices = ['withdrawn'] as const

/** `/settings/apps`: the applications of the signed-in user. */
export interface AppsPage extends SignedInPage<'apps'> {
  readonly recoveryNotice: RecoveryNotice | null
  /** Set once, after the user's first passkey was created. */
  readonly isFirstPasskey: boolean
  /** Whether to suggest a second passkey because the only one is bound to one device. */
  readonly suggestsSecondPasskey: boolean
  readonly search: string
  /** Favorites first, then most recently used. */
  readonly tiles: readonly AppTile[]
  /** Number of matches that are not shown. */
  readonly more: number
  readonly allowed: readonly AllowedApp[]
  readonly moreAllowed: number
  readonly notice: { readonly done: (typeof appNotices)[number]; readonly name: string } | null
}

declare module '../http/page-models.ts' {
  interface PageModels {
    readonly apps: AppsPage
  }
}
