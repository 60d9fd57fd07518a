import type { User } from '@pocket/directory'
import type { PageDeps } from '../../http/deps.ts'
import type { ApplicationImages } from '../../images/application-images.ts'
import type { InitialAccessTokenAdministration } from '../../initial-access-tokens/initial-access-tokens.ts'
import type { Settings } from '../settings.ts'

export interface SettingPageDeps extends PageDeps {
  readonly settings: Settings
  readonly applicationImages: ApplicationImages
  readonly initialAccessTokens: InitialAccessTokenAdministration
  /** Whether the newest attempted e-mail was sent, and when. */
  readonly lastEmail: () => Promise<{ readonly succeeded: boolean; readonly at: number } | undefined>
  /** The suffix of the message key of the LDAP section's status summary while the import is on. */
  readonly ldapStatus: () => Promise<string>
  /** Sends a test e-mail. @throws {ConfigurationError} with the response of the SMTP server in `details.answer`, and its cause in `details.problem` @throws {ConflictError} `user_email_not_set` */
  readonly testEmail: (user: User) => Promise<void>
}
