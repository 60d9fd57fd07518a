import { beforeAll, describe, expect, test } from '@jest/globals'
import { SoftwareAuthenticator, type UserAgent } from '@pocket/core/testing'
import { createTestDatabase, databaseKinds, quickOnly, shareBetweenTests } from '@pocket/test-support'
import { type CurrentNames, createAuditLog } from '../../src/audit-log/audit-log.ts'
import { exportChunks } from '../../src/audit-log/export.ts'
import { openDatabase } from '../../src/composition/open-database.ts'
import { unknownLocation } from '../../src/geoip/location.ts'
import { auditEntry } from '../audit-log/audit-entry.ts'
import { createFolder } from '../database/folder.ts'
import { recordingLogger } from '../database/recording-logger.ts'
import { openTestDatabase } from '../database/test-databases.ts'
import { startApp } from '../http/app.ts'
import { type CallOptions, startCalledInstance } from './calls.ts'
import { authorizationUrl } from './instance.ts'
import { createPerson } from './people.ts'

interface Entry {
  readonly id: string
  readonly createdAt: string
  readonly event: string
  readonly userID: string | null
  readonly username?: string | null
  readonly actorUsername?: string
  readonly data: Readonly<Record<string, string>>
}

describe.each(databaseKinds)('%s', (kind) => {
  const instance = shareBetweenTests(() => startCalledInstance(kind))
  let administratorId: string

  beforeAll(async () => {
    administratorId = String((await instance.call('GET /api/users/me')).json.id)
  })

  async function listEntries(path: string, options: CallOptions = {}): Promise<readonly Entry[]> {
    const { status, json } = await instance.call(`GET /api/audit-logs${path}`, options)
    expect(status).toBe(200)
    return json.data as readonly Entry[]
  }

  const listUserEvents = (userId: string, event?: string) =>
    listEntries('/all', {
      query: `?pagination[limit]=100&filters[userID]=${userId}${event === undefined ? '' : `&filters[event]=${event}`}`,
    })

  async function createClient(name: string, fields: Readonly<Record<string, unknown>> = {}): Promise<string> {
    const body = { name, callbackURLs: ['https://app.example/cb'], ...fields }
    return String((await instance.call('POST /api/oidc/clients', { body })).json.id)
  }

  async function authorize(agent: UserAgent, clientId: string): Promise<void> {
    const started = await agent.get(authorizationUrl(instance.url, clientId, 'https://app.example/cb'))
    await agent.followTo(started, (url) => url.startsWith('https://app.example/'))
  }

  test('attributes the actions of the set-up to the administrator', async () => {
    const found = await listUserEvents(administratorId)
    expect(found.map(({ event }) => event)).toEqual(
      expect.arrayContaining(['USER_CREATED', 'PASSKEY_ADDED', 'SIGN_IN']),
    )
    expect(found.every(({ username }) => username === 'ada')).toBe(true)
    const passkey = found.find(({ event }) => event === 'PASSKEY_ADDED')
    const credentialID = expect.stringMatching(/^[\da-f]{32,}$/)
    expect(passkey?.data).toEqual({ passkeyId: expect.any(String), passkeyName: expect.any(String), credentialID })
  })

  test('shows users only their own entries', async () => {
    const { id, agent } = await instance.personWithoutPasskey('own')
    const own = await listEntries('', { agent, query: '?pagination[limit]=100' })
    expect(own.map(({ event, userID }) => [event, userID]).sort()).toEqual([
      ['CODE_ISSUED', id],
      ['TOKEN_SIGN_IN', id],
    ])
    expect(own[0]).toMatchObject({ username: '', actorUsername: '' })
    expect(await listEntries('', { agent, query: `?filters[userID]=${administratorId}` })).toEqual([])
    expect(await listEntries('', { agent, query: '?filters[event]=TOKEN_SIGN_IN' })).toHaveLength(1)
    for (const path of ['/all', '/filters/client-names', '/filters/users']) {
      const refused = await instance.call(`GET /api/audit-logs${path}`, { agent })
      expect([path, refused.status, refused.json.code]).toEqual([path, 403, 'forbidden'])
    }
  })

  test('names the actor if another user performed the action', async () => {
    const { id } = await createPerson(instance)
    const [created] = await listUserEvents(id, 'USER_CREATED')
    expect(created).toMatchObject({
      actorUsername: 'ada',
      ipAddress: '127.0.0.1',
      country: 'Internal Network',
      city: 'LAN',
      data: { method: 'api', actorUserID: administratorId, actorUsername: 'ada' },
    })
  })

  test('keeps the entries and the name of a deleted user', async () => {
    const { id, json } = await createPerson(instance)
    expect((await instance.call('DELETE /api/users/{id}', { params: { id } })).status).toBe(204)
    const found = await listUserEvents(id)
    expect(found.map(({ event }) => event).sort()).toEqual(['ACCOUNT_REMOVED', 'USER_CREATED'])
    expect(found.map(({ username }) => username)).toEqual([json.username, json.username])
    expect((await instance.call('GET /api/audit-logs/filters/users')).json).toMatchObject({
      [id]: json.username,
      [administratorId]: 'ada',
    })
    const search = `?search=${String(json.username).toUpperCase()}`
    expect((await instance.call('GET /api/audit-logs/filters/users', { query: search })).json).toEqual({
      [id]: json.username,
    })
  })

  test('names clients, filters by their names and keeps entries of deleted clients', async () => {
    const { id, agent } = await instance.person('uses')
    const name = 'Wiki’s "%_" \u{1f600}'
    const clientId = await createClient(name, { skipConsent: true })
    await authorize(agent, clientId)
    await authorize(agent, clientId)
    // Without a consent page, the first use is the new authorization.
    for (const event of ['NEW_CLIENT_AUTHORIZATION', 'CLIENT_AUTHORIZATION'])
      expect((await listUserEvents(id, event)).map(({ data }) => data)).toEqual([{ clientId, clientName: name }])

    const secret = await instance.call('POST /api/oidc/clients/{id}/secrets', { params: { id: clientId }, body: {} })
    await instance.call('DELETE /api/oidc/clients/{id}', { params: { id: clientId } })
    const query = `?filters[clientName]=${encodeURIComponent(name)}&pagination[limit]=100`
    const found = await listEntries('/all', { query })
    const events = found.map(({ event }) => event)
    expect(events).toEqual(expect.arrayContaining(['CLIENT_CREATED', 'CLIENT_SECRET_ADDED', 'CLIENT_REMOVED']))
    expect(JSON.stringify(found)).not.toContain(String(secret.json.secret))
    const names = await instance.call('GET /api/audit-logs/filters/client-names')
    expect(names.json).toContain(name)
  })

  test('distinguishes the first authorization of a client from later ones', async () => {
    const { id, agent } = await instance.person('allows')
    const clientId = await createClient('Photos')
    const started = await agent.get(authorizationUrl(instance.url, clientId, 'https://app.example/cb'))
    const page = await agent.follow(started)
    await agent.followTo(await agent.postForm(`${page.url}/consent`, {}), (url) =>
      url.startsWith('https://app.example/'),
    )
    await authorize(agent, clientId)
    const events = (await listUserEvents(id)).map(({ event, data }) => [event, data.clientName])
    expect(events.filter(([, name]) => name === 'Photos').sort()).toEqual([
      ['CLIENT_AUTHORIZATION', 'Photos'],
      ['CLIENT_AUTHORIZATION', 'Photos'],
      ['NEW_CLIENT_AUTHORIZATION', 'Photos'],
    ])
  })

  test('attributes passkey events to their owner and names who removed a passkey', async () => {
    const { id, agent } = await instance.person('keys')
    const authenticator = new SoftwareAuthenticator()
    const optionsResponse = await agent.postJson(`${instance.url}/settings/account/passkeys/options`, {})
    const { options } = optionsResponse.json() as { options: Parameters<SoftwareAuthenticator['create']>[0] }
    const response = authenticator.create(options, { origin: instance.url })
    expect((await agent.postJson(`${instance.url}/settings/account/passkeys`, { response })).status).toBe(200)
    const [added] = await listUserEvents(id, 'PASSKEY_ADDED')
    const credentialId = added?.data.passkeyId ?? ''
    const received = {
      credentialID: Buffer.from(response.id, 'base64url').toString('hex'),
      passkeyName: expect.any(String),
    }
    expect(added?.data).toMatchObject(received)
    await instance.call('DELETE /api/users/{id}/webauthn-credentials/{credentialId}', { params: { id, credentialId } })
    expect(await listEntries('', { agent, query: '?filters[event]=PASSKEY_REMOVED' })).toMatchObject([
      {
        userID: id,
        actorUsername: 'ada',
        data: { passkeyId: credentialId, ...received, actorUserID: administratorId },
      },
    ])
  })

  test('attributes failed attempts without a session to no user, and stores no entered code', async () => {
    await instance.agent().postForm(`${instance.url}/lc`, { code: 'A-WRONG-CODE' })
    const [failed] = await listEntries('/all', { query: '?filters[event]=SIGN_IN_FAILED' })
    expect(failed).toMatchObject({ userID: null, username: '', data: { code: 'code_invalid' } })
    expect(JSON.stringify(failed)).not.toMatch(/wrong-code/i)
  })

  test('returns the newest entries first, each once across pages, in every requested order', async () => {
    const page = (number: number, extra = '') =>
      listEntries('/all', { query: `?pagination[page]=${number}&pagination[limit]=3${extra}` })
    const [first, second] = [await page(1), await page(2)]
    const times = [...first, ...second].map(({ createdAt }) => createdAt)
    expect(times).toEqual(times.toSorted().reverse())
    expect(new Set([...first, ...second].map(({ id }) => id)).size).toBe(6)
    const oldest = await page(1, '&sort[column]=createdAt&sort[direction]=asc')
    expect((oldest[0]?.createdAt ?? '') <= (times.at(-1) ?? '')).toBe(true)
    const events = await listEntries('/all', {
      query: '?sort[column]=event&sort[direction]=desc&pagination[limit]=100',
    })
    const sorted = events.map(({ event }) => event)
    expect(sorted).toEqual(sorted.toSorted().reverse())
    for (const column of ['ipAddress', 'country', 'city', 'userAgent', 'nothing'])
      expect((await page(1, `&sort[column]=${column}&sort[direction]=asc`)).length).toBe(3)
  })

  test('returns an empty list for filters without a match', async () => {
    for (const query of [
      '?filters[location]=nowhere',
      '?filters[location]=external',
      '?filters[event]=nothing',
      '?filters[userID]=1',
      "?filters[clientName]=' OR 1=1 --",
      '?filters[clientName]=true',
    ])
      expect([query, await listEntries('/all', { query: encodeURI(query) })]).toEqual([query, []])
    const all = await instance.call('GET /api/audit-logs/all', { query: '?filters[__proto__]=x&pagination[page]=-1' })
    expect([all.status, all.json.pagination]).toEqual([200, expect.objectContaining({ currentPage: 1 })])
  })

  test('matches any of several values of a filter', async () => {
    const query = '?filters[event][0]=PASSKEY_ADDED&filters[event][1]=SIGN_IN'
    const found = new Set((await listEntries('/all', { query })).map(({ event }) => event))
    expect([...found].sort()).toEqual(['PASSKEY_ADDED', 'SIGN_IN'])
  })
})

