import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals'
import { type AuditEvent, type Client, createPublicFetch } from '@pocket/core'
import { createDirectory, type Directory, newUser } from '@pocket/directory'
import { pauseByTimer } from '@pocket/directory/internal'
import { type DirectoryStores, directoryStores } from '@pocket/directory/typeorm'
import { databaseKinds } from '@pocket/test-support'
import { type ScimServer, startScimServer } from '@pocket/test-support/scim'
import type { OpenDatabase } from '../../src/composition/open-database.ts'
import type { Repeat } from '../../src/jobs/repeat.ts'
import { withBulkChangeTracking, withChangeTracking } from '../../src/scim/changes.ts'
import type { ScimProvider } from '../../src/scim/provider.ts'
import { createScimProviders, type ScimProviders } from '../../src/scim/providers.ts'
import { createScimRuns, type ScimRuns } from '../../src/scim/runs.ts'
import { openWithoutLog, testDatabases } from '../database/test-databases.ts'

const minute = 60_000
const noUser = { requestId: null, ipAddress: null, userAgent: null }
const actor = { id: 'ada', origin: noUser }

describe.each(databaseKinds)('SCIM runs on %s', (kind) => {
  const stack = new AsyncDisposableStack()
  const clock = {
    time: Date.now(),
    now() {
      return this.time
    },
  }
  let database: OpenDatabase
  let stores: DirectoryStores
  let directory: Directory
  let server: ScimServer
  let providers: ScimProviders
  let events: AuditEvent[]

  beforeAll(async () => {
    const testDatabase = stack.use(await testDatabases[kind]())
    database = stack.use(await openWithoutLog(testDatabase.config))
    stores = directoryStores(database.dataSource, clock)
    directory = createDirectory({ ...stores, clock })
    server = stack.use(await startScimServer())
    await directory.create(newUser({ username: 'ada' }))
  })

  afterAll(async () => stack.disposeAsync())

  const audit = { record: async (event: AuditEvent) => void events.push(event) }
  const clients = {
    find: async (id: string) => ({ id, isGroupRestricted: false, allowedGroupIds: [] }) as unknown as Client,
  }
  const createReplica = (options: Partial<Parameters<typeof createScimRuns>[0]> = {}): ScimRuns =>
    createScimRuns({
      store: database.scimProviders,
      providers,
      records: stores.scimRecords,
      source: stores.snapshots,
      clients,
      fetch: createPublicFetch({ allowedPrivateHosts: ['127.0.0.1'] }),
      audit,
      clock,
      onError: () => {},
      pause: async () => {},
      ...options,
    })
  const create = (clientId: string, endpoint = server.url) =>
    providers.create(actor, { clientId, endpoint, token: 'scim-token' })
  const runDue = (runs = createReplica()) => runs.runDue(new AbortController().signal)
  const outcomes = () => events.map(({ event }) => event).filter((event) => event.startsWith('scim_sync'))

  beforeEach(async () => {
    events = []
    server.users.clear()
    server.requests.length = 0
    for (const id of await database.scimProviders.listDue(Number.MAX_SAFE_INTEGER))
      await database.scimProviders.remove(id)
    providers = createScimProviders({
      store: database.scimProviders,
      records: stores.scimRecords,
      clients: () => clients,
      masterKey: database.masterKey,
      audit,
      transaction: stores.transaction,
      clock,
    })
  })

  test('a new provider runs immediately, then every hour, and five minutes after the last change', async () => {
    await create('one')
    await runDue()
    expect([server.users.size, outcomes()]).toEqual([1, ['scim_synced']])
    const countRequests = async (minutes: number) => {
      clock.time += minutes * minute
      server.requests.length = 0
      await runDue()
      return server.requests.length
    }
    expect([await countRequests(0), await countRequests(59), await countRequests(1), await countRequests(1)]).toEqual([
      0, 0, 2, 0,
    ])
    const trackedAudit = withChangeTracking(audit, { store: database.scimProviders, clock })
    await trackedAudit.record({ event: 'signed_in', accountId: 'ada', method: 'passkey' }, noUser)
    expect(await countRequests(6)).toBe(0)
    await trackedAudit.record({ event: 'account_updated', accountId: 'ada', fields: ['email'] }, noUser)
    expect(await countRequests(4)).toBe(0)
    await trackedAudit.record({ event: 'group_removed', groupId: 'x', by: 'ada' }, noUser)
    expect([await countRequests(4), await countRequests(1), await countRequests(1)]).toEqual([0, 2, 0])
    // An import from LDAP records many changes at once.
    const names = { accountName: 'ada', actorName: 'LDAP', clientName: null, passkeyName: null }
    const many = withBulkChangeTracking(async () => {}, { store: database.scimProviders, clock })
    await many([{ event: { event: 'passkey_renamed', accountId: 'ada', passkeyId: 'x' }, names }])
    expect(await countRequests(6)).toBe(0)
    await many([{ event: { event: 'account_disabled', accountId: 'ada', by: 'ldap' }, names }])
    expect([await countRequests(4), await countRequests(1), await countRequests(1)]).toEqual([0, 2, 0])
    // Nothing changed there, so no event is recorded.
    expect(outcomes()).toEqual(['scim_synced'])
  })

  test('one of many replicas runs it', async () => {
    const provider = await create('one')
    await Promise.all([createReplica(), createReplica(), createReplica()].map((runs) => runDue(runs)))
    expect(server.requests.filter((request) => request === 'POST /Users').length).toBe(1)
    let refused: unknown
    const fetch = createPublicFetch({ allowedPrivateHosts: ['127.0.0.1'] })
    const fetchDuringRun: typeof fetch = async (url, init) => {
      refused ??= await createReplica()
        .runNow(provider)
        .catch((error: unknown) => error)
      return fetch(url, init)
    }
    await createReplica({ fetch: fetchDuringRun }).runNow(provider)
    expect(refused).toMatchObject({ code: 'scim_sync_running' })
  })

  test('a requested run waits for the end of a current run', async () => {
    const provider = await create('one')
    const fetch = createPublicFetch({ allowedPrivateHosts: ['127.0.0.1'] })
    const waits = Promise.withResolvers<void>()
    let requested: Promise<unknown> | undefined
    const fetchDuringRun: typeof fetch = async (url, init) => {
      requested ??= createReplica({
        pause: async (milliseconds, signal) => {
          waits.resolve()
          await pauseByTimer(milliseconds, signal)
        },
      }).runNow(provider)
      await waits.promise
      return fetch(url, init)
    }
    await createReplica({ fetch: fetchDuringRun }).runNow(provider)
    expect(await requested).toMatchObject({ problemCount: 0 })
  })

  test('another replica restarts an aborted run', async () => {
    await create('one')
    const stop = new AbortController()
    const fetch: ReturnType<typeof createPublicFetch> = () => {
      stop.abort()
      return Promise.reject(stop.signal.reason)
    }
    await createReplica({ fetch }).runDue(stop.signal)
    expect([server.users.size, outcomes()]).toEqual([0, []])
    await runDue()
    expect(server.users.size).toBe(1)
  })

  test('a failing provider does not delay others, is retried soon, and is recorded once', async () => {
    const broken = await create('broken', 'http://127.0.0.1:1/scim')
    await create('one')
    await runDue()
    expect([server.users.size, outcomes().sort()]).toEqual([1, ['scim_sync_failed', 'scim_synced']])
    const failing = await database.scimProviders.find(broken.id)
    expect(failing).toMatchObject({ succeededAt: null, report: { stopped: { code: 'unreachable' } } })
    clock.time += 10 * minute
    await runDue()
    expect((await database.scimProviders.find(broken.id))?.startedAt).toBe(clock.time)
    expect(outcomes().length).toBe(2)
  })

  test('a provider is not called before its Retry-After has passed', async () => {
    const provider = await create('one')
    const fetch = async () => new Response('{}', { status: 429, headers: { 'retry-after': '1800' } })
    await runDue(createReplica({ fetch }))
    expect((await database.scimProviders.find(provider.id))?.nextRunAt).toBe(clock.time + 30 * minute)
  })

  test('a provider that is deleted during a run leaves no data', async () => {
    const provider = await create('one')
    const fetch = createPublicFetch({ allowedPrivateHosts: ['127.0.0.1'] })
    const fetchWhileRemoving: typeof fetch = async (url, init) => {
      if (init?.method === 'POST') await providers.remove(actor, provider.id)
      return fetch(url, init)
    }
    await runDue(createReplica({ fetch: fetchWhileRemoving }))
    expect([server.users.size, await stores.scimRecords.list(provider.id)]).toEqual([1, []])
  })

  test.each([
    ['a provider that is removed', ({ id }: ScimProvider) => providers.remove(actor, id)],
    ['a provider whose client is deleted', ({ clientId }: ScimProvider) => providers.removeByClient(clientId)],
  ])('%s stops a run at the next check', async (_, remove) => {
    const provider = await create('one')
    const people = await Promise.all(
      ['b1', 'b2', 'b3', 'b4', 'b5', 'b6', 'b7', 'b8', 'b9'].map((username) => directory.create(newUser({ username }))),
    )
    const fetch = createPublicFetch({ allowedPrivateHosts: ['127.0.0.1'] })
    const looks: (() => Promise<void>)[] = []
    const repeat: Repeat = (_milliseconds, work) => {
      looks.push(work)
      return { [Symbol.dispose]() {} }
    }
    const sent: string[] = []
    let deleted: Promise<unknown> | undefined
    const fetchWhileRemoving: typeof fetch = async (url, init) => {
      if (init?.method === 'POST') sent.push(String(url))
      if (sent.length > 4) deleted ??= remove(provider).then(() => Promise.all(looks.map((look) => look())))
      await deleted
      return fetch(url, init)
    }
    await runDue(createReplica({ fetch: fetchWhileRemoving, repeat }))
    // Four requests are in progress.
    expect(sent.length).toBeLessThanOrEqual(8)
    expect([await stores.scimRecords.list(provider.id), outcomes()]).toEqual([[], []])
    for (const { id } of people) await directory.users.remove(id)
  })
})
