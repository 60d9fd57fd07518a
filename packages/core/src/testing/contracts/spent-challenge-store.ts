import assert from 'node:assert/strict'
import type { SpentChallengeStore } from '../../passkeys/spent-challenge-store.ts'
import { type ContractCase, contract, repeat50Times } from './contract.ts'

/** The contract of {@link SpentChallengeStore}. */
export const spentChallengeStoreContract: readonly ContractCase<SpentChallengeStore>[] = contract({
  async 'accepts one of fifty concurrent inserts, and none later'(store) {
    const results = await repeat50Times(() => store.insert('a'))
    assert.equal(results.filter((inserted) => inserted).length, 1)
    assert.equal(await store.insert('a'), false)
    assert.equal(await store.insert('b'), true)
  },
  async 'removes challenges up to a position, in bounded batches'(store) {
    assert.equal(await store.lastPosition(), 0)
    for (const hash of ['a', 'b', 'c']) await store.insert(hash)
    const position = await store.lastPosition()
    await store.insert('later')
    assert.equal(await store.removeUpTo(position, 2), 2)
    assert.equal(await store.removeUpTo(position, 2), 1)
    assert.equal(await store.removeUpTo(position, 2), 0)
    assert.equal(await store.insert('later'), false)
    assert.equal(await store.insert('a'), true)
  },
  async 'never reuses a position'(store) {
    await store.insert('a')
    const position = await store.lastPosition()
    assert.equal(await store.removeUpTo(position, 10), 1)
    await store.insert('b')
    assert.ok((await store.lastPosition()) > position)
    assert.equal(await store.removeUpTo(position, 10), 0)
  },
})
