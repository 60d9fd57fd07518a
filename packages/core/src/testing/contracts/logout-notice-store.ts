import assert from 'node:assert/strict'
import type { LogoutNotice, LogoutNoticeStore } from '../../logout-notices/logout-notice-store.ts'
import { type ContractCase, contract, noon, repeat50Times } from './contract.ts'

const minute = 60_000

function logoutNotice(id: string, changes: Partial<LogoutNotice> = {}): LogoutNotice {
  const given = { clientId: 'client', accountId: 'account', sid: 'sid', attempts: 0 }
  return { id, ...given, nextAttemptAt: noon, createdAt: noon, ...changes }
}

const idsOf = (notices: readonly LogoutNotice[]) => notices.map(({ id }) => id)

/** The contract of {@link LogoutNoticeStore}. */
export const logoutNoticeStoreContract: readonly ContractCase<LogoutNoticeStore>[] = contract({
  async 'gives a notice to one of fifty concurrent senders, and counts each attempt once'(store) {
    for (const id of ['a', 'b', 'c']) await store.insert(logoutNotice(id))
    const claimed = (await repeat50Times(() => store.claimDue(noon, noon + minute, 2))).flat()
    assert.deepEqual(idsOf(claimed).sort(), ['a', 'b', 'c'])
    assert.deepEqual(claimed[0], logoutNotice(claimed[0]?.id ?? '', { attempts: 1, nextAttemptAt: noon + minute }))
    assert.deepEqual(await store.claimDue(noon, noon + minute, 10), [])
  },
  async 'returns a notice of a terminated sender again, and no notice before its time'(store) {
    await store.insert(logoutNotice('a', { nextAttemptAt: noon + 1 }))
    assert.deepEqual(await store.claimDue(noon, noon + minute, 10), [])
    assert.deepEqual(idsOf(await store.claimDue(noon + 1, noon + minute, 10)), ['a'])
    const [again] = await store.claimDue(noon + minute, noon + 2 * minute, 10)
    assert.equal(again?.attempts, 2)
    await store.postpone('a', noon + 5 * minute)
    assert.deepEqual(await store.claimDue(noon + 4 * minute, noon + 9 * minute, 10), [])
    assert.deepEqual(idsOf(await store.claimDue(noon + 5 * minute, noon + 9 * minute, 10)), ['a'])
  },
  async 'returns a notice immediately after the clock was set back by days'(store) {
    await store.insert(logoutNotice('a', { nextAttemptAt: noon + 72 * 60 * minute }))
    await store.insert(logoutNotice('b', { nextAttemptAt: noon + 12 * 60 * minute }))
    assert.deepEqual(idsOf(await store.claimDue(noon, noon + minute, 10)), ['a'])
    assert.deepEqual(await store.claimDue(noon, noon + minute, 10), [])
  },
  async 'removes one notice, and all of a client'(store) {
    await store.insert(logoutNotice('a'))
    await store.insert(logoutNotice('b'))
    await store.insert(logoutNotice('c', { clientId: 'another' }))
    await store.remove('a')
    await store.removeByClient('client')
    assert.deepEqual(idsOf(await store.claimDue(noon, noon + minute, 10)), ['c'])
  },
})
