import type { UserAdministration } from '../users/user-administration.ts'
import type { SessionAdministration } from './session-administration.ts'

/** What the pages and operations of sessions use in addition. */
export interface SessionServices {
  readonly sessions: SessionAdministration
  readonly users: UserAdministration
}
