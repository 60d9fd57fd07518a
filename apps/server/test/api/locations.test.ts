import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { UserAgent } from '@pocket/core/testing'
import { databaseKinds, quickOnly } from '@pocket/test-support'
import { createFolder } from '../database/folder.ts'
import { packDatabase, startDatabaseServer } from '../geoip/database-server.ts'
import { cityDatabase } from '../geoip/databases.ts'
import { type CalledInstance, startCalledInstance } from './calls.ts'
import { type Person, signInWithPasskey } from './instance.ts'
import { freshName } from './people.ts'

const firefox = 'Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:140.0) Gecko/20100101 Firefox/140.0'

interface Entry {
  readonly event: string
  readonly ipAddress: string
  readonly country: string
  readonly city: string
}

describe.each(databaseKinds)('%s', (kind) => {
  const stack = new AsyncDisposableStack()
  let instance: CalledInstance
  let person: Person

  beforeAll(async () => {
    const folder = stack.use(await createFolder())
    const path = join(folder.path, 'places.mmdb')
    await writeFile(path, cityDatabase())
    const env = { GEOLITE_DB_PATH: path, TRUST_PROXY: 'true', LOCAL_IPV6_RANGES: '2a02:d400:1::/48' }
    instance = stack.use(await startCalledInstance(kind, env))
    person = await instance.person(freshName())
    for (const address of ['81.2.69.160', '2a02:d400::7', '2.125.160.9', '2a02:d400:1::7', '100.100.1.2', '1.1.1.1'])
      await signInFrom(address)
  })
  afterAll(async () => stack.disposeAsync())

  async function signInFrom(address: string, language = 'en') {
    const headers = { 'user-agent': firefox, 'x-forwarded-for': address, 'accept-language': language }
    const agent = new UserAgent({ headers })
    expect((await signInWithPasskey(agent, instance.url, person.authenticator)).status).toBe(200)
    return agent
  }

  const listEntries = async (query: string) =>
    (await instance.call('GET /api/audit-logs/all', { query: `?filters[userID]=${person.id}&${query}` })).json
      .data as readonly Entry[]
  const countries = (found: readonly Entry[]) => [...new Set(found.map(({ country }) => country))].sort()

  test('stores the location of the IP address in an audit entry', async () => {
    const found = await listEntries('filters[event]=SIGN_IN&sort[column]=createdAt&sort[direction]=asc')
    expect(found.map(({ ipAddress, country, city }) => [ipAddress, country, city])).toEqual([
      ['81.2.69.160', 'United Kingdom', 'London'],
      ['2a02:d400::7', 'Germany', 'Munich'],
      ['2.125.160.9', 'Sweden', ''],
      ['2a02:d400:1::7', 'Internal Network', 'LAN'],
      ['100.100.1.2', 'Internal Network', 'Tailscale'],
      ['1.1.1.1', '', ''],
    ])
  })

  test('filters and sorts entries by location, and separates internal from external ones', async () => {
    expect(countries(await listEntries('filters[location]=internal'))).toEqual(['Internal Network'])
    const outside = await listEntries('filters[location]=external')
    // The login code of this user was created without a request, so it has no location.
    expect(outside.every(({ ipAddress }) => ipAddress !== null)).toBe(true)
    expect(countries(outside)).toEqual(['', 'Germany', 'Sweden', 'United Kingdom'])
    const both = 'filters[location][0]=internal&filters[location][1]=external&filters[event]=SIGN_IN'
    expect(await listEntries(both)).toHaveLength(6)
    expect((await listEntries('search=MUNICH')).map(({ city }) => city)).toEqual(['Munich'])
    const listSorted = async (column: string, direction: string) =>
      (await listEntries(`filters[location]=external&sort[column]=${column}&sort[direction]=${direction}`)).map(
        ({ country, city }) => `${city} ${country}`,
      )
    expect(await listSorted('country', 'asc')).toEqual(['Munich Germany', ' Sweden', 'London United Kingdom', ' '])
    expect(await listSorted('country', 'desc')).toEqual(['London United Kingdom', ' Sweden', 'Munich Germany', ' '])
    expect(await listSorted('city', 'asc')).toEqual(['London United Kingdom', 'Munich Germany', ' ', ' Sweden'])
  })

  test('includes locations in exports', async () => {
    const exportAuditLog = async (format: string) =>
      (await instance.administrator.get(`${instance.url}/api/audit-logs/export?format=${format}&search=munich`)).text
    const [head, line] = (await exportAuditLog('csv')).split('\r\n')
    expect(head).toContain(',ipAddress,country,city,userAgent,')
    expect(line).toContain(',2a02:d400::7,Germany,Munich,')
    expect(JSON.parse(await exportAuditLog('jsonl'))).toMatchObject({ country: 'Germany', city: 'Munich' })
  })

  test('shows where sessions were used', async () => {
    const sessions = (await instance.call('GET /api/users/{id}/sessions', { params: { id: person.id } }))
      .json as unknown as readonly Entry[]
    const places = sessions.map(({ ipAddress, country, city }) => [ipAddress, country, city])
    expect(places).toContainEqual(['81.2.69.160', 'United Kingdom', 'London'])
    expect(places).toContainEqual(['127.0.0.1', 'Internal Network', 'LAN'])
    const own = (await instance.call('GET /api/sessions', { agent: person.agent })).json
    expect(own).toContainEqual(expect.objectContaining({ country: 'Germany', city: 'Munich' }))
  })

  test('shows locations as text on pages', async () => {
    const agent = await signInFrom('2a02:d400::8', 'de')
    const english = ['London, United Kingdom', 'Munich, Germany', 'Internal network', 'Tailscale']
    const german = ['London, Vereinigtes Königreich', 'München, Deutschland', 'Internes Netzwerk', 'Tailscale']
    for (const [by, page, output] of [
      [agent, '/settings/account/security', german],
      [agent, '/settings/audit-log', german],
      [instance.administrator, `/settings/admin/users/${person.id}/security`, english],
    ] as const) {
      const { text } = await by.get(instance.url + page)
      expect([page, output.filter((words) => !text.includes(words))]).toEqual([page, []])
    }
    const { text } = await instance.administrator.get(`${instance.url}/settings/admin/audit-log?search=munich`)
    expect(text).toContain('Munich, Germany')
    const inside = `${instance.url}/settings/admin/audit-log?filters[location]=internal&sort[column]=country`
    const filtered = (await instance.administrator.get(inside)).text
    expect([filtered.includes('Internal network'), filtered.includes('Munich')]).toEqual([true, false])
  })

  test('treats a configured local range as private for logo downloads', async () => {
    const body = { name: 'Inside', callbackURLs: [], logoUrl: 'https://[2a02:d400:1::7]/logo.png' }
    const refused = await instance.call('POST /api/oidc/clients', { body })
    expect([refused.status, refused.json.details]).toMatchObject([
      400,
      { fields: [{ field: 'logoUrl', code: 'invalid_value' }] },
    ])
  })

  test('shows the approver the location of the device', async () => {
    const waiting = new UserAgent({ headers: { 'user-agent': 'SomeTV/3.1', 'x-forwarded-for': '81.2.69.160' } })
    const { json } = await instance.call('POST /api/device-login/requests', { agent: waiting })
    const code = String(json.userCode)
    const read = await instance.call('POST /api/device-login/verification', { body: { code }, agent: person.agent })
    expect(read.json).toMatchObject({ device: 'SomeTV 3.1', country: 'United Kingdom', city: 'London' })
    const { text } = await person.agent.get(`${instance.url}/device?code=${code}`)
    expect(['London, United Kingdom', 'SomeTV 3.1', '81.2.69.160'].filter((word) => !text.includes(word))).toEqual([])
  })

  test("shows the approver the location of the client's device", async () => {
    const client = await instance.call('POST /api/oidc/clients', {
      body: { name: 'Tool', callbackURLs: [], isPublic: true, grantTypes: ['device_code'] },
    })
    expect(client.status).toBe(201)
    const device = new UserAgent({ headers: { 'user-agent': 'curl/8.5.0', 'x-forwarded-for': '81.2.69.160' } })
    const form = { client_id: String(client.json.id), scope: 'openid' }
    const authorization = await device.postForm(`${instance.url}/api/oidc/device/authorize`, form)
    const { user_code: code } = authorization.json() as { user_code: string }
    const { text } = await person.agent.get(`${instance.url}/device?code=${code}`)
    expect(['London, United Kingdom', 'curl', '81.2.69.160'].filter((word) => !text.includes(word))).toEqual([])
    const log = await instance.administrator.get(
      `${instance.url}/settings/admin/oidc-clients/${client.json.id}/activity`,
    )
    expect(log.text).toContain('London, United Kingdom')
  })
})

