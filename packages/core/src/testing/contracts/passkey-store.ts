import assert from 'node:assert/strict'
import type { Passkey } from '../../passkeys/passkey.ts'
import type { PasskeyFilter, PasskeyStore } from '../../passkeys/passkey-store.ts'
import { type ContractCase, contract, noon, repeat50Times } from './contract.ts'

function passkey(id: string, changes: Partial<Passkey> = {}): Passkey {
  return {
    id,
    accountId: 'account',
    credentialId: `credential of ${id}`,
    rpId: null,
    publicKey: 'cose',
    counter: 0,
    transports: [],
    aaguid: '00000000-0000-0000-0000-000000000000',
    deviceType: 'singleDevice',
    backedUp: false,
    userVerified: true,
    attachment: null,
    attestation: null,
    attestedAt: null,
    device: null,
    counterRegressedAt: null,
    name: id,
    createdAt: noon,
    lastUsedAt: null,
    ...changes,
  }
}

/** The contract of {@link PasskeyStore}. */
export const passkeyStoreContract: readonly ContractCase<PasskeyStore>[] = contract({
  async 'returns every field as stored'(store) {
    const complete = passkey('complete', {
      rpId: 'id.example.com',
      counter: 4_294_967_295,
      transports: ['hybrid', 'internal', 'x-unknown'],
      deviceType: 'multiDevice',
      backedUp: true,
      userVerified: false,
      attachment: 'platform',
      attestation: 'packed',
      attestedAt: noon,
      device: 'Mozilla/5.0',
      counterRegressedAt: noon + 2,
      name: 'Zoë’s phone',
      lastUsedAt: noon + 1,
    })
    assert.equal(await store.insert(complete), true)
    assert.equal(await store.insert(passkey('bare')), true)
    assert.deepEqual(await store.findByCredentialId(complete.credentialId), complete)
    assert.deepEqual(await store.findByCredentialId('credential of bare'), passkey('bare'))
    assert.equal(await store.findByCredentialId('another'), undefined)
  },
  async 'registers a credential once among all accounts, even for fifty concurrent inserts'(store) {
    const results = await repeat50Times((index) =>
      store.insert(passkey(`id ${index}`, { credentialId: 'c', accountId: `account ${index}` })),
    )
    assert.deepEqual(results.filter(Boolean), [true])
    const winner = results.indexOf(true)
    assert.equal((await store.findByCredentialId('c'))?.accountId, `account ${winner}`)
    assert.deepEqual(await store.listByAccount(`account ${(winner + 1) % 50}`), [])
  },
  async 'lists the passkeys of an account, oldest first'(store) {
    await store.insert(passkey('young', { createdAt: noon + 1 }))
    await store.insert(passkey('old', { createdAt: noon - 1 }))
    await store.insert(passkey('foreign', { accountId: 'another' }))
    assert.deepEqual(await listIds(store, 'account'), ['old', 'young'])
    assert.deepEqual(await listIds(store, 'nobody'), [])
  },
  async 'records a use of one passkey'(store) {
    await store.insert(passkey('a'))
    await store.insert(passkey('b'))
    await store.recordUse('a', {
      counter: 7,
      backedUp: true,
      userVerified: true,
      rpId: 'id.example.com',
      at: noon + 5,
    })
    const used = { counter: 7, backedUp: true, lastUsedAt: noon + 5, rpId: 'id.example.com' }
    assert.deepEqual(await store.findByCredentialId('credential of a'), passkey('a', used))
    assert.deepEqual(await store.findByCredentialId('credential of b'), passkey('b'))
  },
  async 'keeps the highest counter of fifty concurrent sign-ins'(store) {
    await store.insert(passkey('a'))
    await repeat50Times((index) =>
      store.recordUse('a', {
        counter: 50 - index,
        backedUp: false,
        userVerified: true,
        rpId: 'id.example.com',
        at: noon,
      }),
    )
    assert.equal((await store.findByCredentialId('credential of a'))?.counter, 50)
  },
  async 'returns whether any passkey has never verified its user, and keeps a verification'(store) {
    assert.equal(await store.hasUnverified(), false)
    await store.insert(passkey('a'))
    assert.equal(await store.hasUnverified(), false)
    await store.insert(passkey('b', { userVerified: false }))
    const recordUse = (userVerified: boolean) =>
      store.recordUse('b', { counter: 1, backedUp: false, userVerified, rpId: 'id.example.com', at: noon })
    await recordUse(false)
    assert.equal(await store.hasUnverified(), true)
    await recordUse(true)
    await recordUse(false)
    assert.equal(await store.hasUnverified(), false)
    assert.equal((await store.findByCredentialId('credential of b'))?.userVerified, true)
    await store.insert(passkey('c', { userVerified: null }))
    assert.equal(await store.hasUnverified(), false)
    await store.recordUse('c', { counter: 1, backedUp: false, userVerified: false, rpId: 'id.example.com', at: noon })
    assert.equal(await store.hasUnverified(), true)
  },
  async 'records that a counter did not increase'(store) {
    await store.insert(passkey('a'))
    await store.insert(passkey('b'))
    await store.recordCounterRegression('a', noon + 5)
    assert.equal((await store.findByCredentialId('credential of a'))?.counterRegressedAt, noon + 5)
    assert.equal((await store.findByCredentialId('credential of b'))?.counterRegressedAt, null)
  },
  async 'lists the passkeys of all accounts in pages'(store) {
    for (const id of ['c', 'a', 'b']) await store.insert(passkey(id, { accountId: id }))
    const listPageIds = async (after: string) => (await store.page(after, 2)).map(({ id }) => id)
    assert.deepEqual([await listPageIds(''), await listPageIds('b'), await listPageIds('c')], [['a', 'b'], ['c'], []])
  },
  async 'renames a passkey of this account only'(store) {
    await store.insert(passkey('a'))
    assert.equal(await store.rename('another', 'a', 'stolen'), false)
    assert.equal(await store.rename('account', 'b', 'none'), false)
    assert.equal(await store.rename('account', 'a', 'Büro'), true)
    assert.deepEqual(await store.findByCredentialId('credential of a'), passkey('a', { name: 'Büro' }))
  },
  async 'removes a passkey, but not the last one or one of another account'(store) {
    await store.insert(passkey('a'))
    await store.insert(passkey('b'))
    await store.insert(passkey('foreign', { accountId: 'another' }))
    assert.equal(await store.removeUnlessLast('account', 'foreign'), 'missing')
    assert.equal(await store.removeUnlessLast('account', 'none'), 'missing')
    assert.equal(await store.removeUnlessLast('nobody', 'a'), 'missing')
    assert.equal(await store.removeUnlessLast('account', 'a'), 'removed')
    assert.equal(await store.removeUnlessLast('account', 'a'), 'missing')
    assert.equal(await store.removeUnlessLast('account', 'b'), 'last')
    assert.deepEqual([await listIds(store, 'account'), await listIds(store, 'another')], [['b'], ['foreign']])
  },
  async 'does not remove the last passkey that the policy accepts'(store) {
    for (const id of ['a', 'b', 'old', 'older']) await store.insert(passkey(id))
    const refused = ['old', 'older']
    assert.equal(await store.removeUnlessLast('account', 'a', refused), 'removed')
    assert.equal(await store.removeUnlessLast('account', 'b', refused), 'last')
    assert.equal(await store.removeUnlessLast('account', 'old', refused), 'removed')
    assert.equal(await store.removeUnlessLast('account', 'b', refused), 'last')
    assert.equal(await store.removeUnlessLast('account', 'older', ['b', 'older']), 'removed')
    assert.deepEqual(await listIds(store, 'account'), ['b'])
  },
  async 'keeps one passkey after fifty concurrent removals'(store) {
    const all = Array.from({ length: 50 }, (_, index) => `passkey ${index}`)
    for (const id of all) await store.insert(passkey(id))
    const results = await repeat50Times((index) => store.removeUnlessLast('account', `passkey ${index}`))
    assert.equal(results.filter((result) => result === 'removed').length, 49)
    assert.deepEqual(await listIds(store, 'account'), [`passkey ${results.indexOf('last')}`])
  },
  async 'removes the last passkey of this account on request'(store) {
    await store.insert(passkey('a'))
    await store.insert(passkey('foreign', { accountId: 'another' }))
    assert.equal(await store.remove('account', 'foreign'), false)
    assert.equal(await store.remove('account', 'none'), false)
    assert.equal(await store.remove('account', 'a'), true)
    assert.equal(await store.remove('account', 'a'), false)
    assert.deepEqual([await listIds(store, 'account'), await listIds(store, 'another')], [[], ['foreign']])
  },
  async 'summarizes the passkeys of accounts and of the instance'(store) {
    assert.deepEqual(await store.overview(), { accounts: 0, withSingleDevicePasskey: 0 })
    await store.insert(passkey('a', { backedUp: true }))
    await store.insert(passkey('b', { backedUp: false }))
    await store.insert(passkey('c', { accountId: 'single', backedUp: false }))
    await store.insert(passkey('d', { accountId: 'synced', backedUp: true }))
    await store.recordUse('b', { counter: 1, backedUp: false, userVerified: true, rpId: 'id.example.com', at: 7 })
    const summaries = await store.summarize(['account', 'synced', 'nobody'])
    assert.deepEqual(
      [...summaries].sort((left, right) => (left.accountId < right.accountId ? -1 : 1)),
      [
        { accountId: 'account', count: 2, synced: 1, lastUsedAt: 7 },
        { accountId: 'synced', count: 1, synced: 1, lastUsedAt: null },
      ],
    )
    assert.deepEqual([...(await store.summarize([]))], [])
    assert.deepEqual(await store.overview(), { accounts: 3, withSingleDevicePasskey: 1 })
    assert.deepEqual([...(await store.accountIds())].sort(), ['account', 'single', 'synced'])
    assert.deepEqual([...(await store.accountIds('single'))].sort(), ['single', 'synced'])
    assert.deepEqual([...(await store.accountIds('on-one-device-only'))], ['single'])
    assert.deepEqual([...(await store.accountIds('several'))], ['account'])
  },
  async 'lists accounts without passkeys of other RP IDs'(store) {
    await store.insert(passkey('own', { accountId: 'account', rpId: 'id.example.com' }))
    await store.insert(passkey('unknown', { accountId: 'account', rpId: null }))
    await store.insert(passkey('foreign', { accountId: 'moved', rpId: 'old.example.com' }))
    await store.insert(passkey('new', { accountId: 'moved', rpId: 'id.example.com' }))
    await store.insert(passkey('old', { accountId: 'gone', rpId: 'old.example.com' }))
    const listAccountIds = async (filter?: PasskeyFilter) =>
      [...(await store.accountIds(filter, 'id.example.com'))].sort()
    assert.deepEqual(await listAccountIds(), ['account', 'moved'])
    assert.deepEqual(await listAccountIds('single'), ['moved'])
    assert.deepEqual(await listAccountIds('several'), ['account'])
  },
  async 'removes all passkeys of an account'(store) {
    await store.insert(passkey('a'))
    await store.insert(passkey('b'))
    await store.insert(passkey('foreign', { accountId: 'another' }))
    await store.removeByAccount('account')
    assert.deepEqual([await listIds(store, 'account'), await listIds(store, 'another')], [[], ['foreign']])
  },
})

async function listIds(store: PasskeyStore, accountId: string): Promise<string[]> {
  return (await store.listByAccount(accountId)).map(({ id }) => id)
}
