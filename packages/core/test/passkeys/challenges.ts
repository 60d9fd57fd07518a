import { randomBytes } from 'node:crypto'
import type { Clock, SpentChallengeStore } from '@pocket/core'
import { type Challenges, createChallenges } from '../../src/passkeys/challenges.ts'
import { createSealer } from '../../src/sealing.ts'

/** Challenges with a key of their own, unless one is given. */
export function testChallenges(
  store: SpentChallengeStore,
  clock: Clock,
  lifetime: number,
  key: Buffer = randomBytes(32),
): Challenges {
  return createChallenges(store, createSealer(key), clock, lifetime)
}
