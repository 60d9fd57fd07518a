import assert from 'node:assert/strict'
import type { SessionLink, SessionOrigin } from '../../sessions/session-history-store.ts'
import type { PocketStores } from '../../stores.ts'
import { type ContractCase, contract, noon, repeat50Times } from './contract.ts'

function sessionOrigin(uid: string, changes: Partial<SessionOrigin> = {}): SessionOrigin {
  const defaults = { accountId: 'ada', method: 'passkey', startedAt: noon, removals: 0 } as const
  return { uid, ...defaults, endedBy: null, reviewAt: noon + 1, browser: null, ...changes }
}

function sessionLink(sessionUid: string, subject: string, changes: Partial<SessionLink> = {}): SessionLink {
  return { sessionUid, kind: 'passkey_used', subject, accountId: 'ada', label: null, at: noon, ...changes }
}

type Stores = Pick<PocketStores, 'sessionHistory' | 'transaction'>

/** The contract of {@link SessionHistoryStore}, within transactions of the same stores. */
export const sessionHistoryStoreContract: readonly ContractCase<Stores>[] = contract({
  async 'lets one transaction at a time hold the lock of an account'({ sessionHistory: store, transaction }) {
    let concurrentCount = 0
    await repeat50Times(() =>
      transaction(async () => {
        await store.lockAccount('ada')
        concurrentCount += 1
        assert.equal(concurrentCount, 1)
        await store.addRemoval('ada')
        await store.countRemovals('bob')
        concurrentCount -= 1
      }),
    )
    assert.equal(await store.countRemovals('ada'), 50)
    assert.equal(await transaction(() => store.lockAccount('ada')), 50)
    assert.equal(await store.countRemovals('bob'), 0)
  },
  async 'replaces an origin, and finds it by session, account, browser and the passkey that ended it'({
    sessionHistory: store,
  }) {
    await store.saveOrigin(sessionOrigin('a'))
    await store.saveOrigin(sessionOrigin('a', { method: 'code', endedBy: 'key', removals: 2 }))
    const other = sessionOrigin('b', { accountId: 'bob', browser: 'browser' })
    await store.saveOrigin(other)
    const changed = sessionOrigin('a', { method: 'code', endedBy: 'key', removals: 2 })
    assert.deepEqual(await store.findOrigin('a'), changed)
    assert.deepEqual(await store.originsOf('ada'), [changed])
    assert.deepEqual(await store.endedBy('key'), [changed])
    assert.deepEqual(await store.originsInBrowser('browser'), [other])
    assert.equal(await store.findOrigin('c'), undefined)
  },
  async 'replaces a link of the same session, kind and subject, and finds links by account, session and subject'({
    sessionHistory: store,
  }) {
    await store.saveLink(sessionLink('a', 'key'))
    await store.saveLink(sessionLink('a', 'key', { at: noon + 2, label: 'Laptop' }))
    await store.saveLink(sessionLink('a', 'key', { kind: 'passkey_registered', at: noon + 1 }))
    await store.saveLink(sessionLink('b', 'key', { accountId: 'bob' }))
    const used = sessionLink('a', 'key', { at: noon + 2, label: 'Laptop' })
    const registered = sessionLink('a', 'key', { kind: 'passkey_registered', at: noon + 1 })
    assert.deepEqual(await store.linksOf('ada'), [registered, used])
    assert.deepEqual(await store.linksIn('a'), [registered, used])
    assert.deepEqual(await store.linksTo('passkey_used', 'key'), [sessionLink('b', 'key', { accountId: 'bob' }), used])
  },
  async 'lists due sessions in bounded batches, and removes one session or those of an account'({
    sessionHistory: store,
  }) {
    await store.saveOrigin(sessionOrigin('later'))
    await store.saveOrigin(sessionOrigin('second', { reviewAt: noon }))
    await store.saveOrigin(sessionOrigin('first', { reviewAt: noon - 1, accountId: 'bob' }))
    await store.saveLink(sessionLink('second', 'key'))
    await store.saveLink(sessionLink('later', 'key'))
    const listDueUids = async (limit: number) => (await store.dueForReview(noon, limit)).map(({ uid }) => uid)
    assert.deepEqual([await listDueUids(1), await listDueUids(9)], [['first'], ['first', 'second']])
    await store.remove('second')
    assert.deepEqual([await listDueUids(9), await store.linksIn('second')], [['first'], []])
    await store.removeByAccount('ada')
    assert.deepEqual([await store.findOrigin('later'), await store.linksIn('later')], [undefined, []])
    assert.notEqual(await store.findOrigin('first'), undefined)
  },
})
