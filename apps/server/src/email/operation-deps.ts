import type { Deps } from '../http/deps.ts'
import type { UserAdministration } from '../users/user-administration.ts'
import type { Mail } from './email-service.ts'

export interface EmailOperationDeps extends Deps {
  readonly mail: Mail
  readonly users: UserAdministration
}
