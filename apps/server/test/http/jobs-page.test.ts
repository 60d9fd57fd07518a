import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { audited, type CalledInstance, startCalled } from '../api/calls.ts'
import { freshName } from '../api/people.ts'

const here = '/settings/admin/jobs'
let instance: CalledInstance

beforeAll(async () => {
  // Nobody listens there: a job that fails.
  const source = { GEOLITE_DB_URL: 'http://127.0.0.1:9/places.mmdb', ALLOWED_PRIVATE_HOSTS: '127.0.0.1' }
  instance = await startCalled('SQLite', source)
})
afterAll(async () => instance[Symbol.asyncDispose]())

const post = (job: string, agent = instance.administrator, options = {}) =>
  agent.postForm(`${instance.url}${here}/${job}/run`, {}, options)

async function page(until: RegExp): Promise<string> {
  for (;;) {
    const { text } = await instance.administrator.get(instance.url + here)
    if (until.test(text)) return text
  }
}

test('shows each job in words: how the last run went, why it failed, and when the next one is', async () => {
  const text = await page(/The address could not be read|bad port/)
  expect(text).toMatch(/job failed the last time|jobs failed the last time/)
  const places = text.slice(text.indexOf('Refresh the database of places'))
  expect(places).toMatch(
    /Failed[\s\S]*Ran .* ago · took .* · interval: 1 hour · next in [\s\S]*127\.0\.0\.1:9: The address could not be read/,
  )
  expect(places).toContain('There is no database yet, so only internal networks are named.')
  expect((await instance.administrator.get(`${instance.url}/settings/admin`)).text).toContain(
    '“Refresh the database of places” failed',
  )
})

test('runs one at once, and says so', async () => {
  const answer = await post('rotate-keys')
  expect([answer.status, answer.location]).toEqual([303, `${instance.url}${here}`])
  expect((await page(/role="status"/)).replaceAll(/<[^>]+>/g, '')).toMatch(/“.?Rotate signing keys.?” has begun/)
  expect(audited(instance, 'job_requested')).toEqual([expect.objectContaining({ job: 'rotate-keys' })])
})

test('nobody else runs anything, and nobody what there is not', async () => {
  const { agent } = await instance.person(freshName())
  expect((await post('rotate-keys', agent)).status).toBe(403)
  expect((await agent.get(instance.url + here)).status).toBe(403)
  expect((await post('rotate-keys', instance.agent())).status).toBe(401)
  expect((await post('mine-bitcoin')).status).toBe(404)
  const foreign = { headers: { 'sec-fetch-site': 'cross-site', origin: 'https://evil.example' } }
  expect((await post('rotate-keys', instance.administrator, foreign)).status).toBe(403)
  expect(audited(instance, 'job_requested')).toHaveLength(1)
})
