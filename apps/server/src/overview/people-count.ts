import type { Clock } from '@pocket/core'
import type { OverviewStore, UserCounts } from './overview-store.ts'

export type CountPeople = () => Promise<UserCounts>

/** Larger instances keep the count for a minute: it would take some tenths of a second per view. */
const largeInstanceSize = 10_000
const minute = 60_000

export function createPeopleCount(
  store: Pick<OverviewStore, 'countUsers'>,
  { rpId, clock }: { readonly rpId: string; readonly clock: Clock },
): CountPeople {
  let cached: { readonly people: UserCounts; readonly at: number } | undefined
  return async () => {
    const now = clock.now()
    const age = cached && now - cached.at
    if (cached && age !== undefined && age >= 0 && age < minute) return cached.people
    const people = await store.countUsers(rpId)
    cached = people.enabled > largeInstanceSize ? { people, at: now } : undefined
    return people
  }
}