describe.each(databaseKinds)('the table on %s', (kind) => {
  const database = shareBetweenTests(() => openTestDatabase(kind))

  const hour = 3_600_000
  const noUser = { requestId: null, ipAddress: null, userAgent: null }
  const names: CurrentNames = { accounts: async () => new Map(), client: async () => null, passkey: async () => null }
  const log = { record: async () => {} }
  const unfiltered = { accountId: null, from: null, to: null, filters: {}, search: '' }
  const everything = { page: 1, limit: 100, sort: null, filters: {}, search: '' }
  const createAuditLogAt = (now: number) =>
    createAuditLog({
      store: database.auditLog,
      names,
      log,
      locationOf: () => unknownLocation,
      clock: { now: () => now },
    })

  test('stores text that a database would reject, and truncates long text', async () => {
    const reason = `\0\ud800${'x'.repeat(5000)}`
    const event = { event: 'token_refused', code: 'invalid_grant', reason } as const
    await createAuditLogAt(1).record(event, { ...noUser, userAgent: 'a\ud800' })
    const { items } = await database.auditLog.list(unfiltered, everything)
    expect(items).toMatchObject([{ userAgent: 'a\ufffd', data: { code: 'invalid_grant' } }])
    expect(items[0]?.data.reason).toHaveLength(1000)
    await database.dataSource.query('DELETE FROM pocket_audit')
  })

  test('names the accounts of the newest entries, at most as many as asked for', async () => {
    const { auditLog } = database
    for (const [createdAt, accountId, accountName] of [
      [1, 'a', 'ada'],
      [2, 'b', 'bob'],
      [3, 'c', 'adam'],
      [4, 'a', 'Ada2'],
    ] as const)
      await auditLog.append(auditEntry({ event: 'SIGN_IN', createdAt, accountId, accountName }))
    expect(await auditLog.accounts('', 2)).toEqual([
      { id: 'c', name: 'adam' },
      { id: 'a', name: 'Ada2' },
    ])
    expect(await auditLog.accounts('ADA', 9)).toEqual([
      { id: 'a', name: 'Ada2' },
      { id: 'c', name: 'adam' },
    ])
    await database.dataSource.query('DELETE FROM pocket_audit')
  })

  test('rolls back an entry together with its change', async () => {
    const { dataSource } = database
    const change = dataSource.transaction(async () => {
      await createAuditLogAt(1).record({ event: 'keys_rotated', kid: 'a' }, noUser)
      throw new Error('The change failed')
    })
    await expect(change).rejects.toThrow('The change failed')
    expect((await database.auditLog.list(unfiltered, everything)).total).toBe(0)
  })

  test('propagates a failed write to the caller', async () => {
    const store = {
      lastAccountName: async () => null,
      lastClientName: async () => null,
      append: async () => {
        throw new Error('The disk is full')
      },
    }
    const sink = createAuditLog({ store, names, log, locationOf: () => unknownLocation, clock: { now: () => 1 } })
    await expect(sink.record({ event: 'keys_rotated', kid: 'a' }, noUser)).rejects.toThrow('The disk is full')
  })

  test('merges rejections from one network per hour, and separates them by user', async () => {
    const store = database.auditLog
    const recordFailure = (ipAddress: string, now: number, about: { readonly accountId?: string } = {}) =>
      createAuditLogAt(now).record(
        { event: 'sign_in_failed', code: 'code_invalid', method: 'code', ...about },
        { ...noUser, ipAddress, userAgent: `agent ${now}` },
      )
    for (let i = 1; i <= 20; i += 1) await recordFailure(`2001:db8::${i}`, hour + i)
    await recordFailure('2001:db8:0:1::1', hour)
    await recordFailure('192.0.2.1', hour)
    await recordFailure('192.0.2.1', hour, { accountId: crypto.randomUUID() })
    await recordFailure('192.0.2.1', 2 * hour)
    const { items } = await store.list(unfiltered, everything)
    expect(items.map(({ occurrences }) => occurrences).sort((a, b) => a - b)).toEqual([1, 1, 1, 1, 20])
    expect(items.find(({ occurrences }) => occurrences > 1)).toMatchObject({
      createdAt: hour + 1,
      lastAt: hour + 20,
      ipAddress: '2001:db8::1',
      last: { ipAddress: '2001:db8::20', userAgent: `agent ${hour + 20}` },
    })
    const later = await store.list({ ...unfiltered, from: hour + 10, to: hour + 30 }, everything)
    expect(later.items.map(({ occurrences }) => occurrences)).toEqual([20])
    await database.dataSource.query('DELETE FROM pocket_audit')
  })

  test('exports each of many entries once', async () => {
    for (let i = 0; i < 1203; i += 1)
      await createAuditLogAt(Math.floor(i / 100)).record({ event: 'keys_rotated', kid: String(i) }, noUser)
    let text = ''
    for await (const piece of exportChunks(database.auditLog, unfiltered, 'jsonl')) text += piece
    const lines = text.trimEnd().split('\n')
    expect([lines.length, new Set(lines).size]).toEqual([1203, 1203])
  })
})

