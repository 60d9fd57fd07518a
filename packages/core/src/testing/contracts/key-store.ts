import assert from 'node:assert/strict'
import type { KeyStore, StoredKey } from '../../oidc/key-store.ts'
import { type ContractCase, noon, repeat50Times } from './contract.ts'

function key(kid: string, changes: Partial<StoredKey> = {}): StoredKey {
  const encryptedJwk = `jwk of ${kid}`
  return {
    ...{ kid, algorithm: 'RS256', status: 'current', encryptedJwk, statusSince: noon, replacementRequestedAt: null },
    ...changes,
  }
}

/** The contract of {@link KeyStore}. */
export const keyStoreContract: readonly ContractCase<KeyStore>[] = [
  {
    name: 'lists keys by algorithm, then current, next, previous',
    run: async (store) => {
      const keys = [
        key('r-previous', { status: 'previous' }),
        key('r-next', { status: 'next' }),
        key('e-next', { algorithm: 'ES256', status: 'next' }),
        key('r-current'),
        key('e-current', { algorithm: 'ES256' }),
      ]
      for (const item of keys) assert.equal(await store.insert(item), true)
      assert.deepEqual(await kids(store), ['e-current', 'e-next', 'r-current', 'r-next', 'r-previous'])
      assert.deepEqual((await store.list())[2], key('r-current'))
      assert.deepEqual(await store.listCached(), await store.list())
      await store.remove('r-previous')
      assert.deepEqual(await store.listCached(), await store.list())
    },
  },
  {
    name: 'stores one current, one next and any number of previous keys of each algorithm',
    run: async (store) => {
      for (const status of ['current', 'next'] as const) {
        assert.equal(await store.insert(key(`${status} 1`, { status })), true)
        assert.equal(await store.insert(key(`${status} 2`, { status })), false)
        assert.equal(await store.insert(key(`${status} 3`, { status, algorithm: 'ES256' })), true)
      }
      assert.equal(await store.insert(key('previous 1', { status: 'previous' })), true)
      assert.equal(await store.insert(key('previous 2', { status: 'previous' })), true)
      assert.equal((await store.list()).length, 6)
    },
  },
  {
    name: 'keeps one of fifty concurrent first keys',
    run: async (store) => {
      const results = await repeat50Times((index) => store.insert(key(`kid ${index}`)))
      assert.deepEqual(results.filter(Boolean), [true])
      assert.deepEqual(await kids(store), [`kid ${results.indexOf(true)}`])
    },
  },
  {
    name: 'changes the status of a key once for fifty concurrent calls',
    run: async (store) => {
      await store.insert(key('a', { status: 'next' }))
      const results = await repeat50Times((index) => store.move('a', 'next', 'current', noon + index))
      assert.deepEqual(results.filter(Boolean), [true])
      assert.deepEqual(await store.list(), [key('a', { statusSince: noon + results.indexOf(true) })])
    },
  },
  {
    name: 'does not change a missing key or one with another status',
    run: async (store) => {
      await store.insert(key('a'))
      assert.equal(await store.move('a', 'next', 'previous', noon + 1), false)
      assert.equal(await store.move('b', 'next', 'current', noon + 1), false)
      assert.deepEqual(await store.list(), [key('a')])
    },
  },
  {
    name: 'rejects a status that another key has, without changes',
    run: async (store) => {
      await store.insert(key('a'))
      await store.insert(key('b', { status: 'next' }))
      await assert.rejects(store.move('b', 'next', 'current', noon + 1))
      assert.deepEqual(await store.list(), [key('a'), key('b', { status: 'next' })])
    },
  },
  {
    name: 'records a replacement request only for a current key',
    run: async (store) => {
      await store.insert(key('a'))
      await store.insert(key('b', { status: 'next' }))
      const requested = await Promise.all(['a', 'b', 'c'].map((kid) => store.requestReplacement(kid, noon + 1)))
      assert.deepEqual(requested, [true, false, false])
      assert.deepEqual(await store.list(), [
        key('a', { replacementRequestedAt: noon + 1 }),
        key('b', { status: 'next' }),
      ])
    },
  },
  {
    name: 'accepts another key after a removal',
    run: async (store) => {
      await store.insert(key('a'))
      await store.remove('a')
      await store.remove('a')
      assert.equal(await store.insert(key('b')), true)
      assert.deepEqual(await kids(store), ['b'])
    },
  },
]

async function kids(store: KeyStore): Promise<string[]> {
  return (await store.list()).map(({ kid }) => kid)
}
