import assert from 'node:assert/strict'
import type { ConsentStore } from '../../consents/consent-store.ts'
import { type ContractCase, contract, noon, repeat50Times } from './contract.ts'

/** The contract of {@link ConsentStore}. */
export const consentStoreContract: readonly ContractCase<ConsentStore>[] = contract({
  async 'stores the consent of one account to one client'(store) {
    await store.allow('account', 'client', ['openid', 'email'], noon)
    assert.deepEqual(await store.find('account', 'client'), {
      accountId: 'account',
      clientId: 'client',
      scopes: ['openid', 'email'],
      createdAt: noon,
      updatedAt: noon,
    })
    assert.equal(await store.find('account', 'another'), undefined)
    assert.equal(await store.find('another', 'client'), undefined)
  },
  async 'adds each new scope once, and keeps the time of the first consent'(store) {
    await store.allow('account', 'client', ['openid', 'openid', 'email'], noon)
    await store.allow('account', 'client', ['email', 'profile'], noon + 1)
    await store.allow('account', 'client', ['email'], noon + 2)
    const consent = await store.find('account', 'client')
    assert.deepEqual(consent?.scopes.toSorted(), ['email', 'openid', 'profile'])
    assert.deepEqual([consent.createdAt, consent.updatedAt], [noon, noon + 2])
  },
  async 'records the use of a consent, and creates none'(store) {
    await store.recordUse('account', 'client', noon)
    assert.equal(await store.find('account', 'client'), undefined)
    await store.allow('account', 'client', ['openid', 'email'], noon)
    await store.recordUse('account', 'another', noon + 1)
    assert.equal((await store.find('account', 'client'))?.updatedAt, noon)
    await store.recordUse('account', 'client', noon + 2)
    const consent = await store.find('account', 'client')
    assert.deepEqual([consent?.scopes, consent?.createdAt, consent?.updatedAt], [['openid', 'email'], noon, noon + 2])
  },
  async 'stores a consent without scopes'(store) {
    await store.allow('account', 'client', [], noon)
    assert.deepEqual((await store.find('account', 'client'))?.scopes, [])
  },
  async 'keeps the scopes of fifty concurrent additions'(store) {
    await repeat50Times((index) => store.allow('account', 'client', [`scope-${index}`], noon + index))
    const consent = await store.find('account', 'client')
    const expected = Array.from({ length: 50 }, (_, index) => `scope-${index}`)
    assert.deepEqual(consent?.scopes.toSorted(), expected.toSorted())
  },
  async 'removes a consent, and returns whether it existed'(store) {
    await store.allow('account', 'client', ['openid'], noon)
    await store.allow('account', 'another', ['openid'], noon)
    assert.equal(await store.remove('account', 'client'), true)
    assert.equal(await store.remove('account', 'client'), false)
    assert.equal(await store.find('account', 'client'), undefined)
    assert.notEqual(await store.find('account', 'another'), undefined)
  },
  async 'removes all consents of an account, or all to a client'(store) {
    for (const [account, client] of pairs) await store.allow(account, client, ['openid'], noon)
    await store.removeByAccount('a')
    assert.deepEqual(await remainingPairs(store), ['b x', 'b y'])
    await store.removeByClient('x')
    assert.deepEqual(await remainingPairs(store), ['b y'])
  },
  async 'removes the scopes with a prefix from every consent'(store) {
    await store.allow('a', 'x', ['openid', 'api%/', 'api%/read', 'Api%/read', 'api_/read'], noon)
    await store.allow('b', 'x', ['api%/read'], noon)
    await store.removeScopes('api%/')
    assert.deepEqual((await store.find('a', 'x'))?.scopes, ['openid', 'Api%/read', 'api_/read'])
    assert.deepEqual((await store.find('b', 'x'))?.scopes, [])
  },
  async 'moves all consents to a client to its new ID'(store) {
    for (const [account, client] of pairs) await store.allow(account, client, ['openid'], noon)
    await store.renameClient('x', 'z')
    assert.deepEqual(await remainingPairs(store), ['a y', 'b y'])
    const moved = await store.find('b', 'z')
    assert.deepEqual([moved?.clientId, moved?.scopes, moved?.createdAt], ['z', ['openid'], noon])
  },
})

const pairs = [
  ['a', 'x'],
  ['a', 'y'],
  ['b', 'x'],
  ['b', 'y'],
] as const

async function remainingPairs(store: ConsentStore): Promise<string[]> {
  const left: string[] = []
  for (const [account, client] of pairs) {
    if ((await store.find(account, client)) !== undefined) left.push(`${account} ${client}`)
  }
  return left
}
