import type { RedirectUriPolicy } from '@pocket/core/internal'
import type { AuditLogStore } from '../audit-log/audit-log-store.ts'
import type { Deps, PageDeps } from '../http/deps.ts'
import type { PagePictures } from '../http/page-pictures.ts'
import type { ClientLogos } from '../images/client-logos.ts'
import type { Settings } from '../settings/settings.ts'
import type { NewSecrets } from './new-secrets.ts'
import type { ScimState } from './page-model.ts'

/** A `UserGroupMinimalDto`. */
export interface AllowedGroup {
  readonly id: string
  readonly name: string
  readonly friendlyName: string
  readonly customClaims: readonly { readonly key: string; readonly value: string }[]
  readonly userCount: number
  readonly ldapId: string | null
  readonly createdAt: string
}

export interface ClientOperationDeps extends Deps {
  readonly clientLogos: ClientLogos
  /** The groups with these IDs; unknown IDs are ignored. */
  readonly groupsById: (ids: readonly string[]) => Promise<readonly AllowedGroup[]>
  /** A `UserGroupDto` and its `ETag`, or `undefined` if the group does not exist. */
  readonly groupDto: (id: string) => Promise<{ readonly dto: object; readonly validator: string } | undefined>
}

export interface ClientPageDeps extends PageDeps {
  readonly clientLogos: ClientLogos
  readonly pictures: PagePictures
  readonly settings: Settings
  readonly newSecrets: NewSecrets
  readonly auditLog: AuditLogStore
  readonly redirectUriPolicy: RedirectUriPolicy
  /** The proxies whose forwarded headers are trusted, and the origin where they reach this server. */
  readonly proxies: { readonly isTrusted: boolean; readonly pocketUrl: string }
  readonly scimState: (clientId: string) => Promise<ScimState>
}
