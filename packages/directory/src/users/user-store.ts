import type { User, UserDetails } from '../entities/user.ts'
import type { Page, PageRequest } from '../page.ts'

/** A unique property of users, by its name in the REST API. */
export type UniqueProperty = 'email' | 'username' | 'id'

/** Stores users. */
export interface UserStore {
  find(id: string): Promise<User | undefined>
  /** The user with groups and claims, in one statement, which a request sends once. */
  findDetails(id: string): Promise<UserDetails | undefined>
  /** The existing users among these IDs, in any order, in one statement. */
  findMany(ids: readonly string[]): Promise<readonly User[]>
  /** By user name or e-mail address, ignoring case; nothing if two users match. */
  findByName(name: string): Promise<User | undefined>
  /** By e-mail address only, ignoring case. */
  findByEmail(email: string): Promise<User | undefined>
  /** All users, sorted by user name. */
  list(): Promise<readonly User[]>
  /**
   * Searches each word in the e-mail address and the names. Accepts the sorts and filters of the REST API; oldest
   * first by default. Uses a constant number of statements.
   */
  page(request: PageRequest): Promise<Page<UserDetails>>
  /** The IDs of all users that match the request, in its order, in one statement. */
  ids(request: PageRequest): Promise<readonly string[]>
  /** Adds the groups and claims to these users, in their order, in one statement. */
  withDetails(users: readonly User[]): Promise<readonly UserDetails[]>
  hasAdministrator(): Promise<boolean>
  /** Whether there is another enabled administrator. */
  hasOtherAdministrator(id: string): Promise<boolean>
  /**
   * Returns nothing on success. If another user has the same e-mail address, user name (ignoring case) or ID, it changes
   * nothing and returns the first of these properties. A user name also conflicts with another user's e-mail address and vice
   * versa, since users sign in with either.
   */
  insert(user: User): Promise<UniqueProperty | undefined>
  /**
   * Like `insert`, for an existing user with its stored values; requires the lock, without which a concurrent insert makes it throw.
   */
  update(user: User, before: User): Promise<UniqueProperty | undefined>
  /** Removes the user with memberships and claims. Returns `false` if the user does not exist. */
  remove(id: string): Promise<boolean>
  /** Blocks other changes to users until the running transaction ends. */
  lock(): Promise<void>
}

/** Normalizes a name for comparison: ignores case and Unicode encoding. */
export function nameKey(name: string): string {
  return name.normalize('NFC').toLowerCase()
}

/** Bytes in UTF-8: an index row of PostgreSQL has at most 2704, and one index also contains the e-mail address. */
const maxSearchKeyBytes = 1600

/** The searchable strings, one per line and normalized by {@link nameKey}. */
export function searchKeyOf(texts: readonly string[]): string {
  const bytes = new TextEncoder().encode(nameKey(texts.join('\n')))
  // A character that is cut off is omitted.
  return new TextDecoder().decode(bytes.subarray(0, maxSearchKeyBytes), { stream: true })
}
