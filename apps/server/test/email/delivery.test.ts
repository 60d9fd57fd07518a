import { type AddressInfo, createServer, type Socket } from 'node:net'
import { fileURLToPath } from 'node:url'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from '@jest/globals'
import { freePort } from '@pocket/test-support'
import type { OpenDatabase } from '../../src/composition/open-database.ts'
import { createComposer } from '../../src/email/compose.ts'
import { createDelivery, retryDelays } from '../../src/email/delivery.ts'
import { emailTable } from '../../src/email/email.table.ts'
import { type Email, type Message, stateOf } from '../../src/email/email.ts'
import { createOutbox } from '../../src/email/outbox.ts'
import { createSmtpTransport } from '../../src/email/transport.ts'
import { createGeoIp } from '../../src/geoip/geoip.ts'
import { loadCatalogs } from '../../src/http/catalogs.ts'
import { defaultValues, type SettingValues } from '../../src/settings/definitions.ts'
import { openWithoutLog, testDatabases } from '../database/test-databases.ts'
import { type MailServer, startMailServer } from './mail-server.ts'

const viewsDirectory = fileURLToPath(new URL('../../views', import.meta.url))
const catalogs = fileURLToPath(new URL('../../locales/emails', import.meta.url))
const someone = { id: crypto.randomUUID(), email: 'ada@example.com', locale: 'en' }
const minute = 60_000
const useful = 72 * 60 * minute

