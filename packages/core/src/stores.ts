import type { ApiStore } from './apis/api-store.ts'
import type { ClientStore } from './clients/client-store.ts'
import type { InitialAccessTokenStore } from './clients/initial-access-token-store.ts'
import type { CodeStore } from './codes/code-store.ts'
import type { DeviceLoginStore } from './codes/device-login-store.ts'
import type { ConnectionLogStore } from './connection-log/connection-attempt.ts'
import type { ConsentStore } from './consents/consent-store.ts'
import type { IssuerStore } from './issuer-store.ts'
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
 * All stores that core uses. `@pocket/core/typeorm` and `@pocket/core/memory` implement all of them.
 *
 * @example
 * ```ts
 * const stores: PocketStores = { ...typeormStores(dataSource), codes: new RedisCodeStore(redis) }
 * ```
 */
export interface PocketStores {
  /** APIs and the access of clients to them. */
  readonly apis: ApiStore
  /** Hashed oidc-provider artifacts: sessions, grants, codes and tokens. */
  readonly artifacts: ArtifactStore
  /** Clients and their secrets, encrypted or hashed. */
  readonly clients: ClientStore
  /** Hashed single-use login codes. */
  readonly codes: CodeStore
  /** The latest connection attempts of each client. */
  readonly connectionLog: ConnectionLogStore
  /** The consents of users for clients. */
  readonly consents: ConsentStore
  /** Single-use sign-in requests of other devices. */
  readonly deviceLogins: DeviceLoginStore
  /** Hashed initial access tokens for client registration (RFC 7591 §3). */
  readonly initialAccessTokens: InitialAccessTokenStore
  /** The issuer that all of them belong to. */
  readonly issuer: IssuerStore
  /** Signing keys, encrypted with the master key. */
  readonly keys: KeyStore
  /** Counters of the rate limits. */
  readonly limits: LimitStore
  /** Logout notices that are not delivered yet (OpenID Connect Back-Channel Logout). */
  readonly logoutNotices: LogoutNoticeStore
  /** Passkeys: public keys and counters. */
  readonly passkeys: PasskeyStore
  /** Hashed single-use proofs of recent re-authentication. */
  readonly reauthentications: ReauthenticationStore
  /** Used WebAuthn challenges (WebAuthn Level 3 §13.4.3). */
  readonly spentChallenges: SpentChallengeStore
  /** How sessions began, and the credentials that were used and created in them; kept after the sessions end. */
  readonly sessionHistory: SessionHistoryStore
  /** Runs writes to all these stores in one transaction. */
  readonly transaction: Transaction
  /** Sends writes of `work` that nothing waits for together, before it resolves. Without it, they are sent one by one. */
  readonly batch?: Transaction
}
