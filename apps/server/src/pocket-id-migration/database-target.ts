import { createHash } from 'node:crypto'
import type { MasterKey } from '@pocket/core'
import { createTokenImport, sealSigningKey, toStoredCode } from '@pocket/core/internal'
import { coreImport, type Database } from '@pocket/core/internal/sql'
import { directoryImport } from '@pocket/directory/internal'
import type { ApiKeyStore } from '../api-keys/api-key-store.ts'
import type { AuditLogStore } from '../audit-log/audit-log-store.ts'
import type { FileStore } from '../files/file-store.ts'
import { hashOf, type Slot } from '../images/image.ts'
import type { ImageStore } from '../images/image-store.ts'
import { imageFile } from '../images/images.ts'
import type { ScimProviderStore } from '../scim/provider-store.ts'
import { scimTokenPurpose } from '../scim/providers.ts'
import type { SettingStore } from '../settings/setting-store.ts'
import { toStoredSetting } from '../settings/settings.ts'
import { hashSignupToken } from '../sign-up/signup-token.ts'
import type { SignupTokenStore } from '../sign-up/signup-token-store.ts'
import { signupTokenPurpose } from '../sign-up/signup-tokens.ts'
import type { MigrationTarget } from './migration-target.ts'
import type { SourceSecrets } from './source-secrets.ts'

export interface TargetDeps {
  readonly database: Database
  readonly masterKey: MasterKey
  readonly apiKeys: Pick<ApiKeyStore, 'insert'>
  readonly auditLog: Pick<AuditLogStore, 'appendAll'>
  readonly scimProviders: Pick<ScimProviderStore, 'insert'>
  readonly settings: Pick<SettingStore, 'put'>
  readonly signupTokens: Pick<SignupTokenStore, 'insert'>
  readonly images: Pick<ImageStore, 'insert'>
  readonly files: Pick<FileStore, 'write'>
  readonly secrets: SourceSecrets
  /** Milliseconds since the Unix epoch. */
  readonly now: number
}

/** Writes to the empty tables of this server, in the transaction of the caller. */
export function databaseTarget(deps: TargetDeps): MigrationTarget {
  const { database, masterKey, now } = deps
  const core = coreImport(database)
  const directory = directoryImport(database)
  const { tokenKey, signingKey } = deps.secrets
  const tokenImport = createTokenImport(masterKey, { tokenKey, signingJwk: signingKey?.jwk })
  return {
    ...core,
    ...directory,
    async apiKeys(keys) {
      for (const key of keys) await deps.apiKeys.insert(key)
    },
    auditEntries: (entries) => deps.auditLog.appendAll(entries),
    async scimTargets(targets) {
      for (const { token, ...target } of targets)
        await deps.scimProviders.insert({
          ...target,
          token: token === '' ? '' : masterKey.encrypt(scimTokenPurpose, token),
          // As Pocket ID does.
          removal: 'delete',
          nextRunAt: now,
          leaseOwner: null,
          leaseUntil: null,
          startedAt: null,
          succeededAt: null,
          report: null,
        })
    },
    async signupTokens(tokens) {
      for (const { token, ...fields } of tokens)
        await deps.signupTokens.insert({
          ...fields,
          tokenHash: hashSignupToken(token),
          sealedToken: masterKey.encrypt(signupTokenPurpose, token),
        })
    },
    loginCodes: (codes) => core.codes(codes.map((code) => toStoredCode(masterKey, code))),
    async settings(settings) {
      for (const { key, value } of settings) {
        const row = toStoredSetting(masterKey, key, value)
        if (row) await deps.settings.put(row)
      }
    },
    async pictures(pictures) {
      for (const { slot, image } of pictures) {
        const { bytes, mediaType } = image
        const file = imageFile(slot, mediaType, fileId(slot, bytes))
        await deps.files.write(file, bytes)
        await deps.images.insert({ file, slot, mediaType, hash: hashOf(bytes), createdAt: now })
      }
    },
    grants: (grants) => core.artifacts(grants.map(tokenImport.grant)),
    tokens: (tokens) =>
      core.artifacts(
        tokens.map(({ kind, token }) =>
          kind === 'refresh_token' ? tokenImport.refreshToken(token) : tokenImport.accessToken(token),
        ),
      ),
    signingKey: (key, status) => core.keys([sealSigningKey(masterKey, key, { status, at: now })]),
  }
}

/** Always the same for the same picture, so that a repeated migration replaces the files of an interrupted one. */
function fileId(slot: Slot, bytes: Buffer): string {
  return createHash('sha256').update(`${slot}\0`).update(bytes).digest('hex').slice(0, 32)
}
