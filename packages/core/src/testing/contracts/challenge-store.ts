import assert from 'node:assert/strict'
import type { Challenge, ChallengeStore } from '../../passkeys/challenge-store.ts'
import { type ContractCase, fiftyTimes, noon } from './contract.ts'

function challenge(hash: string, changes: Partial<Challenge> = {}): Challenge {
  return {
    hash,
    purpose: 'authentication',
    browserHash: 'browser',
    accountId: null,
    data: null,
    expiresAt: noon,
    ...changes,
  }
}

/** What {@link ChallengeStore} promises. */
export const challengeStoreContract: readonly ContractCase<ChallengeStore>[] = [
  {
    name: 'gives back every field as it was stored',
    run: async (store) => {
      const complete = challenge('b', { purpose: 'registration', accountId: 'account', data: '{"name":"Zoë"}' })
      await store.insert(challenge('a'))
      await store.insert(complete)
      assert.deepEqual(await store.consume('a'), challenge('a'))
      assert.deepEqual(await store.consume('b'), complete)
    },
  },
  {
    name: 'of fifty consumers at once, one gets the challenge, and then it is gone',
    run: async (store) => {
      await store.insert(challenge('a'))
      const results = await fiftyTimes(() => store.consume('a'))
      assert.deepEqual(
        results.filter((each) => each !== undefined),
        [challenge('a')],
      )
      assert.equal(await store.consume('a'), undefined)
    },
  },
  {
    name: 'a challenge is never replaced by another one',
    run: async (store) => {
      await store.insert(challenge('a'))
      await assert.rejects(store.insert(challenge('a', { browserHash: 'thief' })))
      assert.deepEqual(await store.consume('a'), challenge('a'))
    },
  },
  {
    name: 'an expired challenge is given out like others',
    run: async (store) => {
      await store.insert(challenge('a', { expiresAt: 1 }))
      assert.equal((await store.consume('a'))?.expiresAt, 1)
    },
  },
  {
    name: 'removes what has ended in bounded batches, and nothing else',
    run: async (store) => {
      for (const hash of ['a', 'b', 'c']) await store.insert(challenge(hash, { expiresAt: noon - 1 }))
      await store.insert(challenge('ends now'))
      assert.equal(await store.removeExpired(noon, 2), 2)
      assert.equal(await store.removeExpired(noon, 2), 1)
      assert.equal(await store.removeExpired(noon, 2), 0)
      assert.notEqual(await store.consume('ends now'), undefined)
    },
  },
]