quickOnly(test)('a running server deletes expired entries', async () => {
  await using stack = new AsyncDisposableStack()
  const { url } = stack.use(await createTestDatabase())
  const folder = stack.use(await createFolder())
  const encryptionKey = 'a key for tests that is long enough'
  const config = {
    database: { kind: 'postgres', url },
    dataFolder: folder.path,
    encryptionKey: Buffer.from(encryptionKey),
  } as const
  const { auditLog } = stack.use(await openDatabase(config, recordingLogger().logger))
  const day = 86_400_000
  const append = (event: string, daysAgo: number) =>
    auditLog.append(auditEntry({ event, createdAt: Date.now() - daysAgo * day }))
  await append('TOO_OLD', 4)
  await append('RECENT', 2)
  const both = { accountId: null, from: null, to: null, filters: { event: ['TOO_OLD', 'RECENT'] }, search: '' }
  const entries = { page: 1, limit: 100, sort: null }
  expect((await auditLog.list(both, entries)).total).toBe(2)
  stack.use(
    await startApp({
      DB_CONNECTION_STRING: url,
      ENCRYPTION_KEY: encryptionKey,
      AUDIT_LOG_RETENTION_DAYS: '3',
    }),
  )
  // The first run starts automatically; the test timeout bounds the wait.
  while ((await auditLog.list(both, entries)).total === 2);
  expect((await auditLog.list(both, entries)).items.map(({ event }) => event)).toEqual(['RECENT'])
})
