import assert from 'node:assert/strict'
import type { InitialAccessToken, InitialAccessTokenStore } from '../../clients/initial-access-token-store.ts'
import { type ContractCase, contract, noon, repeat50Times } from './contract.ts'

function initialAccessToken(id: string, changes: Partial<InitialAccessToken> = {}): InitialAccessToken {
  return {
    id,
    tokenHash: `hash of ${id}`,
    description: '',
    usageLimit: 1,
    usageCount: 0,
    expiresAt: noon,
    createdAt: 0,
    ...changes,
  }
}

/** The contract of {@link InitialAccessTokenStore}. */
export const initialAccessTokenStoreContract: readonly ContractCase<InitialAccessTokenStore>[] = contract({
  async 'stores tokens, and lists unexpired ones, newest first'(store) {
    const inserted = initialAccessToken('a', {
      description: 'for the test suite',
      usageLimit: 7,
      usageCount: 2,
      createdAt: 1,
    })
    await store.insert(inserted)
    await store.insert(initialAccessToken('b', { createdAt: 2 }))
    await store.insert(initialAccessToken('ended', { expiresAt: noon - 2 }))
    assert.deepEqual(await store.findByHash('hash of a'), inserted)
    assert.equal(await store.findByHash('another hash'), undefined)
    assert.deepEqual(
      (await store.list(noon - 1)).map(({ id }) => id),
      ['b', 'a'],
    )
  },
  async 'counts the allowed number of fifty concurrent uses'(store) {
    await store.insert(initialAccessToken('a', { usageLimit: 3 }))
    const used = await repeat50Times(() => store.use('hash of a', noon - 1))
    assert.equal(used.filter(Boolean).length, 3)
    assert.equal((await store.findByHash('hash of a'))?.usageCount, 3)
  },
  async 'rejects expired, removed and unknown tokens'(store) {
    await store.insert(initialAccessToken('a'))
    assert.equal(await store.use('hash of a', noon), false)
    assert.equal(await store.remove('a'), true)
    assert.equal(await store.remove('a'), false)
    assert.equal(await store.use('hash of a', noon - 1), false)
  },
  async 'removes only expired entries, in bounded batches'(store) {
    for (const id of ['a', 'b', 'c']) await store.insert(initialAccessToken(id, { expiresAt: noon - 1 }))
    await store.insert(initialAccessToken('ends now'))
    assert.equal(await store.removeExpired(noon, 2), 2)
    assert.equal(await store.removeExpired(noon, 2), 1)
    assert.equal(await store.removeExpired(noon, 2), 0)
    assert.notEqual(await store.findByHash('hash of ends now'), undefined)
  },
})