describe.each(['SQLite', 'PostgreSQL'] as const)('%s', (kind) => {
  let stack: AsyncDisposableStack
  let databases: readonly OpenDatabase[]
  let server: MailServer
  let settings: SettingValues
  let now: number

  beforeAll(async () => {
    stack = new AsyncDisposableStack()
    const { config } = stack.use(await testDatabases[kind]())
    const first = stack.use(await openWithoutLog(config))
    // On SQLite the replicas share one connection, as in a server.
    databases = [first, kind === 'SQLite' ? first : stack.use(await openWithoutLog(config))]
  })

  beforeEach(async () => {
    now = Date.UTC(2026, 0, 1)
    server = await startMailServer({ disabledCommands: ['STARTTLS'] })
    settings = { ...defaultValues, smtpHost: '127.0.0.1', smtpPort: String(server.port), smtpFrom: 'id@example.com' }
    await database().dataSource.getRepository(emailTable).clear()
  })
  afterEach(async () => server[Symbol.asyncDispose]())
  afterAll(async () => stack.disposeAsync())

  const database = (replica = 0): OpenDatabase => {
    const found = databases[replica]
    if (found === undefined) throw new Error('There is no such replica')
    return found
  }
  const clock = { now: () => now }
  const createTestOutbox = () => createOutbox({ store: database().emails, masterKey: database().masterKey, clock })
  const queueEmail = (email = someone.email, message: Message = { kind: 'test' }) =>
    createTestOutbox().queue({ to: { ...someone, email }, message, expiresAt: now + useful })

  async function deliver(replica = 0, maxWait = 60_000): Promise<void> {
    const { emails: store, masterKey } = database(replica)
    const values = async () => settings
    const compose = createComposer({
      viewsDirectory,
      catalogs: await loadCatalogs(catalogs),
      settings: values,
      appUrl: 'https://id.example.com',
      geoIp: createGeoIp({ database: () => null, localIpv6Ranges: [] }),
    })
    const delivery = createDelivery({
      store,
      masterKey,
      compose,
      transport: createSmtpTransport(values),
      resolveRequest: async () => undefined,
      host: 'id.example.com',
      maxWait,
      clock,
      onError: () => {},
    })
    await delivery.run(new AbortController().signal)
  }

  async function findOnlyEmail(): Promise<Email> {
    const { items } = await database().emails.list({ page: 1, limit: 100, sort: null, filters: {}, search: '' })
    expect(items).toHaveLength(1)
    return items[0] as Email
  }

  test('sends each e-mail once from two concurrent replicas', async () => {
    const addresses = Array.from({ length: 20 }, (_, index) => `person${index}@example.com`)
    for (const address of addresses) await queueEmail(address)
    await Promise.all([deliver(0), deliver(1), deliver(0), deliver(1)])
    expect(server.delivered.flatMap(({ to }) => to).sort()).toEqual(addresses.toSorted())
  })

  test('encrypts a queued e-mail, and deletes it after delivery', async () => {
    const message = {
      kind: 'one-time-access',
      code: 'K7QP2M',
      redirect: null,
      bound: false,
      expiresAt: now + minute,
    } as const
    await createTestOutbox().queue({ to: someone, message, expiresAt: message.expiresAt })
    expect((await findOnlyEmail()).data).toMatch(/^v1\./)
    expect((await findOnlyEmail()).data).not.toContain('K7QP2M')
    await deliver()
    expect(await findOnlyEmail()).toMatchObject({ data: '', sentAt: now, attempts: 1 })
  })

  test('sends an e-mail whose next attempt was postponed before the clock was set back by days', async () => {
    now += 1500 * 24 * 60 * minute
    await queueEmail()
    server.refuseNext(451)
    await deliver()
    now -= 1500 * 24 * 60 * minute
    await Promise.all([deliver(0), deliver(1)])
    expect(server.delivered).toHaveLength(1)
  })

  test('retries after a 4xx response with increasing delays', async () => {
    await queueEmail()
    server.refuseNext(451)
    await deliver()
    expect(server.delivered).toHaveLength(0)
    expect(await findOnlyEmail()).toMatchObject({ attempts: 1, sentAt: null, nextAttemptAt: now + 15_000 })
    expect((await findOnlyEmail()).lastError).toMatch(/451|Not now/)
    now += 14_999
    await deliver()
    expect(server.delivered).toHaveLength(0)
    now += 1
    await deliver()
    expect(server.delivered).toHaveLength(1)
    expect(await findOnlyEmail()).toMatchObject({ attempts: 2, lastError: null })
  })

  test('retries after a refused connection until it gives up', async () => {
    await queueEmail()
    settings = { ...settings, smtpPort: String(await freePort()) }
    for (const pause of retryDelays) {
      await deliver()
      expect(await findOnlyEmail()).toMatchObject({
        nextAttemptAt: now + pause,
        lastError: expect.stringMatching(/ECONNREFUSED/),
      })
      now += pause
    }
    await deliver()
    expect(stateOf(await findOnlyEmail())).toBe('failed')
  })

  test.each<[string, RegExp, (socket: Socket) => void]>([
    ['never responds', /in time/, () => {}],
    ['closes the connection immediately', /closed|ECONN/i, (socket) => socket.end()],
    ['speaks another protocol', /greeting/i, (socket) => socket.end('HTTP/1.1 400 Bad Request\r\n\r\n')],
    ['is busy', /421|Busy/, (socket) => sendLines(socket, ['421 Busy'])],
  ])('retries later with a server that %s', async (_name, lastError, speak) => {
    const broken = createServer((socket) => speak(socket.on('error', () => {})))
    await new Promise<void>((resolve) => broken.listen(0, '127.0.0.1', resolve))
    settings = { ...settings, smtpPort: String((broken.address() as AddressInfo).port) }
    await queueEmail()
    await deliver(0, 400)
    broken.close()
    expect(await findOnlyEmail()).toMatchObject({ sentAt: null, nextAttemptAt: now + 15_000 })
    expect((await findOnlyEmail()).lastError).toMatch(lastError)
  })

  test('gives up immediately after a permanent rejection', async () => {
    await queueEmail()
    server.refuseNext(550)
    await deliver()
    expect(stateOf(await findOnlyEmail())).toBe('failed')
  })

  test('does not send an e-mail that is obsolete', async () => {
    await queueEmail()
    now += useful
    await deliver()
    expect(server.delivered).toHaveLength(0)
    expect(stateOf(await findOnlyEmail())).toBe('failed')
  })

  test('does not let a name add a header', async () => {
    const keyName = 'backup\r\nBcc: mallory@example.com\r\n\r\n<b>'
    settings = { ...settings, appName: 'Mine\r\nX-Own: 1, "quoted" <a@b>' }
    await queueEmail(someone.email, { kind: 'api-key-expiring', name: '<i>Ada</i>', keyName, expiresAt: now + minute })
    await deliver()
    const [sent] = server.delivered
    expect(sent?.to).toEqual([someone.email])
    const names = sent?.mail.headers.map(({ key }) => key) ?? []
    expect(names).not.toContain('bcc')
    expect(names).not.toContain('x-own')
    expect(sent?.mail.from).toMatchObject({ address: 'id@example.com', name: 'Mine X-Own: 1, "quoted" <a@b>' })
    expect(sent?.mail.html).toContain('&lt;i&gt;Ada&lt;/i&gt;')
    expect(sent?.mail.html).not.toContain('<b>')
  })

  test('treats an address as one recipient, regardless of its characters', async () => {
    await queueEmail('ada@example.com>\r\nRCPT TO:<mallory@example.com')
    await deliver()
    expect(server.delivered.flatMap(({ to }) => to)).not.toContain('mallory@example.com')
  })

  test('queues the same e-mail once', async () => {
    const letter = { to: someone, message: { kind: 'test' }, expiresAt: now + minute, onceKey: 'a' } as const
    expect([await createTestOutbox().queue(letter), await createTestOutbox().queue(letter)]).toEqual([true, false])
    await findOnlyEmail()
  })

  test('ignores the result of an attempt that another replica took over', async () => {
    await queueEmail()
    const store = database().emails
    const slow = await store.claim({ now, until: now + minute })
    now += minute
    const other = await store.claim({ now, until: now + minute })
    expect([slow?.attempts, other?.attempts]).toEqual([1, 2])
    // The row was just claimed, so it exists.
    expect(await store.markFailed(slow as Email, { lastError: 'late', nextAttemptAt: now })).toBe(false)
    expect(await store.markSent(other as Email, now)).toBe(true)
  })
})

/** Responds to one command after another, and closes the connection after the last. */
function sendLines(socket: Socket, lines: readonly string[]): void {
  const left = [...lines]
  const sendNextLine = () => (left.length > 0 ? socket.write(`${left.shift()}\r\n`) : socket.destroy())
  socket.on('data', sendNextLine)
  sendNextLine()
}
