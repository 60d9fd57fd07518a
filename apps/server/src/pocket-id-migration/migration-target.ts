import type { Api, ApiGrant, Client, Consent, Passkey } from '@pocket/core'
import type { ImportedGrant, ImportedToken, KeyStatus } from '@pocket/core/internal'
import type { Group, User } from '@pocket/directory'
import type { ImportedClaim, LdapImportState } from '@pocket/directory/internal'
import type { ApiKey } from '../api-keys/api-key.ts'
import type { AuditEntry } from '../audit-log/audit-entry.ts'
import type { PreparedImage, Slot } from '../images/image.ts'
import type { ScimProvider } from '../scim/provider.ts'
import type { PlannedSetting } from './plan/plan-settings.ts'
import type { PlannedLoginCode, PlannedSignupToken } from './plan/plan-tokens.ts'
import type { SourceSigningKey } from './source-secrets.ts'

/** A SCIM target with its token in clear. */
export type PlannedScimTarget = Pick<ScimProvider, 'id' | 'clientId' | 'endpoint' | 'token' | 'createdAt'>

/** A token of the source that still works, or whose reuse ends its authorization. */
export interface PlannedToken {
  readonly kind: 'refresh_token' | 'access_token'
  readonly token: ImportedToken
}

type Write<Row> = (rows: readonly Row[]) => Promise<void>

/** Where planned rows go. Rows that others refer to come first. */
export interface MigrationTarget {
  readonly users: Write<User>
  readonly groups: Write<Group>
  readonly memberships: Write<{ readonly userId: string; readonly groupId: string; readonly endsAt: null }>
  readonly userClaims: Write<ImportedClaim>
  readonly groupClaims: Write<ImportedClaim>
  readonly ldapStates: Write<LdapImportState>
  readonly passkeys: Write<Passkey>
  /** Stores the RP ID that all passkeys are bound to. */
  readonly passkeyRpId: (rpId: string) => Promise<void>
  readonly apiKeys: Write<ApiKey>
  readonly clients: Write<Client>
  readonly apis: Write<Api>
  readonly apiGrants: Write<ApiGrant>
  readonly consents: Write<Consent>
  readonly scimTargets: Write<PlannedScimTarget>
  readonly signupTokens: Write<PlannedSignupToken>
  readonly loginCodes: Write<PlannedLoginCode>
  readonly auditEntries: Write<AuditEntry>
  readonly settings: Write<PlannedSetting>
  readonly pictures: Write<{ readonly slot: Slot; readonly image: PreparedImage }>
  readonly grants: Write<ImportedGrant>
  readonly tokens: Write<PlannedToken>
  readonly signingKey: (key: SourceSigningKey, status: KeyStatus) => Promise<void>
}
