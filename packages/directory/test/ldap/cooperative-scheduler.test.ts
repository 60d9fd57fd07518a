import { setImmediate } from 'node:timers/promises'
import { expect, jest, test } from '@jest/globals'
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

/** Counts how often other work can run during a computation, if each look at the clock finds that the turn has lasted long. */
async function countTurns<Value>(callback: () => Promise<Value>) {
  let now = 0
  const clock = jest.spyOn(performance, 'now').mockImplementation(() => (now += 1000))
  let isDone = false
  const otherWork = (async () => {
    let turns = 0
    for (; !isDone; turns++) await setImmediate()
    return turns
  })()
  const value = await callback().finally(() => {
    isDone = true
    clock.mockRestore()
  })
  return { value, turns: await otherWork }
}

test('runs other work while it plans 20,000 users and 2,000 groups', async () => {
  const initialImport = await countTurns(() => planLdapImport(company, emptySnapshot, rules))
  const { creations, groupCreations, memberships } = initialImport.value
  expect([creations.length, groupCreations.length, memberships.length]).toEqual([20_000, 2000, 2000])
  const snapshot: LdapSnapshot = {
    people: creations.map(({ user, importState }) => ({ user, importState })),
    localUsers: [],
    groups: groupCreations.map((creation) => creation.group),
    memberships: memberships.flatMap(({ groupId, added }) => added.map((userId) => ({ groupId, userId }))),
  }
  const unchangedImport = await countTurns(() => planLdapImport(company, snapshot, rules))
  const removalImport = await countTurns(() =>
    planLdapImport(ldapEntries([]), snapshot, { ...rules, missing: 'delete' }),
  )
  expect(removalImport.value.removals).toHaveLength(20_000)
  // Once for each user at least; the removals are a few quick steps.
  for (const { turns } of [initialImport, unchangedImport]) expect(turns).toBeGreaterThan(20_000)
  expect(removalImport.turns).toBeGreaterThan(5)
})

test('stops planning when the signal is aborted', async () => {
  const controller = new AbortController()
  const planPromise = planLdapImport(company, emptySnapshot, rules, controller.signal)
  controller.abort(new Error('The server is stopping'))
  await expect(planPromise).rejects.toThrow('The server is stopping')
})
