import type { FieldError } from '@pocket/core/errors'
import type { BulkNotice } from '../http/bulk.ts'
import type { Confirmation } from '../http/confirm-page-model.ts'
import type { ListView } from '../http/list-view.ts'
import type { SignedInPage } from '../http/viewer.ts'
import type { ApiKey } from './api-key.ts'

export const apiKeyLifetimes = ['week', 'month', 'quarter', 'year'] as const
export type ApiKeyLifetime = (typeof apiKeyLifetimes)[number]

/** An API key on its owner's page. Instants are milliseconds since the Unix epoch. */
export interface ApiKeyLine extends Omit<ApiKey, 'ownerId' | 'tokenHash' | 'description' | 'expirationEmailSent'> {
  readonly description: string
  readonly isExpired: boolean
  /** URLs of the revoke confirmation and of the renewal form; only an expired key can be renewed. */
  readonly revokeAt: string
  readonly revoking: Confirmation
  readonly renewAt: string
}

export interface ApiKeyFormValues {
  readonly name: string
  readonly description: string
  readonly lifetime: ApiKeyLifetime
  /** A date such as 2027-01-31, which takes precedence if given. */
  readonly until: string
  readonly isLimited: boolean
  readonly scopes: readonly string[]
  readonly canReadSecrets: boolean
}

export const apiKeyNotices = ['created', 'renewed', 'revoked'] as const

/** `/settings/api-keys`: the user's API keys. */
export interface ApiKeysPage extends SignedInPage<'api-keys'> {
  readonly list: ListView
  readonly keys: readonly ApiKeyLine[]
  readonly areas: readonly string[]
  /** Whether this session may create keys: it must have started with a passkey. */
  readonly canCreate: boolean
  readonly offersSecrets: boolean
  readonly values: ApiKeyFormValues
  readonly problems: readonly FieldError[]
  readonly problem: string | null
  /** The completed action; the plaintext token is shown only once. */
  readonly notice: {
    readonly done: (typeof apiKeyNotices)[number]
    readonly name: string
    readonly token: string | null
  } | null
  readonly bulkNotice: BulkNotice | null
}

/** `/settings/api-keys/ID/renew`: asks for the new lifetime of an expired key. */
export interface ApiKeyRenewPage extends SignedInPage<'api-key-renew'> {
  readonly id: string
  readonly name: string
  readonly values: Pick<ApiKeyFormValues, 'lifetime' | 'until'>
  readonly problems: readonly FieldError[]
}

declare module '../http/page-models.ts' {
  interface PageModels {
    readonly 'api-key-renew': ApiKeyRenewPage
    readonly 'api-keys': ApiKeysPage
  }
}
