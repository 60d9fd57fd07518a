import { readFile } from 'node:fs/promises'
import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { type Application, applications } from '@pocket/core/testing'
import type { Host } from './host.ts'
import { measure, startMeasuredHost } from './relying-parties/measure.ts'
import { relyingPartiesReference } from './relying-parties/reference.ts'

let host: Host

beforeAll(async () => {
  host = await startMeasuredHost()
})

afterAll(async () => {
  await host[Symbol.asyncDispose]()
})

const named = applications.map((application): [string, Application] => [application.name, application])

test.each(named)('%s finds nothing to complain about', async (_, application) => {
  const steps = await measure(host, application)
  expect(steps.filter(({ result }) => !result.passed)).toEqual([])
  expect(steps.flatMap(({ result }) => result.checks).filter(({ passed }) => !passed)).toEqual([])
  const known = steps.find(({ name }) => name === 'Sign-in')?.result.account
  expect(known).toMatch(application.habits.identifiedBy === 'sub' ? /^[\da-f-]{36}$/ : /^ada(@example\.com)?$/)
  expect(host.errors).toEqual([])
})

test('the reference of relying parties has each of them, and is up to date', async () => {
  const page = await readFile(new URL('../../../../docs/reference/relying-parties.md', import.meta.url), 'utf8')
  expect(page).toBe(await relyingPartiesReference())
  for (const { name } of applications) expect(page).toContain(`## ${name}\n`)
})
