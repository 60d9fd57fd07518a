import type { ApiGrant } from '../apis/api.ts'
import type { Client } from '../clients/client.ts'
import type { Consent } from '../consents/consent.ts'
import type { PocketStores } from '../stores.ts'
import { createMemoryApiStore } from './api-store.ts'
import { createMemoryArtifactStore } from './artifact-store.ts'
import { createMemoryClientStore } from './client-store.ts'
import { createMemoryCodeStore } from './code-store.ts'
import { createMemoryConnectionLogStore } from './connection-log-store.ts'
import { createMemoryConsentStore } from './consent-store.ts'
import { createMemoryDeviceLoginStore } from './device-login-store.ts'
import { createMemoryInitialAccessTokenStore } from './initial-access-token-store.ts'
import { createMemoryIssuerStore } from './issuer-store.ts'
import { createMemoryKeyStore } from './key-store.ts'
import { createMemoryLimitStore } from './limit-store.ts'
import { createMemoryLogoutNoticeStore } from './logout-notice-store.ts'
import { MemoryState } from './memory-state.ts'
import { createMemoryPasskeyStore } from './passkey-store.ts'
import { createMemoryReauthenticationStore } from './reauthentication-store.ts'
import { createMemorySessionHistoryStore } from './session-history-store.ts'
import { createMemorySpentChallengeStore } from './spent-challenge-store.ts'

/**
 * In-memory stores, which are lost when the process ends: for first experiments and fast tests.
 *
 * @example
 * ```ts
 * const pocket = await createPocket({ issuer, masterKey, accounts, stores: memoryStores() })
 * ```
 */
export function memoryStores(): PocketStores {
  const state = new MemoryState()
  const consents = state.map<Consent>()
  const apiGrants = state.map<ApiGrant>()
  const clients = state.map<Client>()
  return {
    apis: createMemoryApiStore(state, apiGrants),
    artifacts: createMemoryArtifactStore(state),
    spentChallenges: createMemorySpentChallengeStore(state),
    clients: createMemoryClientStore(state, clients, consents, apiGrants),
    codes: createMemoryCodeStore(state),
    connectionLog: createMemoryConnectionLogStore(state, (id) => clients.has(id)),
    consents: createMemoryConsentStore(state, consents),
    deviceLogins: createMemoryDeviceLoginStore(state),
    initialAccessTokens: createMemoryInitialAccessTokenStore(state),
    issuer: createMemoryIssuerStore(state),
    keys: createMemoryKeyStore(state),
    limits: createMemoryLimitStore(state),
    logoutNotices: createMemoryLogoutNoticeStore(state),
    passkeys: createMemoryPasskeyStore(state),
    reauthentications: createMemoryReauthenticationStore(state),
    sessionHistory: createMemorySessionHistoryStore(state),
    transaction: state.transaction,
  }
}
