import assert from 'node:assert/strict'
import type { KeyStore, StoredKey } from '../../oidc/key-store.ts'
import { type ContractCase, contract, noon, repeat50Times } from './contract.ts'

function storedKey(kid: string, changes: Partial<StoredKey> = {}): StoredKey {
  const encryptedJwk = `jwk of ${kid}`
  return {
    ...{ kid, algorithm: 'RS256', status: 'current', encryptedJwk, statusSince: noon, replacementRequestedAt: null },
    ...changes,
  }
}

/** The contract of {@link KeyStore}. */
export const keyStoreContract: readonly ContractCase<KeyStore>[] = contract({
  async 'lists keys by algorithm, then current, next, previous'(store) {
    const keys = [
      storedKey('r-previous', { status: 'previous' }),
      storedKey('r-next', { status: 'next' }),
      storedKey('e-next', { algorithm: 'ES256', status: 'next' }),
      storedKey('r-current'),
      storedKey('e-current', { algorithm: 'ES256' }),
    ]
    for (const item of keys) assert.equal(await store.insert(item), true)
    assert.deepEqual(await listKids(store), ['e-current', 'e-next', 'r-current', 'r-next', 'r-previous'])
    assert.deepEqual((await store.list())[2], storedKey('r-current'))
    assert.deepEqual(await store.listCached(), await store.list())
    await store.remove('r-previous')
    assert.deepEqual(await store.listCached(), await store.list())
  },
  async 'stores one current, one next and any number of previous keys of each algorithm'(store) {
    for (const status of ['current', 'next'] as const) {
      assert.equal(await store.insert(storedKey(`${status} 1`, { status })), true)
      assert.equal(await store.insert(storedKey(`${status} 2`, { status })), false)
      assert.equal(await store.insert(storedKey(`${status} 3`, { status, algorithm: 'ES256' })), true)
    }
    assert.equal(await store.insert(storedKey('previous 1', { status: 'previous' })), true)
    assert.equal(await store.insert(storedKey('previous 2', { status: 'previous' })), true)
    assert.equal((await store.list()).length, 6)
  },
  async 'keeps one of fifty concurrent first keys'(store) {
    const results = await repeat50Times((index) => store.insert(storedKey(`kid ${index}`)))
    assert.deepEqual(results.filter(Boolean), [true])
    assert.deepEqual(await listKids(store), [`kid ${results.indexOf(true)}`])
  },
  async 'changes the status of a key once for fifty concurrent calls'(store) {
    await store.insert(storedKey('a', { status: 'next' }))
    const results = await repeat50Times((index) => store.move('a', 'next', 'current', noon + index))
    assert.deepEqual(results.filter(Boolean), [true])
    assert.deepEqual(await store.list(), [storedKey('a', { statusSince: noon + results.indexOf(true) })])
  },
  async 'does not change a missing key or one with another status'(store) {
    await store.insert(storedKey('a'))
    assert.equal(await store.move('a', 'next', 'previous', noon + 1), false)
    assert.equal(await store.move('b', 'next', 'current', noon + 1), false)
    assert.deepEqual(await store.list(), [storedKey('a')])
  },
  async 'rejects a status that another key has, without changes'(store) {
    await store.insert(storedKey('a'))
    await store.insert(storedKey('b', { status: 'next' }))
    await assert.rejects(store.move('b', 'next', 'current', noon + 1))
    assert.deepEqual(await store.list(), [storedKey('a'), storedKey('b', { status: 'next' })])
  },
  async 'records a replacement request only for a current key'(store) {
    await store.insert(storedKey('a'))
    await store.insert(storedKey('b', { status: 'next' }))
    const requested = await Promise.all(['a', 'b', 'c'].map((kid) => store.requestReplacement(kid, noon + 1)))
    assert.deepEqual(requested, [true, false, false])
    assert.deepEqual(await store.list(), [
      storedKey('a', { replacementRequestedAt: noon + 1 }),
      storedKey('b', { status: 'next' }),
    ])
  },
  async 'accepts another key after a removal'(store) {
    await store.insert(storedKey('a'))
    await store.remove('a')
    await store.remove('a')
    assert.equal(await store.insert(storedKey('b')), true)
    assert.deepEqual(await listKids(store), ['b'])
  },
})

async function listKids(store: KeyStore): Promise<string[]> {
  return (await store.list()).map(({ kid }) => kid)
}
