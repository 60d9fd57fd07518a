import { randomUUID } from 'node:crypto'
import { beforeAll, beforeEach, describe, expect, test } from '@jest/globals'
import type { ScimReport } from '@pocket/directory/internal'
import { shareBetweenTests } from '@pocket/test-support'
import type { ScimProvider } from '../../src/scim/provider.ts'
import type { ScimProviderStore } from '../../src/scim/provider-store.ts'
import { openTestDatabase } from '../database/test-databases.ts'

const noon = Date.UTC(2030, 0, 1, 12)
const minute = 60_000
const counts = { total: 0, created: 0, updated: 0, deactivated: 0, deleted: 0, unchanged: 0, found: 0, failed: 0 }
const report: ScimReport = {
  startedAt: noon,
  finishedAt: noon,
  requests: 2,
  user: counts,
  group: counts,
  withoutGroups: false,
  problems: [],
  problemCount: 0,
  stopped: null,
}

describe.each(['SQLite', 'PostgreSQL'] as const)('the SCIM provider store on %s', (kind) => {
  const database = shareBetweenTests(() => openTestDatabase(kind))
  let store: ScimProviderStore

  beforeAll(async () => {
    store = database.scimProviders
  })

  beforeEach(async () => {
    for (const id of await store.listDue(Number.MAX_SAFE_INTEGER)) await store.remove(id)
    await store.consumeChanges(Number.MAX_SAFE_INTEGER, 1)
  })

  const insertProvider = async (extra: Partial<ScimProvider> = {}): Promise<ScimProvider> => {
    const created: ScimProvider = {
      id: randomUUID(),
      clientId: randomUUID(),
      endpoint: 'https://app.example/scim',
      token: '',
      removal: 'deactivate',
      createdAt: noon,
      nextRunAt: noon,
      leaseOwner: null,
      leaseUntil: null,
      startedAt: null,
      succeededAt: null,
      report: null,
      ...extra,
    }
    await store.insert(created)
    return created
  }
  const newLease = ({ id }: ScimProvider) => ({ id, owner: randomUUID() })
  const range = { now: noon, until: noon + minute }
  const end = { finishedAt: noon + 1000, nextRunAt: noon + 60 * minute, succeeded: true, report }

  test('stores several providers of a client, the oldest first', async () => {
    const [one, other] = [await insertProvider(), await insertProvider()]
    expect(await store.find(one.id)).toEqual(one)
    const older = await insertProvider({ clientId: one.clientId, createdAt: noon - minute })
    expect(await store.listByClient(one.clientId)).toEqual([older, one])
    await store.update({ ...other, endpoint: 'https://other.example', removal: 'delete' })
    expect(await store.find(other.id)).toEqual({ ...other, endpoint: 'https://other.example', removal: 'delete' })
    await store.remove(one.id)
    expect(await store.find(one.id)).toBeUndefined()
  })

  test('lets one of many replicas run it, until it finishes or dies', async () => {
    const created = await insertProvider()
    const leases = Array.from({ length: 10 }, () => newLease(created))
    const claimed = await Promise.all(leases.map((lease) => store.claim(lease, range)))
    const [winner, ...losers] = leases.toSorted(
      (a, b) => Number(claimed[leases.indexOf(b)]) - Number(claimed[leases.indexOf(a)]),
    )
    if (!winner) throw new TypeError('No replica has claimed it.')
    expect(claimed.filter(Boolean).length).toBe(1)
    expect([await store.listDue(noon), await store.listDue(noon + minute)]).toEqual([[], [created.id]])
    expect(await store.renew(winner, noon + 2 * minute)).toBe(true)
    for (const lease of losers.slice(0, 1)) {
      expect([await store.renew(lease, noon), await store.finish(lease, end)]).toEqual([false, false])
      expect(await store.claim(lease, { now: noon + 2 * minute, until: noon + 3 * minute })).toBe(true)
      expect([await store.renew(winner, noon), await store.finish(winner, end)]).toEqual([false, false])
      expect(await store.finish(lease, { ...end, finishedAt: noon + 3 * minute })).toBe(true)
    }
    expect(await store.find(created.id)).toMatchObject({
      leaseUntil: null,
      nextRunAt: end.nextRunAt,
      succeededAt: noon + 3 * minute,
      report,
    })
  })

  test('is not due after another replica ran it', async () => {
    const created = await insertProvider()
    const first = newLease(created)
    expect(await store.claimDue(first, range)).toBe(true)
    expect(await store.finish(first, end)).toBe(true)
    expect(await store.claimDue(newLease(created), { now: noon + 2000, until: noon + minute })).toBe(false)
    expect(await store.claim(newLease(created), { now: noon + 2000, until: noon + minute })).toBe(true)
  })

  test('is not delayed by a lease, a next run or a change from before the clock was set back', async () => {
    const [leased, reschedule] = [await insertProvider(), await insertProvider({ nextRunAt: noon + 3 * 60 * minute })]
    await store.claim(newLease(leased), { now: noon + 60 * minute, until: noon + 61 * minute })
    expect((await store.listDue(noon)).toSorted()).toEqual([leased.id, reschedule.id].toSorted())
    for (const created of [leased, reschedule]) expect(await store.claimDue(newLease(created), range)).toBe(true)
    expect(await store.listDue(noon)).toEqual([])
    const next = await insertProvider({ nextRunAt: noon + 60 * minute })
    await store.recordChange(noon + 60 * minute)
    await store.consumeChanges(noon - 5 * minute, noon)
    expect(await store.listDue(noon)).toEqual([next.id])
  })

  test('stays due after a replica releases it', async () => {
    const created = await insertProvider()
    const lease = newLease(created)
    await store.claim(lease, range)
    await store.release(lease)
    expect(await store.listDue(noon)).toEqual([created.id])
  })

  test('is due after a quiet period since the last change', async () => {
    await store.recordChange(noon)
    const created = await insertProvider({ nextRunAt: noon + 60 * minute })
    // Changes were not recorded before a provider existed.
    await store.consumeChanges(noon + 60 * minute, noon)
    expect(await store.listDue(noon)).toEqual([])
    await store.recordChange(noon)
    await store.recordChange(noon + 3 * minute)
    for (const minutes of [0, 5, 7]) {
      const now = noon + minutes * minute
      await store.consumeChanges(now - 5 * minute, now)
      expect(await store.listDue(now)).toEqual([])
    }
    const now = noon + 9 * minute
    await store.consumeChanges(now - 5 * minute, now)
    expect([await store.listDue(now - 1), await store.listDue(now)]).toEqual([[], [created.id]])
  })

  test('handles a request that arrives during a run after it', async () => {
    const [one, other] = [await insertProvider(), await insertProvider()]
    const leases = [newLease(one), newLease(other)]
    for (const lease of leases) await store.claim(lease, range)
    await store.recordChange(noon + 10)
    await store.markDue(one.id, noon + 20)
    for (const lease of leases) await store.finish(lease, end)
    expect(await store.listDue(noon + 1000)).toEqual([one.id])
    const again = newLease(other)
    await store.claim(again, { now: noon + 2000, until: noon + minute })
    await store.consumeChanges(noon + 100, noon + 3000)
    await store.finish(again, { ...end, finishedAt: noon + 4000 })
    expect(await store.listDue(noon + 5000)).toEqual([one.id, other.id])
  })
})
