import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { monitorEventLoopDelay } from 'node:perf_hooks'
import { setTimeout } from 'node:timers/promises'
import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { type LdapHeld, type LdapRules, planLdapImport } from '../../src/index.ts'
import { answer, group, person, rules as usual } from './answers.ts'

const rules: LdapRules = { ...usual, now: 5 }
const nobody: LdapHeld = { people: [], others: [], groups: [], memberships: [] }
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

const server = createServer((_, response) => response.end('here'))
beforeAll(async () => {
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
})
afterAll(() => {
  server.close()
})

/** How long others waited at most, in milliseconds, and how often they were answered. */
async function meanwhile<Value>(work: () => Promise<Value>) {
  // A cast, since it listens on a port.
  const { port } = server.address() as AddressInfo
  const delay = monitorEventLoopDelay({ resolution: 5 })
  delay.enable()
  // It counts from its second look on.
  await setTimeout(20)
  delay.reset()
  let isOver = false
  let answers = 0
  const asking = (async () => {
    while (!isOver) {
      expect(await (await fetch(`http://127.0.0.1:${port}/`)).text()).toBe('here')
      answers += 1
    }
  })()
  const value = await work()
  isOver = true
  await asking
  await setTimeout(20)
  delay.disable()
  return { value, waited: delay.max / 1e6, answers }
}

test('while 20,000 people and 2,000 groups are planned others are answered', async () => {
  const first = await meanwhile(() => planLdapImport(company, nobody, rules))
  const { creations, groupCreations, memberships } = first.value
  expect([creations.length, groupCreations.length, memberships.length]).toEqual([20_000, 2000, 2000])
  const held: LdapHeld = {
    people: creations.map(({ user, mark }) => ({ user, mark })),
    others: [],
    groups: groupCreations.map((each) => each.group),
    memberships: memberships.flatMap(({ groupId, added }) => added.map((userId) => ({ groupId, userId }))),
  }
  const unchanged = await meanwhile(() => planLdapImport(company, held, rules))
  const gone = await meanwhile(() => planLdapImport(answer([]), held, { ...rules, missing: 'delete' }))
  expect(gone.value.removals).toHaveLength(20_000)
  for (const { waited } of [first, unchanged, gone]) expect(waited).toBeLessThan(300)
  for (const { answers } of [first, unchanged]) expect(answers).toBeGreaterThan(5)
}, 30_000)

test('a plan that nobody wants any more is given up', async () => {
  const stop = new AbortController()
  const planning = planLdapImport(company, nobody, rules, stop.signal)
  stop.abort(new Error('This server stops'))
  await expect(planning).rejects.toThrow('This server stops')
})
