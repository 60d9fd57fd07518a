import assert from 'node:assert/strict'
import type { ReauthenticationStore, StoredReauthentication } from '../../sessions/reauthentication-store.ts'
import { type ContractCase, contract, noon, repeat50Times } from './contract.ts'

function reauthentication(hash: string, changes: Partial<StoredReauthentication> = {}): StoredReauthentication {
  return { hash, accountId: 'ada', sessionUid: 'session', authenticatedAt: noon - 1000, expiresAt: noon, ...changes }
}

/** The contract of {@link ReauthenticationStore}. */
export const reauthenticationStoreContract: readonly ContractCase<ReauthenticationStore>[] = contract({
  async 'returns a re-authentication to one of fifty concurrent consumers and removes it'(store) {
    await store.insert(reauthentication('a'))
    const results = await repeat50Times(() => store.consume(reauthentication('a')))
    assert.deepEqual(
      results.filter((item) => item !== undefined),
      [reauthentication('a')],
    )
  },
  async 'returns a re-authentication only to its account and session, and keeps it for other attempts'(store) {
    await store.insert(reauthentication('a'))
    assert.equal(await store.consume(reauthentication('a', { accountId: 'bob' })), undefined)
    assert.equal(await store.consume(reauthentication('a', { sessionUid: 'another' })), undefined)
    assert.equal(await store.consume(reauthentication('b')), undefined)
    assert.deepEqual(await store.consume(reauthentication('a')), reauthentication('a'))
  },
  async 'removes the re-authentications of an account'(store) {
    await store.insert(reauthentication('a'))
    await store.insert(reauthentication('b', { accountId: 'bob' }))
    await store.removeByAccount('ada')
    assert.equal(await store.consume(reauthentication('a')), undefined)
    assert.notEqual(await store.consume(reauthentication('b', { accountId: 'bob' })), undefined)
  },
  async 'removes only expired entries, in bounded batches'(store) {
    for (const hash of ['a', 'b', 'c']) await store.insert(reauthentication(hash, { expiresAt: noon - 1 }))
    await store.insert(reauthentication('ends now'))
    assert.equal(await store.removeExpired(noon, 2), 2)
    assert.equal(await store.removeExpired(noon, 2), 1)
    assert.equal(await store.removeExpired(noon, 2), 0)
    assert.notEqual(await store.consume(reauthentication('ends now')), undefined)
  },
})
