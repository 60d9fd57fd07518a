import type { FieldError } from '@pocket/core/errors'
import type { Confirmation } from '../http/confirm-page-model.ts'
import type { ListView } from '../http/list-view.ts'
import type { Viewer } from '../http/viewer.ts'
import type { BulkNotice } from '../users/page-model.ts'
import type { ApiKeyScope } from './api-key.ts'

/** How long a key can be good for, as the form calls it. */
export const apiKeyLifetimes = ['week', 'month', 'quarter', 'year'] as const
export type ApiKeyLifetime = (typeof apiKeyLifetimes)[number]

/** A key as its owner sees it. Instants are milliseconds since the Unix epoch. */
export interface ApiKeyLine {
  readonly id: string
  readonly name: string
  readonly description: string
  /** `null`: everything that its owner may. */
  readonly scopes: readonly ApiKeyScope[] | null
  readonly expiresAt: number
  readonly isExpired: boolean
  readonly lastUsedAt: number | null
  readonly createdAt: number
  /** Where it is asked whether to revoke it, and where for how long to renew it: only what has expired can be. */
  readonly revokeAt: string
  readonly revoking: Confirmation
  readonly renewAt: string
}

export interface ApiKeyFormValues {
  readonly name: string
  readonly description: string
  readonly lifetime: ApiKeyLifetime
  /** A day such as 2027-01-31, which counts where there is one. */
  readonly until: string
  readonly isLimited: boolean
  readonly scopes: readonly string[]
}

export const apiKeyNotices = ['created', 'renewed', 'revoked'] as const

/** `/settings/api-keys`: the keys that one has given to programs. */
export interface ApiKeysPage {
  readonly view: 'api-keys'
  readonly viewer: Viewer
  readonly list: ListView
  readonly keys: readonly ApiKeyLine[]
  /** What a key can be limited to. */
  readonly areas: readonly string[]
  /** Whether this session may make keys: it began with a passkey. */
  readonly canCreate: boolean
  readonly values: ApiKeyFormValues
  readonly problems: readonly FieldError[]
  readonly problem: string | null
  /** What has just been done; the token in clear is shown this once. */
  readonly notice: {
    readonly done: (typeof apiKeyNotices)[number]
    readonly name: string
    readonly token: string | null
  } | null
  /** What became of several that were to be revoked. */
  readonly several: BulkNotice | null
}

/** `/settings/api-keys/ID/renew`: for how long a key that has expired is to be good again. */
export interface ApiKeyRenewPage {
  readonly view: 'api-key-renew'
  readonly viewer: Viewer
  readonly id: string
  readonly name: string
  readonly values: Pick<ApiKeyFormValues, 'lifetime' | 'until'>
  readonly problems: readonly FieldError[]
}
