import { setImmediate } from 'node:timers/promises'
import { expect, test } from '@jest/globals'
import type { LdapRules, LdapSnapshot } from '../../src/index.ts'
import { planLdapImport } from '../../src/ldap/plan.ts'
import { answer, group, person, rules as usual } from './answers.ts'

const rules: LdapRules = { ...usual, now: 5 }
const nobody: LdapSnapshot = { people: [], localUsers: [], groups: [], memberships: [] }
const names = Array.from({ length: 20_000 }, (_, index) => `user${index}`)
const company = answer(
  names.map((name) => person(name)),
  Array.from({ length: 2000 }, (_, index) =>
    group(
      `group${index}`,
      Array.from({ length: 20 }, (_each, n) => names[(index * 10 + n) % names.length] ?? ''),
    ),
  ),
)

/**
 * Measures how a long computation delays other work: the largest share of its CPU time between two turns of other work, and
 * the number of turns. A share of CPU time is independent of machine speed and load.
 */
async function meanwhile<Value>(work: () => Promise<Value>) {
  const used = () => {
    const { user, system } = process.cpuUsage()
    return user + system
  }
  const stretches: number[] = []
  let isOver = false
  const others = (async () => {
    for (let last = used(); !isOver; ) {
      await setImmediate()
      const now = used()
      stretches.push(now - last)
      last = now
    }
  })()
  const value = await work()
  isOver = true
  await others
  const total = stretches.reduce((sum, each) => sum + each, 0)
  return { value, share: Math.max(...stretches) / total, turns: stretches.length }
}

test('runs other work while it plans 20,000 users and 2,000 groups', async () => {
  const first = await meanwhile(() => planLdapImport(company, nobody, rules))
  const { creations, groupCreations, memberships } = first.value
  expect([creations.length, groupCreations.length, memberships.length]).toEqual([20_000, 2000, 2000])
  const held: LdapSnapshot = {
    people: creations.map(({ user, importState }) => ({ user, importState })),
    localUsers: [],
    groups: groupCreations.map((each) => each.group),
    memberships: memberships.flatMap(({ groupId, added }) => added.map((userId) => ({ groupId, userId }))),
  }
  const unchanged = await meanwhile(() => planLdapImport(company, held, rules))
  const gone = await meanwhile(() => planLdapImport(answer([]), held, { ...rules, missing: 'delete' }))
  expect(gone.value.removals).toHaveLength(20_000)
  for (const { share } of [first, unchanged, gone]) expect(share).toBeLessThan(0.5)
  for (const { turns } of [first, unchanged]) expect(turns).toBeGreaterThan(5)
})

test('stops planning when the signal is aborted', async () => {
  const stop = new AbortController()
  const planning = planLdapImport(company, nobody, rules, stop.signal)
  stop.abort(new Error('This server stops'))
  await expect(planning).rejects.toThrow('This server stops')
})
