import type { CooperativeScheduler } from './cooperative-scheduler.ts'

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
  /** Names of owners that do not change. Owners that are also in `requested` are ignored. */
  readonly fixed: readonly NameClaim[]
  /** In order of priority; owners that keep their names precede all others. */
  readonly requested: readonly NameChange[]
}

/** The taken key and its owner. */
export interface NameConflict {
  readonly key: string
  readonly holderId: string
}

/**
 * Assigns requested names as far as they are free, and returns the owners without a name and the reasons. Names may be handed
 * over in chains and cycles. Owners that cannot get new names keep the old ones, which then blocks others.
 */
export async function claimNames(
  { fixed, requested }: NameClaims,
  scheduler: CooperativeScheduler,
): Promise<ReadonlyMap<string, NameConflict>> {
  const requestByOwner = new Map(requested.map((claim) => [claim.owner, claim]))
  const conflicts = new Map<string, NameConflict>()
  // A name that its owner keeps is not available.
  const keptNames = new Map<string, string>()
  const keepNames = (owner: string, keys: readonly string[]) => {
    for (const key of keys) if (!keptNames.has(key)) keptNames.set(key, owner)
  }
  await scheduler.forEach(fixed, ({ owner, keys }) => {
    if (!requestByOwner.has(owner)) keepNames(owner, keys)
  })
  await scheduler.forEach(requested, ({ owner, keys, before }) => {
    if (before)
      keepNames(
        owner,
        before.filter((key) => keys.includes(key)),
      )
  })
  const assignedNames = new Map<string, string>()
  const rejected: NameChange[] = []
  await scheduler.forEach(requested, (claim) => {
    const { owner, keys, before } = claim
    const conflict = keys
      .filter((key) => !before?.includes(key))
      .map((key) => ({ key, holderId: keptNames.get(key) ?? assignedNames.get(key) ?? owner }))
      .find(({ holderId }) => holderId !== owner)
    if (conflict) {
      conflicts.set(owner, conflict)
      rejected.push(claim)
    } else for (const key of keys) assignedNames.set(key, owner)
  })
  // The list grows during iteration: an owner that keeps its name may block another assignment.
  await scheduler.forEach(rejected, ({ owner, before }) => {
    for (const key of before ?? []) {
      if (keptNames.has(key)) continue
      keptNames.set(key, owner)
      const displaced = requestByOwner.get(assignedNames.get(key) ?? owner)
      if (displaced === undefined || displaced.owner === owner || conflicts.has(displaced.owner)) continue
      conflicts.set(displaced.owner, { key, holderId: owner })
      rejected.push(displaced)
    }
  })
  return conflicts
}
