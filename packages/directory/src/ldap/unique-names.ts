import type { Turns } from './turns.ts'

/** The names that an owner requests, as keys for comparison. */
export interface NameClaim {
  readonly owner: string
  readonly keys: readonly string[]
}

export interface NameChange extends NameClaim {
  /** The owner's current names, which are kept if the new ones are taken; `null` for a new owner. */
  readonly before: readonly string[] | null
}

export interface NameClaims {
  /** Names of owners that do not change. Owners that are also in `wanted` are ignored. */
  readonly fixed: readonly NameClaim[]
  /** In order of priority; owners that keep their names precede all others. */
  readonly wanted: readonly NameChange[]
}

/** The taken key and its owner. */
export interface NameConflict {
  readonly key: string
  readonly takenBy: string
}

/**
 * Assigns requested names as far as they are free, and returns the owners without a name and the reasons. Names may be handed
 * over in chains and cycles. Owners that cannot get new names keep the old ones, which then blocks others.
 */
export async function claimNames(
  { fixed, wanted }: NameClaims,
  turns: Turns,
): Promise<ReadonlyMap<string, NameConflict>> {
  const changing = new Map(wanted.map((claim) => [claim.owner, claim]))
  const conflicts = new Map<string, NameConflict>()
  // A name that its owner keeps is not available.
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
  // The list grows during iteration: an owner that keeps its name may block another assignment.
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
