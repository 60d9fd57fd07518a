import type { Page, PageRequest } from '../page.ts'
import type { Group, GroupItem } from './group.ts'

/** Where groups are kept. */
export interface GroupStore {
  find(id: string): Promise<Group | undefined>
  /** Whatever the case of the letters. */
  findByName(name: string): Promise<Group | undefined>
  /** Those of these groups that there are, by name. */
  list(ids: readonly string[]): Promise<readonly Group[]>
  /** By the name that people read, and how many there are altogether; nobody's members are counted. */
  first(limit: number): Promise<Page<Group>>
  /**
   * Searches the name. Sorts by the names of the REST API; the oldest come first by default. Always the same number of
   * statements.
   */
  page(request: PageRequest): Promise<Page<GroupItem>>
  /** Returns `false`, and changes nothing, where another group has the name, whatever the case of the letters. */
  insert(group: Group): Promise<boolean>
  /** Like `insert`, for a group that is there; call it under the lock of the users. */
  update(group: Group): Promise<boolean>
  /** Removes the group, memberships and claims included. Returns `false` where there is no such group. */
  remove(id: string): Promise<boolean>
}
