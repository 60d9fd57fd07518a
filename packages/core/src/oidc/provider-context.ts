import type { IncomingMessage } from 'node:http'
import type { Adapter } from 'oidc-provider'
import type { ApiAccessReader } from '../apis/access.ts'
import type { SecretUses } from '../clients/secret-uses.ts'
import type { ConnectionRecorder } from '../connection-log/connection-log.ts'
import type { CoreContext } from '../context.ts'
import type { LogoutNotices } from '../logout-notices/logout-notices.ts'
import type { AdjustConfiguration } from './adjusted-configuration.ts'
import type { TrialMarks } from './client-trial/trial-mark.ts'
import type { CookieSignatures } from './cookie-signatures.ts'
import type { ExternalKey } from './external-keys.ts'
import type { SigningKey } from './key-generation.ts'
import type { ProtocolPages } from './pages.ts'
import type { PairwiseIdentifier } from './pairwise.ts'
import type { RefreshResponses } from './refresh-responses.ts'
import type { Registrar } from './registration/registrar.ts'

export interface ProviderContext extends CoreContext {
  readonly keys: readonly SigningKey[]
  /** If present, they replace `keys`. */
  readonly externalKeys: readonly ExternalKey[]
  readonly adapter: (model: string) => Adapter
  readonly pages: ProtocolPages
  readonly pairwise: PairwiseIdentifier
  readonly signOutUrl: string | undefined
  readonly apiAccess: ApiAccessReader
  readonly registrar: Registrar
  readonly refreshResponses: RefreshResponses
  readonly secretUses: Pick<SecretUses, 'recordUse' | 'rehash'>
  readonly enqueueLogoutNotice: LogoutNotices['enqueue']
  readonly recordAttempt: ConnectionRecorder['record']
  readonly isTrial: TrialMarks['isTrial']
  readonly recordFailedClient: (req: IncomingMessage, clientId: string) => Promise<void>
  /** Identifies the browser of a request without revealing its secret. */
  readonly browserIds: (req: IncomingMessage) => readonly string[]
  readonly isSignUpOpen: () => Promise<boolean>
  readonly cookieSignatures: CookieSignatures
  /** A 32-byte secret for DPoP nonces (RFC 9449 §8). */
  readonly nonceSecret: Buffer
  readonly adjustConfiguration: AdjustConfiguration | undefined
}
