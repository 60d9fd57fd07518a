import type { DataSource } from 'typeorm'
import type { PocketStores } from '../stores.ts'
import { createTypeormApiStore } from './api-store.ts'
import { createTypeormArtifactStore } from './artifact-store.ts'
import { createTypeormClientStore } from './client-store.ts'
import { createTypeormCodeStore } from './code-store.ts'
import { createTypeormConnectionLogStore } from './connection-log-store.ts'
import { createTypeormConsentStore } from './consent-store.ts'
import { databaseOf } from './database.ts'
import { createTypeormDeviceLoginStore } from './device-login-store.ts'
import { createTypeormInitialAccessTokenStore } from './initial-access-token-store.ts'
import { createTypeormIssuerStore } from './issuer-store.ts'
import { createTypeormKeyStore } from './key-store.ts'
import { createTypeormLimitStore } from './limit-store.ts'
import { createTypeormLogoutNoticeStore } from './logout-notice-store.ts'
import { createTypeormPasskeyStore } from './passkey-store.ts'
import { createTypeormReauthenticationStore } from './reauthentication-store.ts'
import { createTypeormSessionHistoryStore } from './session-history-store.ts'
import { createTypeormSpentChallengeStore } from './spent-challenge-store.ts'

/**
 * All stores of core, in the tables {@link pocketTables} of an initialized `DataSource` on which {@link pocketMigrations}
 * have run. From then on a host uses SQLite through the `DataSource` only: a statement on the connection of its driver may join a
 * transaction of the stores.
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
    apis: createTypeormApiStore(database),
    artifacts: createTypeormArtifactStore(database),
    spentChallenges: createTypeormSpentChallengeStore(database),
    clients: createTypeormClientStore(database),
    codes: createTypeormCodeStore(database),
    connectionLog: createTypeormConnectionLogStore(database),
    consents: createTypeormConsentStore(database),
    deviceLogins: createTypeormDeviceLoginStore(database),
    initialAccessTokens: createTypeormInitialAccessTokenStore(database),
    issuer: createTypeormIssuerStore(database),
    keys: createTypeormKeyStore(database),
    limits: createTypeormLimitStore(database),
    logoutNotices: createTypeormLogoutNoticeStore(database),
    passkeys: createTypeormPasskeyStore(database),
    reauthentications: createTypeormReauthenticationStore(database),
    sessionHistory: createTypeormSessionHistoryStore(database),
    transaction: database.transaction,
    batch: database.batch,
  }
}
