import type { Turns } from './turns.ts'

/** Who wants to be called what; names as keys, by which they are compared. */
export interface NameClaim {
  readonly owner: string
  readonly keys: readonly string[]
}

export interface NameChange extends NameClaim {
  /** What the owner is called now, and stays so where the new names are taken; `null` for one who is not there yet. */
  readonly before: readonly string[] | null
}

export interface NameClaims {
  /** Names of those who do not change. Owners that are among `wanted` as well are left aside. */
  readonly fixed: readonly NameClaim[]
  /** The first comes first, those who keep what they have before all others. */
  readonly wanted: readonly NameChange[]
}

/** The key that is taken, and by whom. */
export interface NameConflict {
  readonly key: string
  readonly takenBy: string
}

/**
 * Gives everybody the names they want as far as those are free, and returns who gets none, and why. Names may change hands
 * in one go, in circles too. Who cannot have the new ones keeps the old ones, for which others then have to stand back.
 */
export async function claimNames(
  { fixed, wanted }: NameClaims,
  turns: Turns,
): Promise<ReadonlyMap<string, NameConflict>> {
  const changing = new Map(wanted.map((claim) => [claim.owner, claim]))
  const conflicts = new Map<string, NameConflict>()
  // Nobody gets what its owner keeps.
  const kept = new Map<string, string>()
  const keep = (owner: string, keys: readonly string[]) => {
    for (const key of keys) if (!kept.has(key)) kept.set(key, owner)
  }
  await turns.each(fixed, ({ owner, keys }) => {
    if (!changing.has(owner)) keep(owner, keys)
  })
  await turns.each(wanted, ({ owner, keys, before }) => {
    if (before)
      keep(
        owner,
        before.filter((key) => keys.includes(key)),
      )
  })
  const got = new Map<string, string>()
  const stayed: NameChange[] = []
  await turns.each(wanted, (claim) => {
    const { owner, keys, before } = claim
    const conflict = keys
      .filter((key) => !before?.includes(key))
      .map((key) => ({ key, takenBy: kept.get(key) ?? got.get(key) ?? owner }))
      .find(({ takenBy }) => takenBy !== owner)
    if (conflict) {
      conflicts.set(owner, conflict)
      stayed.push(claim)
    } else for (const key of keys) got.set(key, owner)
  })
  // Grows while it is gone through: whoever stands back keeps what somebody else was given.
  await turns.each(stayed, ({ owner, before }) => {
    for (const key of before ?? []) {
      if (kept.has(key)) continue
      kept.set(key, owner)
      const other = changing.get(got.get(key) ?? owner)
      if (other === undefined || other.owner === owner || conflicts.has(other.owner)) continue
      conflicts.set(other.owner, { key, takenBy: owner })
      stayed.push(other)
    }
  })
  return conflicts
}
