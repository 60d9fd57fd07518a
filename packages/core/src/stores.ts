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
import type { ChallengeStore } from './passkeys/challenge-store.ts'
import type { PasskeyStore } from './passkeys/passkey-store.ts'
import type { ReauthenticationStore } from './sessions/reauthentication-store.ts'
import type { Transaction } from './transaction.ts'

/** Everything that core persists, each through a port of its own. `@pocket/core/typeorm` and `/memory` bring them all. */
export interface PocketStores {
  readonly apis: ApiStore
  readonly artifacts: ArtifactStore
  readonly challenges: ChallengeStore
  readonly clients: ClientStore
  readonly codes: CodeStore
  readonly connectionLog: ConnectionLogStore
  readonly consents: ConsentStore
  readonly deviceLogins: DeviceLoginStore
  readonly initialAccessTokens: InitialAccessTokenStore
  readonly keys: KeyStore
  readonly limits: LimitStore
  readonly logoutNotices: LogoutNoticeStore
  readonly passkeys: PasskeyStore
  readonly reauthentications: ReauthenticationStore
  readonly transaction: Transaction
}
