import type { DataSource } from 'typeorm'
import type { PocketStores } from '../stores.ts'
import { TypeormApiStore } from './api-store.ts'
import { TypeormArtifactStore } from './artifact-store.ts'
import { TypeormClientStore } from './client-store.ts'
import { TypeormCodeStore } from './code-store.ts'
import { TypeormConnectionLogStore } from './connection-log-store.ts'
import { TypeormConsentStore } from './consent-store.ts'
import { databaseOf } from './database.ts'
import { TypeormDeviceLoginStore } from './device-login-store.ts'
import { TypeormInitialAccessTokenStore } from './initial-access-token-store.ts'
import { TypeormIssuerStore } from './issuer-store.ts'
import { TypeormKeyStore } from './key-store.ts'
import { TypeormLimitStore } from './limit-store.ts'
import { TypeormLogoutNoticeStore } from './logout-notice-store.ts'
import { TypeormPasskeyStore } from './passkey-store.ts'
import { TypeormReauthenticationStore } from './reauthentication-store.ts'
import { TypeormSessionHistoryStore } from './session-history-store.ts'
import { TypeormSpentChallengeStore } from './spent-challenge-store.ts'

/**
 * All stores of core, in the tables {@link pocketTables} of an initialized `DataSource` on which {@link pocketMigrations}
 * have run.
 *
 * @throws ConfigurationError if the `DataSource` is not initialized or is neither better-sqlite3 nor postgres.
 *
 * @example
 * ```ts
 * const stores = typeormStores(dataSource)
 * ```
 */
export function typeormStores(dataSource: DataSource): PocketStores {
  const database = databaseOf(dataSource)
  return {
    apis: new TypeormApiStore(database),
    artifacts: new TypeormArtifactStore(database),
    spentChallenges: new TypeormSpentChallengeStore(database),
    clients: new TypeormClientStore(database),
    codes: new TypeormCodeStore(database),
    connectionLog: new TypeormConnectionLogStore(database),
    consents: new TypeormConsentStore(database),
    deviceLogins: new TypeormDeviceLoginStore(database),
    initialAccessTokens: new TypeormInitialAccessTokenStore(database),
    issuer: new TypeormIssuerStore(database),
    keys: new TypeormKeyStore(database),
    limits: new TypeormLimitStore(database),
    logoutNotices: new TypeormLogoutNoticeStore(database),
    passkeys: new TypeormPasskeyStore(database),
    reauthentications: new TypeormReauthenticationStore(database),
    sessionHistory: new TypeormSessionHistoryStore(database),
    transaction: database.transaction,
    batch: database.batch,
  }
}
