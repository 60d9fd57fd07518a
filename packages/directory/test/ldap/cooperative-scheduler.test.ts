import { setImmediate } from 'node:timers/promises'
import { expect, test } from '@jest/globals'
import type { LdapRules, LdapSnapshot } from '../../src/index.ts'
import { planLdapImport } from '../../src/ldap/plan.ts'
import { rules as defaultRules, group, ldapEntries, person } from './ldap-entries.ts'

const rules: LdapRules = { ...defaultRules, now: 5 }
const emptySnapshot: LdapSnapshot = { people: [], localUsers: [], groups: [], memberships: [] }
const names = Array.from({ length: 20_000 }, (_, index) => `user${index}`)
const company = ldapEntries(
  names.map((name) => person(name)),
  Array.from({ length: 2000 }, (_, index) =>
    group(
      `group${index}`,
      Array.from({ length: 20 }, (_member, n) => names[(index * 10 + n) % names.length] ?? ''),
    ),
  ),
)

/**
 * Measures how a long computation delays other work: the largest share of its CPU time between two turns of other work, and
 * the number of turns. A share of CPU time is independent of machine speed and load.
 */
async function measureDelay<Value>(callback: () => Promise<Value>) {
  const cpuTime = () => {
    const { user, system } = process.cpuUsage()
    return user + system
  }
  const delays: number[] = []
  let isDone = false
  const otherWork = (async () => {
    for (let previous = cpuTime(); !isDone; ) {
      await setImmediate()
      const current = cpuTime()
      delays.push(current - previous)
      previous = current
    }
  })()
  const value = await callback()
  isDone = true
  await otherWork
  const total = delays.reduce((sum, delay) => sum + delay, 0)
  return { value, share: Math.max(...delays) / total, turns: delays.length }
}

test('runs other work while it plans 20,000 users and 2,000 groups', async () => {
  const initialImport = await measureDelay(() => planLdapImport(company, emptySnapshot, rules))
  const { creations, groupCreations, memberships } = initialImport.value
  expect([creations.length, groupCreations.length, memberships.length]).toEqual([20_000, 2000, 2000])
  const snapshot: LdapSnapshot = {
    people: creations.map(({ user, importState }) => ({ user, importState })),
    localUsers: [],
    groups: groupCreations.map((creation) => creation.group),
    memberships: memberships.flatMap(({ groupId, added }) => added.map((userId) => ({ groupId, userId }))),
  }
  const unchangedImport = await measureDelay(() => planLdapImport(company, snapshot, rules))
  const removalImport = await measureDelay(() =>
    planLdapImport(ldapEntries([]), snapshot, { ...rules, missing: 'delete' }),
  )
  expect(removalImport.value.removals).toHaveLength(20_000)
  for (const { share } of [initialImport, unchangedImport, removalImport]) expect(share).toBeLessThan(0.5)
  for (const { turns } of [initialImport, unchangedImport]) expect(turns).toBeGreaterThan(5)
})

test('stops planning when the signal is aborted', async () => {
  const controller = new AbortController()
  const planPromise = planLdapImport(company, emptySnapshot, rules, controller.signal)
  controller.abort(new Error('The server is stopping'))
  await expect(planPromise).rejects.toThrow('The server is stopping')
})
