import type { PageDeps } from '../http/deps.ts'
import type { UserAdministration } from '../users/user-administration.ts'
import type { GroupAdministration } from './group-administration.ts'

/** What the pages of groups use. */
export interface GroupPageDeps extends PageDeps {
  readonly groups: GroupAdministration
  readonly users: UserAdministration
}
