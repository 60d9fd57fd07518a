import { type Clock, monotonicOf } from '../clock.ts'
import type { StoredKey } from './key-store.ts'

/** Milliseconds. The clocks of processes differ by less, and a clock that is corrected jumps by less. */
const maxClockError = 7 * 24 * 60 * 60_000

interface Observation {
  readonly at: number
  readonly initialAge: number
  readonly observedAt: number
}

/**
 * How long each key has had its status. The stored times may come from a wrong clock, so a process measures the time since it
 * first read a status, and trusts a stored time only if it read it at its start and the time is long ago.
 */
export interface KeyAges {
  /** Call it with all stored keys whenever they are read. */
  observe(keys: readonly StoredKey[]): void
  /** Milliseconds. */
  ageOf(key: StoredKey): number
  /** When the key will have had its status for this long, by the clock. */
  reachedAt(key: StoredKey, age: number): number
}

export function createKeyAges(clock: Clock): KeyAges {
  let observations: ReadonlyMap<string, Observation> | undefined
  const monotonic = monotonicOf(clock)

  const observeFirst = (key: StoredKey): Observation => {
    const now = clock.now()
    const storedAge = now - key.statusSince
    return {
      at: monotonic(),
      initialAge: observations === undefined && storedAge > maxClockError ? storedAge : 0,
      observedAt: now,
    }
  }
  const getObservation = (key: StoredKey): Observation => observations?.get(statusKey(key)) ?? observeFirst(key)

  return {
    observe(keys) {
      observations = new Map(keys.map((key) => [statusKey(key), getObservation(key)]))
    },
    ageOf(key) {
      const { at, initialAge } = getObservation(key)
      return initialAge + monotonic() - at
    },
    reachedAt(key, age) {
      const { initialAge, observedAt } = getObservation(key)
      return observedAt + age - initialAge
    },
  }
}

/** Whether the key got its status from a clock that was so far ahead that its time says nothing. */
export function isInFuture({ statusSince }: StoredKey, now: number): boolean {
  return statusSince - now > maxClockError
}

function statusKey({ kid, status }: StoredKey): string {
  return `${kid} ${status}`
}
