import { MasterKey } from '@pocket/core'
import { encryptionPurposes } from '@pocket/core/internal'
import { databaseOf } from '@pocket/core/internal/sql'
import { inspectDatabase } from '../database/inspect-database.ts'
import { stageKeyFile } from '../database/master-key.ts'
import { openMigratedDatabase } from '../database/migrated-database.ts'
import { type ReEncryption, reEncrypt } from '../database/re-encrypt.ts'
import { emailPurpose } from '../email/outbox.ts'
import type { Logger } from '../logging/logger.ts'
import { scimTokenPurpose } from '../scim/providers.ts'
import { settingPurpose } from '../settings/settings.ts'
import { signupTokenPurpose } from '../sign-up/signup-tokens.ts'
import { recordEvent } from './command-audit.ts'
import type { Config } from './config.ts'
import { backUpBeforeMigration } from './migration-backup.ts'
import { migrations, tables } from './server-tables.ts'

/** The purposes of all keys that encrypt stored values. A rotation fails if one is missing. */
const purposes = [
  ...Object.values(encryptionPurposes),
  emailPurpose,
  scimTokenPurpose,
  settingPurpose,
  signupTokenPurpose,
]

export interface MasterKeyRotation {
  readonly config: Config
  readonly logger: Logger
  readonly newKey: Buffer
  readonly stop: AbortSignal
  readonly showProgress: ReEncryption['showProgress']
}

export interface RotatedMasterKey {
  readonly fingerprint: string
  /** 0 if an interrupted rotation had already encrypted everything. */
  readonly rows: number
  /** Whether the key comes from the environment, where an operator has to replace it. */
  readonly isFromEnvironment: boolean
}

/** Replaces the master key of an instance, whose servers must be stopped. An interrupted rotation is repeated. */
export async function rotateMasterKey(rotation: MasterKeyRotation): Promise<RotatedMasterKey> {
  const { config, logger, newKey, stop, showProgress } = rotation
  const next = MasterKey.from(newKey)
  const { fingerprint } = next
  const isFromEnvironment = config.encryptionKey !== undefined
  const { fingerprints } = await inspectDatabase(config.database, logger)
  const isDone = fingerprints.size > 0 && [...fingerprints].every((stored) => stored === fingerprint)
  const openConfig = isDone ? { ...config, encryptionKey: newKey } : config
  const lock = { mode: 'exclusive' } as const
  const backUp = () => backUpBeforeMigration(openConfig, logger)
  const opened = await openMigratedDatabase(openConfig, { schema: { tables, migrations }, logger, stop, lock, backUp })
  await using _ = opened
  const { dataSource, masterKey: from } = opened
  const reEncryptAll = async () => {
    const keys = { from, to: next, purposes }
    const count = await reEncrypt({ dataSource, config: config.database, ...keys, logger, showProgress })
    await recordEvent({ event: 'encryption_key_rotated', fingerprint }, { dataSource, logger, config })
    return count
  }
  await using keyFile = isFromEnvironment ? undefined : await stageKeyFile(config, newKey)
  const rows = isDone ? 0 : await databaseOf(dataSource).transaction(reEncryptAll)
  await keyFile?.install()
  return { fingerprint, rows, isFromEnvironment }
}
