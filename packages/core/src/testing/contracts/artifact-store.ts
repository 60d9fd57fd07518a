import assert from 'node:assert/strict'
import { sha256 } from '../../hash.ts'
import type { ArtifactStore } from '../../oidc/artifact-store.ts'
import { artifact, complete, consumptionCases } from './artifact-consumption.ts'
import { type ContractCase, contract, noon, repeat50Times } from './contract.ts'

/** The contract of {@link ArtifactStore}. */
export const artifactStoreContract: readonly ContractCase<ArtifactStore>[] = [
  ...consumptionCases,
  ...contract<ArtifactStore>({
    async 'limits the pending artifacts of a network until they belong to an account or are removed'(store) {
      const pendingInteraction = (key: string, network = 'here') =>
        artifact(key, { model: 'Interaction', network, expiresAt: noon + 1 })
      assert.equal(await store.insertPending(pendingInteraction('a'), 2, noon), true)
      assert.equal(await store.insertPending(pendingInteraction('a'), 2, noon), false)
      assert.equal(await store.insertPending(pendingInteraction('b'), 2, noon), true)
      assert.equal(await store.insertPending(pendingInteraction('c'), 2, noon), false)
      assert.equal(await store.find('c'), undefined)
      assert.equal(await store.insertPending(pendingInteraction('c', 'elsewhere'), 2, noon), true)
      const answered = artifact('a', { model: 'Interaction', payload: '"answered"', expiresAt: noon + 1 })
      assert.equal(await store.replace('a', answered, artifact('a').payload), true)
      assert.equal(await store.insertPending(pendingInteraction('d'), 2, noon), false)
      const owned = { ...answered, payload: '"owned"', accountId: 'account' }
      assert.equal(await store.replace('a', owned, answered.payload), true)
      assert.deepEqual(await store.find('a'), { ...owned, network: 'here' })
      assert.equal(await store.insertPending(pendingInteraction('d'), 2, noon), true)
      await store.destroy('b')
      assert.equal(await store.insertPending(pendingInteraction('e'), 2, noon), true)
      assert.deepEqual(await store.find('e'), pendingInteraction('e'))
      const other = artifact('other', { ...pendingInteraction('other'), key: 'other', model: 'DeviceCode' })
      assert.equal(await store.insertPending(other, 1, noon), true)
      assert.equal(await store.insertPending(pendingInteraction('f'), 2, noon + 1), true)
      assert.equal(await store.consume('f', noon), true)
      assert.equal(await store.insertPending({ ...pendingInteraction('g'), expiresAt: noon + 2 }, 1, noon + 1), true)
    },
    async 'does not count artifacts as pending that were stored before the clock was set back'(store) {
      const pendingDeviceCode = (key: string, expiresAt: number) =>
        artifact(key, { model: 'DeviceCode', network: 'here', expiresAt })
      const lifetime = 60_000
      assert.equal(await store.insertPending(pendingDeviceCode('a', noon + lifetime), 1, noon), true)
      const slightlyEarlier = noon - 299_999
      assert.equal(
        await store.insertPending(pendingDeviceCode('b', slightlyEarlier + lifetime), 1, slightlyEarlier),
        false,
      )
      const earlier = noon - 3_600_000
      assert.equal(await store.insertPending(pendingDeviceCode('b', earlier + lifetime), 1, earlier), true)
    },
    async 'returns every field as stored'(store) {
      await store.upsert(complete)
      await store.upsert(artifact('bare'))
      assert.deepEqual(await store.find('complete'), complete)
      assert.deepEqual(await store.find('bare'), artifact('bare'))
      assert.equal(await store.find('another'), undefined)
      assert.deepEqual(await store.lock('complete'), complete)
      assert.equal(await store.lock('another'), undefined)
    },
    async 'upsert replaces all fields except the consumption'(store) {
      await store.upsert(artifact('a', { grantId: 'old', uid: 'old', expiresAt: noon }))
      await store.consume('a', noon)
      const changed = { model: 'Session', payload: '{}', grantId: 'new', uid: null, expiresAt: noon + 1 }
      await store.upsert(artifact('a', changed))
      assert.deepEqual(await store.find('a'), artifact('a', { ...changed, consumedAt: noon, timesConsumed: 1 }))
    },
    async 'replaces an artifact atomically if its payload is unchanged'(store) {
      const old = artifact('old', { uid: 'uid' })
      await store.upsert(old)
      assert.equal(await store.replace('old', complete, '{"another":true}'), false)
      assert.deepEqual(await store.find('old'), old)
      assert.equal(await store.replace('old', complete, old.payload), true)
      assert.equal(await store.find('old'), undefined)
      assert.deepEqual(await store.find('complete'), complete)
      assert.equal(await store.replace('complete', { ...complete, payload: '{}' }, complete.payload), true)
      assert.deepEqual(await store.find('complete'), { ...complete, payload: '{}' })
      assert.equal(await store.replace('old', artifact('new'), old.payload), false)
      assert.equal(await store.find('new'), undefined)
    },
    async 'accepts one of fifty concurrent replacements, with the same or another key'(store) {
      const again = artifact('again')
      await store.upsert(again)
      const results = await repeat50Times((index) => store.replace('again', artifact(`place ${index}`), again.payload))
      assert.equal(results.filter(Boolean).length, 1)
      const same = artifact('same')
      await store.upsert(same)
      const changed = await repeat50Times((index) =>
        store.replace('same', { ...same, payload: `{"by":${index}}` }, same.payload),
      )
      assert.equal(changed.filter(Boolean).length, 1)
      assert.equal((await store.find('same'))?.payload, `{"by":${changed.indexOf(true)}}`)
    },
    async 'destroys by uid within one model, and returns the artifact to one of fifty concurrent callers'(store) {
      const session = artifact('session', { model: 'Session', uid: 'u' })
      await store.upsert(session)
      await store.upsert(artifact('other', { model: 'Interaction', uid: 'u' }))
      assert.equal(await store.destroyByUid('Session', 'v'), undefined)
      const results = await repeat50Times(() => store.destroyByUid('Session', 'u'))
      const returned = results.filter((item) => item !== undefined)
      assert.deepEqual(returned, [session])
      assert.deepEqual(await remainingKeys(store, ['session', 'other']), ['other'])
    },
    async 'refreshes an artifact only if it has not changed'(store) {
      await store.upsert(complete)
      const refreshed = { ...complete, payload: '{"used":1}', expiresAt: noon + 5 }
      assert.equal(await store.refresh(refreshed, complete.payload), true)
      assert.deepEqual(await store.find('complete'), refreshed)
      assert.equal(await store.refresh({ ...refreshed, payload: '{"used":2}' }, complete.payload), false)
      assert.equal(await store.refresh({ ...refreshed, key: 'none' }, refreshed.payload), false)
      assert.deepEqual(await store.find('complete'), refreshed)
    },
    async 'inserts nothing if the key exists'(store) {
      assert.equal(await store.insert(artifact('a')), true)
      assert.equal(await store.insert(artifact('a', { payload: '{"another":true}' })), false)
      assert.deepEqual(await store.find('a'), artifact('a'))
    },
    async 'accepts one of fifty concurrent inserts with the same key'(store) {
      const results = await repeat50Times((index) => store.insert(artifact('a', { payload: `{"by":${index}}` })))
      assert.deepEqual(results.filter(Boolean), [true])
      assert.equal((await store.find('a'))?.payload, `{"by":${results.indexOf(true)}}`)
    },
    async 'finds by uid within one model'(store) {
      await store.upsert(artifact('a', { model: 'Session', uid: 'u' }))
      await store.upsert(artifact('b', { model: 'Interaction', uid: 'u' }))
      assert.equal((await store.findByUid('Session', 'u'))?.key, 'a')
      assert.equal((await store.findByUid('Interaction', 'u'))?.key, 'b')
      assert.equal(await store.findByUid('Session', 'v'), undefined)
      assert.equal(await store.findByUid('Grant', 'u'), undefined)
    },
    async 'finds by user code within one model'(store) {
      await store.upsert(artifact('a', { model: 'DeviceCode', userCodeHash: 'h' }))
      assert.equal((await store.findByUserCode('DeviceCode', 'h'))?.key, 'a')
      assert.equal(await store.findByUserCode('Session', 'h'), undefined)
      assert.equal(await store.findByUserCode('DeviceCode', 'i'), undefined)
    },
    async 'finds an artifact together with the session of its uid'(store) {
      const session = artifact('session', { model: 'Session', uid: 'u' })
      const found = artifact('site', { model: 'SiteSession', uid: 'u' })
      await store.upsert(session)
      await store.upsert(found)
      await store.upsert(artifact('other', { model: 'Session', uid: 'v' }))
      assert.deepEqual((await store.findWithSession('site')).map(({ key }) => key).sort(), ['session', 'site'])
      await store.destroy('session')
      assert.deepEqual(await store.findWithSession('site'), [found])
      assert.deepEqual(await store.findWithSession('missing'), [])
    },
    async 'finds expired artifacts'(store) {
      await store.upsert(artifact('a', { expiresAt: 1 }))
      assert.equal((await store.find('a'))?.expiresAt, 1)
    },
    async 'finds artifacts, and their grants at most'(store) {
      const grantId = 'a grant'
      const grant = artifact(sha256(`Grant:${grantId}`), { model: 'Grant' })
      await store.upsert(artifact('code', { grantId }))
      assert.deepEqual(await store.findWithGrants(['code']), [artifact('code', { grantId })])
      await store.upsert(grant)
      const [found, ...others] = await store.findWithGrants(['code'])
      assert.deepEqual(found, artifact('code', { grantId }))
      for (const other of others) assert.deepEqual(other, grant)
      assert.deepEqual(await store.findWithGrants([grant.key]), [grant])
      assert.deepEqual(await store.findWithGrants(['missing']), [])
      await store.upsert(artifact('token'))
      const keys = (await store.findWithGrants(['missing', 'token', 'code'])).map(({ key }) => key)
      assert.deepEqual(keys.filter((key) => key !== grant.key).toSorted(), ['code', 'token'])
    },
    async 'destroys an artifact, and ignores a missing one'(store) {
      await store.upsert(artifact('a'))
      await store.upsert(artifact('b'))
      await store.destroy('a')
      await store.destroy('a')
      assert.deepEqual(await remainingKeys(store, ['a', 'b']), ['b'])
    },
    async 'destroys only the artifacts of one model of a grant'(store) {
      await store.upsert(artifact('a', { grantId: 'g' }))
      await store.upsert(artifact('b', { grantId: 'g' }))
      await store.upsert(artifact('c', { grantId: 'g', model: 'Interaction' }))
      await store.upsert(artifact('d', { grantId: 'h' }))
      await store.destroyByGrant('AccessToken', 'g')
      assert.deepEqual(await remainingKeys(store, ['a', 'b', 'c', 'd']), ['c', 'd'])
    },
    async 'destroys all artifacts of an account'(store) {
      await store.upsert(artifact('a', { accountId: 'x', model: 'Session' }))
      await store.upsert(artifact('b', { accountId: 'x', model: 'RefreshToken', clientId: 'k' }))
      await store.upsert(artifact('c', { accountId: 'y' }))
      await store.upsert(artifact('d'))
      await store.destroyByAccount('x')
      assert.deepEqual(await remainingKeys(store, ['a', 'b', 'c', 'd']), ['c', 'd'])
    },
    async 'destroys all artifacts of a client'(store) {
      await store.upsert(artifact('a', { clientId: 'x', model: 'Grant' }))
      await store.upsert(artifact('b', { clientId: 'x', accountId: 'k' }))
      await store.upsert(artifact('c', { clientId: 'y' }))
      await store.destroyByClient('x')
      assert.deepEqual(await remainingKeys(store, ['a', 'b', 'c']), ['c'])
    },
    async 'lists the accounts with artifacts of a client'(store) {
      await store.upsert(artifact('a', { accountId: 'x', clientId: 'k', model: 'Grant' }))
      await store.upsert(artifact('b', { accountId: 'x', clientId: 'k', model: 'RefreshToken' }))
      await store.upsert(artifact('c', { accountId: 'y', clientId: 'k' }))
      await store.upsert(artifact('d', { accountId: 'z', clientId: 'l' }))
      await store.upsert(artifact('e', { clientId: 'k' }))
      assert.deepEqual([...(await store.accountsOf('k'))].sort(), ['x', 'y'])
      assert.deepEqual([...(await store.accountsOf('nobody'))], [])
    },
    async 'destroys the artifacts of an account and a client'(store) {
      await store.upsert(artifact('a', { accountId: 'x', clientId: 'k', model: 'Grant' }))
      await store.upsert(artifact('b', { accountId: 'x', clientId: 'l' }))
      await store.upsert(artifact('c', { accountId: 'y', clientId: 'k' }))
      await store.upsert(artifact('d', { accountId: 'x', model: 'Session' }))
      await store.destroyByAccountAndClient('x', 'k')
      assert.deepEqual(await remainingKeys(store, ['a', 'b', 'c', 'd']), ['b', 'c', 'd'])
    },
    async 'removes only expired entries, in bounded batches'(store) {
      for (const key of ['a', 'b', 'c', 'd', 'e']) await store.upsert(artifact(key, { expiresAt: noon - 1 }))
      await store.upsert(artifact('ends now', { expiresAt: noon }))
      await store.upsert(artifact('kept'))
      assert.equal(await store.removeExpired(noon, 2), 2)
      assert.equal((await remainingKeys(store, ['a', 'b', 'c', 'd', 'e'])).length, 3)
      assert.equal(await store.removeExpired(noon, 10), 3)
      assert.equal(await store.removeExpired(noon, 10), 0)
      assert.deepEqual(await remainingKeys(store, ['a', 'b', 'c', 'd', 'e', 'ends now', 'kept']), ['ends now', 'kept'])
    },
  }),
]

async function remainingKeys(store: ArtifactStore, keys: readonly string[]): Promise<string[]> {
  const found = await Promise.all(keys.map((key) => store.find(key)))
  return found.flatMap((item) => (item === undefined ? [] : [item.key]))
}
