import { beforeAll, beforeEach, describe, expect, test } from '@jest/globals'
import { shareBetweenTests } from '@pocket/test-support'
import { type AuditChain, createAuditChain } from '../../src/audit-log/audit-chain.ts'
import { type CurrentNames, createAuditLog } from '../../src/audit-log/audit-log.ts'
import { unknownLocation } from '../../src/geoip/location.ts'
import { kinds } from '../api/calls.ts'
import { openTestDatabase } from '../database/test-databases.ts'

const hour = 3_600_000
const names: CurrentNames = { accounts: async () => new Map(), client: async () => null, passkey: async () => null }
const never = new AbortController().signal

describe.each(kinds)('the chain of the audit log on %s', (kind) => {
  const database = shareBetweenTests(() => openTestDatabase(kind))
  let chain: AuditChain
  let now = 0

  beforeAll(async () => {
    const { auditSeals: store, masterKey } = database
    chain = createAuditChain({ store, masterKey, clock: { now: () => now } })
  })
  const run = (sql: string) => database.dataSource.query(sql)
  const record = async (at: number, ...kids: readonly string[]) => {
    const deps = { names, log: { record: async () => {} }, locationOf: () => unknownLocation, clock: { now: () => at } }
    const log = createAuditLog({ ...deps, store: database.auditLog })
    const noUser = { requestId: null, ipAddress: null, userAgent: null }
    for (const kid of kids) await log.record({ event: 'keys_rotated', kid }, noUser)
  }
  const findProblems = async () => (await chain.verify()).broken.map(({ number, problem }) => [number, problem])

  /** Two batches of two and one of one entry, and an entry that is not sealed yet. */
  beforeEach(async () => {
    await run('DELETE FROM pocket_audit')
    await run('DELETE FROM pocket_audit_seal')
    for (const [index, kids] of [['a', 'b'], ['c', 'd'], ['e']].entries()) {
      await record((index + 1) * 100 * hour, ...kids)
      now = (index + 1) * 100 * hour + 3 * hour
      await chain.seal(never)
    }
    await record(now - hour, 'not sealed')
    await chain.seal(never)
  })

  test('verifies batches of entries that no longer change', async () => {
    const result = await chain.verify()
    expect(result).toMatchObject({ batches: 3, entries: 5, broken: [], isExpectedFound: true })
    expect(result.head).toMatch(/^[\w-]{43}$/)
  })

  test.each([
    [
      'a changed entry',
      `UPDATE pocket_audit SET data = '{"kid":"x"}' WHERE data LIKE '%"c"%'`,
      [[2, 'entries_changed']],
    ],
    ['a removed entry', `DELETE FROM pocket_audit WHERE data LIKE '%"d"%'`, [[2, 'entries_missing']]],
    ['a removed batch', 'DELETE FROM pocket_audit_seal WHERE number = 2', [[3, 'batch_missing']]],
    ['a removed start', 'DELETE FROM pocket_audit_seal WHERE number = 1', [[2, 'batch_missing']]],
    [
      'a forged hash',
      `UPDATE pocket_audit_seal SET hash = 'x' WHERE number = 1`,
      [
        [1, 'entries_changed'],
        [2, 'entries_changed'],
      ],
    ],
  ])('detects %s', async (_, tamper, expected) => {
    await run(tamper)
    expect(await findProblems()).toEqual(expected)
  })

  test('detects an entry that was added with an earlier time', async () => {
    await record(150 * hour, 'added')
    expect(await findProblems()).toEqual([[2, 'entries_added']])
  })

  test('detects an entry that was added before the oldest batch', async () => {
    await record(50 * hour, 'added')
    expect(await findProblems()).toEqual([[1, 'entries_added']])
  })

  test('detects an entry that was added to batches that retention removed', async () => {
    await chain.removeBefore(101 * hour, never)
    await record(50 * hour, 'added')
    expect(await findProblems()).toEqual([[1, 'entries_added']])
  })

  test('detects a batch that is falsely marked as removed', async () => {
    const forgeEntry = async (number: number) => {
      await run(`DELETE FROM pocket_audit WHERE created_at = ${number * 100 * hour}`)
      await run(`UPDATE pocket_audit_seal SET is_removed = true WHERE number = ${number}`)
    }
    await forgeEntry(2)
    expect(await findProblems()).toEqual([[2, 'entries_missing']])
    // Also after retention has removed the oldest batch.
    await chain.removeBefore(101 * hour, never)
    expect(await findProblems()).toEqual([[2, 'entries_missing']])
  })

  test('detects that the newest batches were removed by a hash that was noted before', async () => {
    const { head } = await chain.verify()
    await run(`DELETE FROM pocket_audit WHERE created_at >= ${300 * hour}`)
    await run('DELETE FROM pocket_audit_seal WHERE number = 3')
    expect(await chain.verify(head ?? '')).toMatchObject({ broken: [], isExpectedFound: false })
  })

  test('retention removes whole batches and leaves the hash that the next one continues', async () => {
    await chain.removeBefore(200 * hour, never)
    expect(await chain.verify()).toMatchObject({ batches: 2, entries: 3, broken: [] })
    await chain.removeBefore(201 * hour, never)
    const { head, ...rest } = await chain.verify()
    expect(rest).toMatchObject({ batches: 1, entries: 1, broken: [] })
    expect((await chain.verify(head ?? '')).isExpectedFound).toBe(true)
    await run(`UPDATE pocket_audit SET event = 'X' WHERE data LIKE '%"e"%'`)
    expect(await findProblems()).toEqual([[3, 'entries_changed']])
  })

  test('seals all batches in one run', async () => {
    await record(400 * hour, 'f')
    await record(500 * hour, 'g')
    now = 600 * hour
    await chain.seal(never)
    expect(await chain.verify()).toMatchObject({ batches: 6, entries: 8, broken: [] })
  })

  test('two processes that seal concurrently make one chain', async () => {
    await record(400 * hour, ...Array.from({ length: 20 }, (_, index) => `kid ${index}`))
    now = 500 * hour
    await Promise.all([chain.seal(never), chain.seal(never), chain.seal(never)])
    await chain.seal(never)
    expect(await chain.verify()).toMatchObject({ entries: 26, broken: [] })
  })
})
