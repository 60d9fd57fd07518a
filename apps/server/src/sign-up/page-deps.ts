import type { Mail } from '../email/email-service.ts'
import type { PageDeps } from '../http/deps.ts'
import type { Settings } from '../settings/settings.ts'
import type { Approvals } from './approvals.ts'
import type { SignUp } from './sign-up.ts'
import type { SignUpSettings } from './sign-up-settings.ts'
import type { SignupTokens } from './signup-tokens.ts'

export interface SignUpPageDeps extends PageDeps {
  readonly signUp: SignUp
  readonly signUpSettings: () => Promise<SignUpSettings>
  readonly signupTokens: SignupTokens
  readonly approvals: Approvals
  readonly mail: Mail
  readonly settings: Settings
}
