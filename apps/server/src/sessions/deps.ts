import type { UserAdministration } from '../users/user-administration.ts'
import type { SessionAdministration } from './session-administration.ts'

/** Additional dependencies of the pages and operations of sessions. */
export interface SessionServices {
  readonly sessions: SessionAdministration
  readonly users: UserAdministration
}
