import type { FieldError } from '@pocket/core/errors'
import type { BulkNotice } from '../http/bulk.ts'
import type { PickedItem } from '../http/choices.ts'
import type { Confirmation } from '../http/confirm-page-model.ts'
import type { Notice } from '../http/flash.ts'
import type { Difference } from '../http/form-page.ts'
import type { ListView } from '../http/list-view.ts'
import type { SignedInPage } from '../http/viewer.ts'

/** `/settings/admin/apis`. */
export interface ApisPage extends SignedInPage<'apis'> {
  readonly list: ListView
  readonly apis: readonly {
    readonly id: string
    readonly name: string
    readonly resource: string
    readonly format: 'jwt' | 'opaque'
    readonly permissions: number
    readonly createdAt: number
  }[]
  readonly removed: string | null
  readonly bulkNotice: BulkNotice | null
}

export interface ApiFormValues {
  readonly name: string
  readonly accessTokenFormat: string
  /** Empty for the default. */
  readonly accessTokenDurationMinutes: string
  /** Client IDs, one per line. */
  readonly resourceServerClientIds: string
  readonly allowCimdClients: boolean
}

/** `/settings/admin/apis/new`. Its form posts to the same path. */
export interface ApiNewPage extends SignedInPage<'api-new'> {
  readonly values: ApiFormValues & { readonly resource: string }
  readonly problems: readonly FieldError[]
}

/** The form of one permission; its ID is `null` for a new one. */
export interface PermissionForm {
  readonly id: string | null
  readonly key: string
  readonly name: string
  readonly description: string
  /** Whether clients with a metadata document may request it. */
  readonly isOffered: boolean
}

export type ApiTab = 'permissions' | 'clients' | 'settings'
export type ApiNotice = 'created' | 'saved' | 'access_saved' | 'access_removed'

/** A page of `/settings/admin/apis/<id>`. Its forms post to this path and paths below it. */
export interface ApiPage extends SignedInPage<'api'> {
  readonly tab: ApiTab
  readonly api: {
    readonly id: string
    readonly name: string
    readonly resource: string
    readonly allowCimdClients: boolean
  }
  /** Of the permissions or the clients, by tab. */
  readonly list: ListView
  readonly permissions: readonly (PermissionForm & { readonly id: string })[]
  readonly permissionCount: number
  readonly permission: PermissionForm & { readonly version: string; readonly problems: readonly FieldError[] }
  readonly clients: readonly {
    readonly id: string
    readonly name: string
    /** Number of permissions; `null`: no access. */
    readonly userPermissionCount: number | null
    readonly clientPermissionCount: number | null
  }[]
  readonly clientCount: number
  readonly values: ApiFormValues
  readonly version: string
  readonly problems: readonly FieldError[]
  /** The stored values, instead of the submitted ones, after a conflicting change. */
  readonly conflict: readonly Difference[] | null
  readonly notice: Notice<ApiNotice> | null
  readonly bulkNotice: BulkNotice | null
  readonly removal: Confirmation
}

/** `/settings/admin/apis/<id>/clients/<client id>`: the access of one client to one API. */
export interface ApiAccessPage extends SignedInPage<'api-access'> {
  readonly api: Pick<ApiPage['api'], 'id' | 'name' | 'resource'>
  readonly permissionCount: number
  readonly client: { readonly id: string; readonly name: string; readonly isPublic: boolean }
  readonly access: Readonly<
    Record<'delegated' | 'own', { readonly isAllowed: boolean; readonly permissions: readonly PickedItem[] }>
  >
  readonly version: string
  /** The stored values, instead of the submitted ones, after a conflicting change. */
  readonly conflict: readonly Difference<'delegated' | 'own'>[] | null
}

declare module '../http/page-models.ts' {
  interface PageModels {
    readonly 'api-access': ApiAccessPage
    readonly 'api-new': ApiNewPage
    readonly api: ApiPage
    readonly apis: ApisPage
  }
}
