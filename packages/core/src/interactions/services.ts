import type Provider from 'oidc-provider'
import type { ApiAccessReader } from '../apis/access.ts'
import type { Sessions } from '../oidc/sessions.ts'
import type { SessionHistory } from '../sessions/session-history.ts'
import type { MailedCodes } from './mailed-codes.ts'
import type { SignInService } from './sign-in.ts'
import type { SignUpService } from './sign-up.ts'

export interface InteractionServices {
  readonly provider: () => Provider
  readonly apiAccess: ApiAccessReader
  readonly sessions: Sessions
  readonly history: SessionHistory
  readonly signIn: SignInService
  readonly signUp: SignUpService
  readonly mailedCodes: MailedCodes
}
