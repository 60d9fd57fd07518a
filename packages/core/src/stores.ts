import type { ApiStore } from './apis/api-store.ts'
import type { ClientStore } from './clients/client-store.ts'
import type { InitialAccessTokenStore } from './clients/initial-access-token-store.ts'
import type { CodeStore } from './codes/code-store.ts'
import type { DeviceLoginStore } from './codes/device-login-store.ts'
import type { ConnectionLogStore } from './connection-log/connection-attempt.ts'
import type { ConsentStore } from './consents/consent-store.ts'
import type { LimitStore } from './limits/limit-store.ts'
import type { LogoutNoticeStore } from './logout-notices/logout-notice-store.ts'
import type { ArtifactStore } from './oidc/artifact-store.ts'
import type { KeyStore } from './oidc/key-store.ts'
import type { PasskeyStore } from './passkeys/passkey-store.ts'
import type { SpentChallengeStore } from './passkeys/spent-challenge-store.ts'
import type { ReauthenticationStore } from './sessions/reauthentication-store.ts'
import type { SessionHistoryStore } from './sessions/session-history-store.ts'
import type { Transaction } from './transaction.ts'

/**
 * Everything that core persists, each through a port of its own. `@pocket/core/typeorm` and `/memory` bring them all.
 *
 * @example
 * ```ts
 * const stores: PocketStores = { ...typeormStores(dataSource), codes: new RedisCodeStore(redis) }
 * ```
 */
export interface PocketStores {
  /** APIs, and which clients have access. */
  readonly apis: ApiStore
  /** What oidc-provider keeps: sessions, grants, codes and tokens, hashed. */
  readonly artifacts: ArtifactStore
  /** Clients and their secrets, encrypted or hashed. */
  readonly clients: ClientStore
  /** Login codes, hashed, used once. */
  readonly codes: CodeStore
  /** The latest attempts of each client. */
  readonly connectionLog: ConnectionLogStore
  /** What people have allowed clients. */
  readonly consents: ConsentStore
  /** Devices that ask to be let in, used once. */
  readonly deviceLogins: DeviceLoginStore
  /** Tokens that let programs register clients (RFC 7591 §3), hashed. */
  readonly initialAccessTokens: InitialAccessTokenStore
  /** Signing keys, encrypted with the master key. */
  readonly keys: KeyStore
  /** How often something was tried. */
  readonly limits: LimitStore
  /** Logouts that clients have yet to hear of (OpenID Connect Back-Channel Logout). */
  readonly logoutNotices: LogoutNoticeStore
  /** Passkeys: public keys and counters. */
  readonly passkeys: PasskeyStore
  /** Proofs that somebody has just used a passkey, hashed, used once. */
  readonly reauthentications: ReauthenticationStore
  /** Challenges of ceremonies that were spent (WebAuthn Level 3 §13.4.3). */
  readonly spentChallenges: SpentChallengeStore
  /** How sessions began, and what was used and made in them; outlives the sessions. */
  readonly sessionHistory: SessionHistoryStore
  /** Keeps all writes of a piece of work together, across these stores, or none of them. */
  readonly transaction: Transaction
}
