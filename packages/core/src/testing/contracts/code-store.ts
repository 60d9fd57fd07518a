import assert from 'node:assert/strict'
import type { CodeStore, StoredCode } from '../../codes/code-store.ts'
import { type ContractCase, contract, noon, repeat50Times } from './contract.ts'

function code(hash: string, changes: Partial<StoredCode> = {}): StoredCode {
  return {
    hash,
    accountId: 'account',
    browserHash: null,
    byProgram: false,
    kind: null,
    sessionUid: null,
    expiresAt: noon,
    ...changes,
  }
}

/** The contract of {@link CodeStore}. */
export const codeStoreContract: readonly ContractCase<CodeStore>[] = contract({
  async 'returns the code to one of fifty concurrent consumers and removes it'(store) {
    await store.insert(code('a'))
    const results = await repeat50Times(() => store.consume('a'))
    assert.deepEqual(
      results.filter((item) => item !== undefined),
      [code('a')],
    )
    assert.equal(await store.consume('a'), undefined)
  },
  async 'keeps other codes when one is consumed'(store) {
    await store.insert(code('a'))
    await store.insert(code('b', { accountId: 'another' }))
    assert.equal(await store.consume('c'), undefined)
    assert.deepEqual(await store.consume('a'), code('a'))
    assert.deepEqual(await store.consume('b'), code('b', { accountId: 'another' }))
  },
  async 'returns a code bound to a browser only to that browser, and keeps it for other attempts'(store) {
    const boundCode = code('a', { browserHash: 'mine', byProgram: true })
    await store.insert(boundCode)
    assert.equal(await store.consume('a'), undefined)
    assert.equal(await store.consume('a', 'yours'), undefined)
    assert.deepEqual(await store.consume('a', 'mine'), boundCode)
    await store.insert(code('b'))
    assert.deepEqual(await store.consume('b', 'mine'), code('b'))
  },
  async 'does not replace an existing code'(store) {
    await store.insert(code('a'))
    await assert.rejects(store.insert(code('a', { accountId: 'thief' })))
    assert.deepEqual(await store.consume('a'), code('a'))
  },
  async 'removes the codes of one account'(store) {
    await store.insert(code('a', { accountId: 'ada' }))
    await store.insert(code('b', { accountId: 'bob' }))
    await store.removeByAccount('ada')
    assert.equal(await store.consume('a'), undefined)
    assert.notEqual(await store.consume('b'), undefined)
  },
  async 'counts and removes recovery codes by account, kind and session, and keeps login codes'(store) {
    const recovery = { kind: 'recovery', sessionUid: 'phone' } as const
    await store.insert(code('a', recovery))
    await store.insert(code('b', { ...recovery, expiresAt: 0 }))
    await store.insert(code('c', { kind: 'ticket' }))
    await store.insert(code('d', { ...recovery, accountId: 'bob' }))
    await store.insert(code('e'))
    assert.deepEqual(await store.find('a'), code('a', recovery))
    assert.equal(await store.find('f'), undefined)
    assert.equal(await store.count('account', 'recovery', noon - 1), 1)
    assert.equal(await store.removeKinds('account', ['recovery', 'ticket']), 3)
    assert.equal(await store.count('account', 'recovery', 0), 0)
    await store.removeCreatedIn('bob', ['laptop'])
    assert.equal(await store.count('bob', 'recovery', 0), 1)
    await store.removeCreatedIn('bob', ['laptop', 'phone'])
    assert.equal(await store.count('bob', 'recovery', 0), 0)
    assert.deepEqual(await store.consume('e'), code('e'))
  },
  async 'expires the codes of one account'(store) {
    await store.insert(code('a', { accountId: 'ada' }))
    await store.insert(code('b', { accountId: 'bob' }))
    await store.expireByAccount('ada')
    assert.deepEqual(await store.consume('a'), code('a', { accountId: 'ada', expiresAt: 0 }))
    assert.deepEqual(await store.consume('b'), code('b', { accountId: 'bob' }))
  },
  async 'removes only expired entries, in bounded batches'(store) {
    for (const hash of ['a', 'b', 'c']) await store.insert(code(hash, { expiresAt: noon - 1 }))
    await store.insert(code('ends now'))
    assert.equal(await store.removeExpired(noon, 2), 2)
    assert.equal(await store.removeExpired(noon, 2), 1)
    assert.equal(await store.removeExpired(noon, 2), 0)
    assert.deepEqual(await store.consume('ends now'), code('ends now'))
  },
})