quickOnly(test)('downloads a missing database at the start, and reports a failure in the job', async () => {
  await using source = await startDatabaseServer()
  await using folder = await createFolder()
  const env = {
    MAXMIND_LICENSE_KEY: 'wrong-license-key',
    GEOLITE_DB_URL: source.url,
    GEOLITE_DB_PATH: join(folder.path, 'places.mmdb'),
    ALLOWED_PRIVATE_HOSTS: '127.0.0.1',
  }
  source.answer = (_req, res) => void res.writeHead(401).end()
  await using instance = await startCalledInstance('SQLite', env)
  const lastRun = async () => {
    const jobs = (await instance.call('GET /api/jobs')).json as unknown as readonly {
      name: string
      isRunning: boolean
      lastRun: { outcome: string; error: string | null } | null
    }[]
    const job = jobs.find(({ name }) => name === 'refresh-geoip-database')
    return job?.isRunning ? undefined : job?.lastRun
  }
  const waitForEnd = async (outcome: string) => {
    for (;;) {
      const run = await lastRun()
      if (run?.outcome === outcome) return run
    }
  }
  expect((await waitForEnd('failed')).error).toMatch(
    /^127\.0\.0\.1:\d+ rejected the license key or the request \(401\)\.$/,
  )
  expect((await instance.administrator.get(`${instance.url}/settings/admin/jobs`)).text).toContain(
    'rejected the license key',
  )
  source.serve(packDatabase(cityDatabase()))
  await instance.call('POST /api/jobs/{name}/run', { params: { name: 'refresh-geoip-database' } })
  await waitForEnd('succeeded')
  const page = await instance.administrator.get(`${instance.url}/settings/admin/jobs`)
  expect(page.text).toMatch(/GeoLite2-City.? of .?Jan 1, 2026/)
  expect(instance.log.join()).not.toContain('wrong-license-key')
})
