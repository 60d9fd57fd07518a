import { readFile } from 'node:fs/promises'
import { expect, test } from '@jest/globals'
import { shareBetweenTests } from '@pocket/test-support'
import { findAuditEvents, startCalledInstance } from '../api/calls.ts'
import { freshName } from '../api/people.ts'

const catalog = new URL('../../locales/en.json', import.meta.url)
const pagePath = '/settings/admin/jobs'
// No server listens there, so the job fails.
const source = { GEOLITE_DB_URL: 'http://127.0.0.1:9/places.mmdb', ALLOWED_PRIVATE_HOSTS: '127.0.0.1' }
const instance = shareBetweenTests(() => startCalledInstance('SQLite', source))

const post = (job: string, agent = instance.administrator, options = {}) =>
  agent.postForm(`${instance.url}${pagePath}/${job}/run`, {}, options)

async function waitForPage(until: RegExp): Promise<string> {
  for (;;) {
    const { text } = await instance.administrator.get(instance.url + pagePath)
    if (until.test(text)) return text
  }
}

test('shows each job as text: the last run, the cause of a failure, and the next run', async () => {
  const text = await waitForPage(/The URL could not be fetched|bad port/)
  expect(text).toMatch(/<p>Failed: [1-9]/)
  const places = text.slice(text.indexOf('Refresh the GeoIP database'))
  expect(places).toMatch(
    /Failed[\s\S]*Last run: <\/span><span>(?:now|.* ago).* · Duration: .* · Interval: 1 hour.* · Next run: in [\s\S]*127\.0\.0\.1:9: The URL could not be fetched/,
  )
  expect(places).toContain('No database yet.')
  expect((await instance.administrator.get(`${instance.url}/settings/admin`)).text).toContain(
    '“Refresh the GeoIP database” failed',
  )
})

test('runs one immediately and reports it', async () => {
  const runOnce = async (): Promise<string> => {
    const response = await post('rotate-keys')
    expect([response.status, response.location]).toEqual([303, `${instance.url}${pagePath}`])
    const text = (await waitForPage(/role="status"/)).replaceAll(/<[^>]+>/g, '')
    // Every job also runs by itself after the start of the instance.
    return text.includes('Running: Rotate signing keys') ? runOnce() : text
  }
  expect(await runOnce()).toMatch(/Started: Rotate signing keys/)
  expect(findAuditEvents(instance, 'job_requested')).toEqual([expect.objectContaining({ job: 'rotate-keys' })])
})

const listJobs = async (query: string) => {
  const { text } = await instance.administrator.get(`${instance.url}${pagePath}?${query}`)
  return { text, names: [...text.matchAll(/name="ids" value="([^"]+)"/g)].map(([, name]) => name) }
}

test('is searched by the displayed names, filtered and sorted, by its URL', async () => {
  expect((await listJobs('search=SIGNING')).names).toEqual(['rotate-keys'])
  await waitForPage(/The URL could not be fetched|bad port/)
  expect((await listJobs('filters[state]=failed')).names).toEqual(['refresh-geoip-database'])
  expect((await listJobs('filters[state]=failed&search=signing')).text).toContain('Nothing matches')
  const all = (await listJobs('')).names
  expect(all.length).toBeGreaterThan(8)
  const english: Readonly<Record<string, unknown>> = JSON.parse(await readFile(catalog, 'utf8'))
  const labels = all.map((name) => String(english[`jobs.names.${name}`]))
  expect(labels).not.toContain('undefined')
  expect(labels).toEqual(labels.toSorted((a, b) => a.localeCompare(b, 'en')))
  expect((await listJobs('sort[column]=name&sort[direction]=desc')).names).toEqual(all.toReversed())
  expect((await listJobs('sort[column]=every')).names[0]).toBe('send-emails')
  const second = await listJobs('limit=5&page=2')
  expect(second.names).toEqual(all.slice(5, 10))
  expect(second.text).toContain('?limit=5&amp;page=3#rows')
})

test('keeps the selected columns until the next selection', async () => {
  const agent = instance.administrator
  const { text } = await agent.get(`${instance.url}${pagePath}?columns=-&columns=every&search=signing`)
  expect(text).toMatch(/>Interval: 1 (minute|hour|day)</)
  expect(text).not.toMatch(/Next run: |Duration: \d/)
  expect((await listJobs('search=signing')).text).not.toMatch(/Next run: |Duration: \d/)
  await agent.get(`${instance.url}${pagePath}?columns=-&columns=last&columns=took&columns=every&columns=next`)
  expect((await listJobs('search=signing')).text).toContain('Next run: ')
})

test('runs several at once and returns to the same list', async () => {
  const runSelected = (ids: readonly string[], agent = instance.administrator) =>
    agent.postForm(`${instance.url}${pagePath}/bulk`, [
      ['act', 'run'],
      ['list', '?sort%5Bcolumn%5D=next'],
      ...ids.map((id) => ['ids', id] as const),
    ])
  const before = findAuditEvents(instance, 'job_requested').length
  const response = await runSelected(['rotate-keys', 'end-memberships', 'rotate-keys', 'mine-bitcoin'])
  expect([response.status, response.location]).toEqual([303, `${instance.url}${pagePath}?sort%5Bcolumn%5D=next`])
  const { text } = await instance.administrator.follow(response)
  expect(text).toMatch(/Started: 2|Started: \w[\s\S]*already running/)
  expect(findAuditEvents(instance, 'job_requested').length - before).toBeGreaterThan(0)
  expect((await instance.administrator.follow(await runSelected([]))).text).toContain('Select entries first.')
  const { agent } = await instance.person(freshName())
  expect((await runSelected(['rotate-keys'], agent)).status).toBe(403)
})

test('returns not found for an unknown job', async () => {
  expect((await post('mine-bitcoin')).status).toBe(404)
})
