import type { PageDeps } from '../http/deps.ts'
import type { UserAdministration } from '../users/user-administration.ts'
import type { GroupAdministration } from './group-administration.ts'

export interface GroupPageDeps extends PageDeps {
  readonly groups: GroupAdministration
  readonly users: UserAdministration
}
