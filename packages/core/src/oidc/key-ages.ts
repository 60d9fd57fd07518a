import { type Clock, monotonicOf } from '../clock.ts'
import type { StoredKey } from './key-store.ts'

/** Milliseconds. The clocks of processes differ by less, and a clock that is corrected jumps by less. */
const maxClockError = 7 * 24 * 60 * 60_000

interface Sighting {
  readonly at: number
  readonly ageThen: number
  readonly clockThen: number
}

/**
 * How long keys have had their status. Stored times can be those of a wrong clock, so a process measures the time since it
 * first saw a status, and believes a stored time only of what it found when it started, and only if that is long ago.
 */
export interface KeyAges {
  /** Call it with all stored keys whenever they are read. */
  observe(keys: readonly StoredKey[]): void
  /** Milliseconds. */
  of(key: StoredKey): number
  /** When the key will have had its status for this long, by the clock. */
  reachedAt(key: StoredKey, age: number): number
}

export function createKeyAges(clock: Clock): KeyAges {
  let seen: ReadonlyMap<string, Sighting> | undefined
  const monotonic = monotonicOf(clock)

  const firstSight = (key: StoredKey): Sighting => {
    const now = clock.now()
    const stored = now - key.statusSince
    return { at: monotonic(), ageThen: seen === undefined && stored > maxClockError ? stored : 0, clockThen: now }
  }
  const sightingOf = (key: StoredKey): Sighting => seen?.get(nameOf(key)) ?? firstSight(key)

  return {
    observe(keys) {
      seen = new Map(keys.map((key) => [nameOf(key), sightingOf(key)]))
    },
    of(key) {
      const { at, ageThen } = sightingOf(key)
      return ageThen + monotonic() - at
    },
    reachedAt(key, age) {
      const { ageThen, clockThen } = sightingOf(key)
      return clockThen + age - ageThen
    },
  }
}

/** Whether the key got its status from a clock that was so far ahead that its time says nothing. */
export function isFromTheFuture({ statusSince }: StoredKey, now: number): boolean {
  return statusSince - now > maxClockError
}

function nameOf({ kid, status }: StoredKey): string {
  return `${kid} ${status}`
}
