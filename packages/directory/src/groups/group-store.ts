import type { Group, GroupItem } from '../entities/group.ts'
import type { Page, PageRequest } from '../page.ts'

/** Stores groups. */
export interface GroupStore {
  find(id: string): Promise<Group | undefined>
  /** Ignores case. */
  findByName(name: string): Promise<Group | undefined>
  /** The existing groups among these IDs, by name. */
  list(ids: readonly string[]): Promise<readonly Group[]>
  /** The first groups by display name, and the total count; members are not counted. */
  first(limit: number): Promise<Page<Group>>
  /**
   * Searches both names. Accepts the sort names of the REST API; oldest first by default. Uses a constant number of statements.
   */
  page(request: PageRequest): Promise<Page<GroupItem>>
  /** Returns `false` without changes if another group has the name, ignoring case. */
  insert(group: Group): Promise<boolean>
  /** Like `insert`, for an existing group; requires the lock of the users. */
  update(group: Group): Promise<boolean>
  /** Removes the group with its memberships and claims. Returns `false` if it does not exist. */
  remove(id: string): Promise<boolean>
}
