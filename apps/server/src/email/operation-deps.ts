import type { Deps } from '../http/deps.ts'
import type { UserAdministration } from '../users/user-administration.ts'
import type { Mail } from './email-service.ts'

/** What the operations of e-mails use. */
export interface EmailOperationDeps extends Deps {
  readonly mail: Mail
  readonly users: UserAdministration
}
