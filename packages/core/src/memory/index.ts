import type { ApiGrant } from '../apis/api.ts'
import type { Consent } from '../consents/consent.ts'
import type { PocketStores } from '../stores.ts'
import { MemoryApiStore } from './api-store.ts'
import { MemoryArtifactStore } from './artifact-store.ts'
import { MemoryClientStore } from './client-store.ts'
import { MemoryCodeStore } from './code-store.ts'
import { MemoryConnectionLogStore } from './connection-log-store.ts'
import { MemoryConsentStore } from './consent-store.ts'
import { MemoryDeviceLoginStore } from './device-login-store.ts'
import { MemoryInitialAccessTokenStore } from './initial-access-token-store.ts'
import { MemoryIssuerStore } from './issuer-store.ts'
import { MemoryKeyStore } from './key-store.ts'
import { MemoryLimitStore } from './limit-store.ts'
import { MemoryLogoutNoticeStore } from './logout-notice-store.ts'
import { MemoryState } from './memory-state.ts'
import { MemoryPasskeyStore } from './passkey-store.ts'
import { MemoryReauthenticationStore } from './reauthentication-store.ts'
import { MemorySessionHistoryStore } from './session-history-store.ts'
import { MemorySpentChallengeStore } from './spent-challenge-store.ts'

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
  const clients = new MemoryClientStore(state, consents, apiGrants)
  return {
    apis: new MemoryApiStore(state, apiGrants),
    artifacts: new MemoryArtifactStore(state),
    spentChallenges: new MemorySpentChallengeStore(state),
    clients,
    codes: new MemoryCodeStore(state),
    connectionLog: new MemoryConnectionLogStore(state, (id) => clients.has(id)),
    consents: new MemoryConsentStore(state, consents),
    deviceLogins: new MemoryDeviceLoginStore(state),
    initialAccessTokens: new MemoryInitialAccessTokenStore(state),
    issuer: new MemoryIssuerStore(state),
    keys: new MemoryKeyStore(state),
    limits: new MemoryLimitStore(state),
    logoutNotices: new MemoryLogoutNoticeStore(state),
    passkeys: new MemoryPasskeyStore(state),
    reauthentications: new MemoryReauthenticationStore(state),
    sessionHistory: new MemorySessionHistoryStore(state),
    transaction: state.transaction,
  }
}
