import type { ApiAccess } from '@pocket/core'
import type { FieldError } from '@pocket/core/errors'
import type { Difference } from '../http/form-page.ts'
import type { ListView } from '../http/list-view.ts'
import type { Viewer } from '../http/viewer.ts'
import type { BulkNotice } from '../users/page-model.ts'

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
  /** The name of the API that has just been deleted. */
  readonly removed: string | null
  /** What became of several that were to be deleted. */
  readonly several: BulkNotice | null
}

/** What the form of an API holds. */
export interface ApiFormValues {
  readonly name: string
  readonly accessTokenFormat: string
  /** Empty for what is usual. */
  readonly accessTokenDurationMinutes: string
  /** Ids of clients, one a line. */
  readonly resourceServerClientIds: string
}

/** `/settings/admin/apis/new`. Its form is posted to the same address. */
export interface ApiNewPage {
  readonly view: 'api-new'
  readonly viewer: Viewer
  readonly values: ApiFormValues & { readonly resource: string }
  readonly problems: readonly FieldError[]
}

/** A row of the form of permissions: key, name, description. */
export type PermissionRow = readonly [key: string, name: string, description: string]

export type ApiNotice = 'created' | 'saved' | 'access_saved' | 'access_removed'

/** `/settings/admin/apis/<id>`. Its forms are posted to it and below it. */
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
  /** Clients with access, by name, and how many of them are not shown. */
  readonly clients: readonly {
    readonly id: string
    readonly name: string
    /** How many permissions; `null`: no access. */
    readonly forPeople: number | null
    readonly clientPermissionCount: number | null
  }[]
  readonly moreClients: number
  /** Clients without access that were searched for; `null` before anybody has. */
  readonly found: readonly { readonly id: string; readonly name: string }[] | null
  readonly search: string
  readonly problems: readonly FieldError[]
  readonly notice: ApiNotice | null
  readonly version: string
  /** What is there now and not what was entered, where somebody else has saved meanwhile. */
  readonly conflict: readonly Difference[] | null
}

/** `/settings/admin/apis/<id>/clients/<client id>`: what one client may do at one API. */
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
  /** What is there now and not what was entered, where somebody else has saved meanwhile. */
  readonly conflict: readonly Difference<'delegated' | 'own'>[] | null
}
