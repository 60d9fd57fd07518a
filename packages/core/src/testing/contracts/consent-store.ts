import assert from 'node:assert/strict'
import type { ConsentStore } from '../../consents/consent-store.ts'
import { type ContractCase, noon, repeat50Times } from './contract.ts'

/** The contract of {@link ConsentStore}. */
export const consentStoreContract: readonly ContractCase<ConsentStore>[] = [
  {
    name: 'keeps what was allowed, for this account and client only',
    run: async (store) => {
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
  },
  {
    name: 'adds to what is allowed already, each scope once, and keeps the first time',
    run: async (store) => {
      await store.allow('account', 'client', ['openid', 'openid', 'email'], noon)
      await store.allow('account', 'client', ['email', 'profile'], noon + 1)
      await store.allow('account', 'client', ['email'], noon + 2)
      const consent = await store.find('account', 'client')
      assert.deepEqual(consent?.scopes.toSorted(), ['email', 'openid', 'profile'])
      assert.deepEqual([consent.createdAt, consent.updatedAt], [noon, noon + 2])
    },
  },
  {
    name: 'an empty list of scopes is a consent too',
    run: async (store) => {
      await store.allow('account', 'client', [], noon)
      assert.deepEqual((await store.find('account', 'client'))?.scopes, [])
    },
  },
  {
    name: 'fifty additions at once lose nothing',
    run: async (store) => {
      await repeat50Times((index) => store.allow('account', 'client', [`scope-${index}`], noon + index))
      const consent = await store.find('account', 'client')
      const expected = Array.from({ length: 50 }, (_, index) => `scope-${index}`)
      assert.deepEqual(consent?.scopes.toSorted(), expected.toSorted())
    },
  },
  {
    name: 'removes one consent and says whether it was there',
    run: async (store) => {
      await store.allow('account', 'client', ['openid'], noon)
      await store.allow('account', 'another', ['openid'], noon)
      assert.equal(await store.remove('account', 'client'), true)
      assert.equal(await store.remove('account', 'client'), false)
      assert.equal(await store.find('account', 'client'), undefined)
      assert.notEqual(await store.find('account', 'another'), undefined)
    },
  },
  {
    name: 'removes all consents of an account, or all to a client',
    run: async (store) => {
      for (const [account, client] of pairs) await store.allow(account, client, ['openid'], noon)
      await store.removeByAccount('a')
      assert.deepEqual(await pairsLeft(store), ['b x', 'b y'])
      await store.removeByClient('x')
      assert.deepEqual(await pairsLeft(store), ['b y'])
    },
  },
]

const pairs = [
  ['a', 'x'],
  ['a', 'y'],
  ['b', 'x'],
  ['b', 'y'],
] as const

async function pairsLeft(store: ConsentStore): Promise<string[]> {
  const left: string[] = []
  for (const [account, client] of pairs) {
    if ((await store.find(account, client)) !== undefined) left.push(`${account} ${client}`)
  }
  return left
}
