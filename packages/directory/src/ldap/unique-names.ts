import type { User } from '../entities/user.ts'
import { nameKey } from '../users/user-store.ts'

/** The names that an owner requests, as keys for comparison. */
export interface NameClaim {
  readonly owner: string
  readonly keys: readonly string[]
}

export interface NameConflict {
  readonly key: string
  readonly holderId: string
}

/**
 * Assigns requested names in the given order, and returns the owners who cannot have theirs. A name that another owner gives
 * up is available to the next run; owners who exchange names need an administrator. Owners keep the names that they already
 * have.
 *
 * @param current - the names before the run
 */
export function findNameConflicts(
  current: readonly NameClaim[],
  requested: readonly NameClaim[],
): ReadonlyMap<string, NameConflict> {
  const holders = new Map(current.flatMap(({ owner, keys }) => keys.map((key) => [key, owner] as const)))
  const ownKeys = new Map(current.map(({ owner, keys }) => [owner, keys]))
  const conflicts = new Map<string, NameConflict>()
  for (const { owner, keys } of requested) {
    const conflict = keys
      .filter((key) => !ownKeys.get(owner)?.includes(key))
      .map((key) => ({ key, holderId: holders.get(key) ?? owner }))
      .find(({ holderId }) => holderId !== owner)
    if (conflict) conflicts.set(owner, conflict)
    else for (const key of keys) holders.set(key, owner)
  }
  return conflicts
}

/** Uniqueness keys of a user: a user name must not equal another user's e-mail address. */
export function nameKeysOf({ userName, email }: Pick<User, 'userName' | 'email'>): readonly string[] {
  return email === null ? [nameKey(userName)] : [nameKey(userName), nameKey(email)]
}
