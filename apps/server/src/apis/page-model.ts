import type { ApiAccess } from '@pocket/core'
import type { FieldError } from '@pocket/core/errors'
import type { BulkNotice } from '../http/bulk.ts'
import type { Difference } from '../http/form-page.ts'
import type { ListView } from '../http/list-view.ts'
import type { Viewer } from '../http/viewer.ts'

/** `/settings/admin/apis`. */
export interface ApisPage {
  readonly view: 'apis'
  readonly viewer: Viewer
  readonly list: ListView
  readonly apis: readonly {
    readonly id: string
    readonly name: string
    readonly resource: string
    readonly format: 'jwt' | 'opaque'
    readonly permissions: number
    readonly createdAt: number
  }[]
  /** The name of the API that was just deleted. */
  readonly removed: string | null
  /** The result of a bulk deletion. */
  readonly bulkNotice: BulkNotice | null
}

/** Values of the API form. */
export interface ApiFormValues {
  readonly name: string
  readonly accessTokenFormat: string
  /** Empty for the default. */
  readonly accessTokenDurationMinutes: string
  /** Client IDs, one per line. */
  readonly resourceServerClientIds: string
}

/** `/settings/admin/apis/new`. Its form posts to the same path. */
export interface ApiNewPage {
  readonly view: 'api-new'
  readonly viewer: Viewer
  readonly values: ApiFormValues & { readonly resource: string }
  readonly problems: readonly FieldError[]
}

/** A row of the permissions form: key, name, description. */
export type PermissionRow = readonly [key: string, name: string, description: string]

export type ApiNotice = 'created' | 'saved' | 'access_saved' | 'access_removed'

/** `/settings/admin/apis/<id>`. Its forms post to this path and paths below it. */
export interface ApiPage {
  readonly view: 'api'
  readonly viewer: Viewer
  readonly api: {
    readonly id: string
    readonly name: string
    readonly resource: string
    readonly createdAt: number
    readonly allowCimdClients: boolean
    readonly permissions: readonly {
      readonly id: string
      readonly key: string
      readonly name: string
      readonly allowedForCimdClients: boolean
    }[]
  }
  readonly values: ApiFormValues
  readonly permissions: readonly PermissionRow[]
  /** Clients with access, sorted by name, and the number of clients not shown. */
  readonly clients: readonly {
    readonly id: string
    readonly name: string
    /** Number of permissions; `null`: no access. */
    readonly forPeople: number | null
    readonly clientPermissionCount: number | null
  }[]
  readonly moreClients: number
  readonly problems: readonly FieldError[]
  readonly notice: ApiNotice | null
  readonly version: string
  /** The stored values, instead of the submitted ones, after a conflicting change. */
  readonly conflict: readonly Difference[] | null
}

/** `/settings/admin/apis/<id>/clients/<client id>`: the access of one client to one API. */
export interface ApiAccessPage {
  readonly view: 'api-access'
  readonly viewer: Viewer
  readonly api: Pick<ApiPage['api'], 'id' | 'name' | 'resource'> & {
    readonly permissions: readonly {
      readonly id: string
      readonly key: string
      readonly name: string
      readonly description: string
    }[]
  }
  readonly client: { readonly id: string; readonly name: string; readonly isPublic: boolean }
  readonly access: ApiAccess
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
