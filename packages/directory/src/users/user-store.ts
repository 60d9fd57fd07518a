import type { User } from './user.ts'

/** A property that no two users share, by its name in the REST API. */
export type UniqueProperty = 'email' | 'username' | 'id'

/** Where users are kept. */
export interface UserStore {
  find(id: string): Promise<User | undefined>
  /** By user name or else by e-mail address, whatever the case of the letters. */
  findByName(name: string): Promise<User | undefined>
  /** All users, by user name. */
  list(): Promise<readonly User[]>
  /** Whether there is anybody. */
  any(): Promise<boolean>
  /**
   * Returns nothing where the user has been stored. Where somebody else has the same e-mail address, user name (whatever
   * the case of the letters) or id, it changes nothing and returns the first of these properties.
   */
  insert(user: User): Promise<UniqueProperty | undefined>
  /** Returns `false` where there is no such user. `at` in milliseconds. */
  setDisabled(id: string, disabled: boolean, at: number): Promise<boolean>
  /** Until the end of the running transaction nobody else inserts. */
  lock(): Promise<void>
}

/** What makes two names the same: the letters, not their case or how they are encoded. */
export function nameKey(name: string): string {
  return name.normalize('NFC').toLowerCase()
}
