import assert from 'node:assert/strict'
import type { DeviceLoginStore, StoredDeviceLogin } from '../../codes/device-login-store.ts'
import { type ContractCase, contract, noon, repeat50Times } from './contract.ts'

function deviceLogin(id: string, changes: Partial<StoredDeviceLogin> = {}): StoredDeviceLogin {
  return {
    id,
    tokenHash: `token of ${id}`,
    codeHash: `code of ${id}`,
    ipAddress: '192.0.2.7',
    userAgent: null,
    status: 'pending',
    accountId: null,
    sessionUid: null,
    expiresAt: noon,
    ...changes,
  }
}

const approval = { status: 'approved', accountId: 'ada', sessionUid: 'session', at: noon - 1 } as const

/** The contract of {@link DeviceLoginStore}. */
export const deviceLoginStoreContract: readonly ContractCase<DeviceLoginStore>[] = contract({
  async 'finds a device login by its code, and by its ID with the token of the browser'(store) {
    assert.equal(await store.insert(deviceLogin('a')), true)
    assert.deepEqual(await store.findByCode('code of a'), deviceLogin('a'))
    assert.deepEqual(await store.find('a', 'token of a'), deviceLogin('a'))
    assert.equal(await store.findByCode('token of a'), undefined)
    assert.equal(await store.find('a', 'another token'), undefined)
  },
  async 'rejects a code that exists'(store) {
    await store.insert(deviceLogin('a'))
    assert.equal(await store.insert(deviceLogin('b', { codeHash: 'code of a' })), false)
    assert.equal(await store.find('b', 'token of b'), undefined)
  },
  async 'accepts one of fifty concurrent decisions'(store) {
    await store.insert(deviceLogin('a'))
    const decisions = await repeat50Times((index) => store.decide('code of a', { ...approval, accountId: `${index}` }))
    assert.equal(decisions.filter(Boolean).length, 1)
    const decided = await store.find('a', 'token of a')
    assert.deepEqual([decided?.status, decided?.accountId], ['approved', `${decisions.indexOf(true)}`])
  },
  async 'rejects decisions about expired and unknown device logins'(store) {
    await store.insert(deviceLogin('a'))
    assert.equal(await store.decide('code of a', { ...approval, at: noon }), false)
    assert.equal(await store.decide('another code', approval), false)
    assert.equal((await store.find('a', 'token of a'))?.status, 'pending')
  },
  async 'returns a decided device login to one of fifty concurrent consumers and removes it'(store) {
    await store.insert(deviceLogin('a'))
    assert.equal(await store.consume('a', 'token of a'), undefined)
    await store.decide('code of a', approval)
    assert.equal(await store.consume('a', 'another token'), undefined)
    const results = await repeat50Times(() => store.consume('a', 'token of a'))
    assert.deepEqual(
      results.filter((item) => item !== undefined),
      [deviceLogin('a', { status: 'approved', accountId: 'ada', sessionUid: 'session' })],
    )
  },
  async 'removes the device logins that an account decided, and expired ones in bounded batches'(store) {
    for (const id of ['a', 'b', 'c']) await store.insert(deviceLogin(id))
    await store.decide('code of a', approval)
    await store.removeByAccount('ada')
    assert.equal(await store.find('a', 'token of a'), undefined)
    assert.equal(await store.removeExpired(noon, 9), 0)
    assert.equal(await store.removeExpired(noon + 1, 1), 1)
    assert.equal(await store.removeExpired(noon + 1, 9), 1)
  },
})
