import type { Page, PageRequest } from '../page.ts'
import type { User, UserDetails } from './user.ts'

/** A property that no two users share, by its name in the REST API. */
export type UniqueProperty = 'email' | 'username' | 'id'

/** Where users are kept. */
export interface UserStore {
  find(id: string): Promise<User | undefined>
  /** Those of these ids who are there, in any order, in one statement. */
  findEach(ids: readonly string[]): Promise<readonly User[]>
  /** By user name or e-mail address, whatever the case of the letters; nobody where that is two people's. */
  findByName(name: string): Promise<User | undefined>
  /** By e-mail address alone, whatever the case of the letters. */
  findByEmail(email: string): Promise<User | undefined>
  /** All users, by user name. */
  list(): Promise<readonly User[]>
  /**
   * Searches the e-mail address and the names, but not the one that is displayed. Sorts and filters by the names of the
   * REST API; the oldest come first by default. Always the same number of statements.
   */
  page(request: PageRequest): Promise<Page<UserDetails>>
  /** How many of the users are not disabled. */
  countEnabled(): Promise<number>
  /** The groups and claims of these users, in their order, in one statement. */
  withDetails(users: readonly User[]): Promise<readonly UserDetails[]>
  /** Whether anybody is an administrator. */
  anyAdministrator(): Promise<boolean>
  /** Whether somebody else than this user is an administrator, and not disabled. */
  anyOtherAdministrator(id: string): Promise<boolean>
  /**
   * Returns nothing where the user has been stored. Where somebody else has the same e-mail address, user name (whatever
   * the case of the letters) or id, it changes nothing and returns the first of these properties. A user name that is
   * somebody else's e-mail address counts as the same, and so the other way about: people sign in by either.
   */
  insert(user: User): Promise<UniqueProperty | undefined>
  /**
   * Like `insert`, for a user who is there; call it under the lock, without which a user who is created meanwhile makes it
   * throw.
   */
  update(user: User): Promise<UniqueProperty | undefined>
  /** Removes the user, memberships and claims included. Returns `false` where there is no such user. */
  remove(id: string): Promise<boolean>
  /** Until the end of the running transaction nobody else changes users. */
  lock(): Promise<void>
}

/**
 * What makes two names the same: the letters, not their case or how they are encoded.
 *
 * @example
 * ```ts
 * nameKey('Ada') === nameKey('ADA') // true
 * ```
 */
export function nameKey(name: string): string {
  return name.normalize('NFC').toLowerCase()
}
