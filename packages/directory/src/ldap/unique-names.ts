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
export function claimNames({ fixed, wanted }: NameClaims): ReadonlyMap<string, NameConflict> {
  const changing = new Set(wanted.map(({ owner }) => owner))
  const conflicts = new Map<string, NameConflict>()
  for (;;) {
    const taken = new Map<string, string>()
    const take = ({ owner, keys }: NameClaim) => {
      for (const key of keys) if (!taken.has(key)) taken.set(key, owner)
    }
    for (const claim of fixed) if (!changing.has(claim.owner)) take(claim)
    for (const claim of wanted) {
      const { owner, keys, before: own } = claim
      // Nobody gets what its owner keeps.
      if (own) take({ owner, keys: conflicts.has(owner) ? own : own.filter((key) => keys.includes(key)) })
    }
    const before = conflicts.size
    for (const claim of wanted) {
      if (conflicts.has(claim.owner)) continue
      const conflict = claim.keys
        .filter((key) => !claim.before?.includes(key))
        .map((key) => ({ key, takenBy: taken.get(key) ?? claim.owner }))
        .find(({ takenBy }) => takenBy !== claim.owner)
      if (conflict) conflicts.set(claim.owner, conflict)
      else take(claim)
    }
    if (conflicts.size === before) return conflicts
  }
}
