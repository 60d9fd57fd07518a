import { type AddressInfo, createServer, type Socket } from 'node:net'
import { getCACertificates, setDefaultCACertificates } from 'node:tls'
import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { createAuthority, type TestAuthority } from '@pocket/test-support/certificates'
import { createSmtpTransport, testSmtpConnection } from '../../src/email/transport.ts'
import type { SettingValues } from '../../src/settings/definitions.ts'
import { startMailServer } from './mail-server.ts'

let authority: TestAuthority
const defaults = getCACertificates('default')
beforeAll(async () => {
  authority = await createAuthority()
  setDefaultCACertificates([...defaults, authority.cert])
})
afterAll(() => setDefaultCACertificates(defaults))

const email = {
  to: 'ada@example.com',
  messageId: '<1@example.com>',
  subject: 'Hello',
  text: 'Hello',
  html: '<p>Hello',
  language: 'en',
} as const

function valuesFor(port: number, smtpTls: string, smtpHost = '127.0.0.1'): SettingValues {
  return {
    ...{ smtpHost, smtpPort: String(port), smtpFrom: 'id@example.com', smtpTls, appName: 'Pocket' },
    ...{ smtpUser: 'pocket', smtpPassword: 'a secret', smtpSkipCertVerify: false },
  } as unknown as SettingValues
}

const { signal } = new AbortController()
const send = (...server: Parameters<typeof valuesFor>) =>
  createSmtpTransport(async () => valuesFor(...server)).send(email, signal)

async function serverWith(mode: string, options: Parameters<TestAuthority['issue']>[0], issuer = authority) {
  const users: (string | undefined)[] = []
  const { key, cert } = await issuer.issue(options)
  const server = await startMailServer({
    ...{ secure: mode === 'tls', key, cert, authOptional: false },
    onAuth({ username = '' }, _session, callback) {
      users.push(username)
      callback(null, { user: username })
    },
  })
  return { server, users, [Symbol.asyncDispose]: () => server[Symbol.asyncDispose]() }
}

const hosts = ['127.0.0.1', 'localhost']

test.each(['starttls', 'tls'])('%s sends to a server whose certificate matches its host', async (mode) => {
  await using peer = await serverWith(mode, { hosts })
  await send(peer.server.port, mode)
  await send(peer.server.port, mode, 'localhost')
  expect([peer.users, peer.server.delivered.map(({ secure }) => secure)]).toEqual([
    ['pocket', 'pocket'],
    [true, true],
  ])
})

test('tests the connection and the credentials without sending', async () => {
  await using peer = await serverWith('tls', { hosts })
  expect(await testSmtpConnection(valuesFor(peer.server.port, 'tls'), signal)).toBeUndefined()
  expect([peer.users, peer.server.delivered]).toEqual([['pocket'], []])
  await using other = await serverWith('tls', { hosts }, await createAuthority())
  expect(await testSmtpConnection(valuesFor(other.server.port, 'tls'), signal)).toMatch(/^E[A-Z]+$/)
})

test.each([
  ['starttls', 'of another host', { hosts: ['mail.example.com'] }, /altname/i],
  ['tls', 'of another host', { hosts: ['mail.example.com'] }, /altname/i],
  ['starttls', 'that has expired', { hosts, notAfter: Date.now() - 60_000 }, /expired/i],
  ['tls', 'that has expired', { hosts, notAfter: Date.now() - 60_000 }, /expired/i],
])('%s sends nothing to a server with a certificate %s', async (mode, _which, options, reason) => {
  await using peer = await serverWith(mode, options)
  await expect(send(peer.server.port, mode)).rejects.toThrow(reason)
  expect([peer.users, peer.server.delivered]).toEqual([[], []])
})

test.each(['starttls', 'tls'])(
  '%s sends nothing to a server with a certificate of an unknown authority, unless its check is disabled',
  async (mode) => {
    await using peer = await serverWith(mode, { hosts }, await createAuthority())
    await expect(send(peer.server.port, mode)).rejects.toThrow(/certificate/i)
    expect([peer.users, peer.server.delivered]).toEqual([[], []])
    const values = { ...valuesFor(peer.server.port, mode), smtpSkipCertVerify: true }
    await createSmtpTransport(async () => values).send(email, signal)
    expect(peer.server.delivered).toMatchObject([{ secure: true, user: 'pocket' }])
  },
)

/** A plain-text server; with a STARTTLS response it offers STARTTLS. */
async function sendInClear(result: string) {
  const commands: string[] = []
  const server = createServer((socket: Socket) => {
    socket.on('error', () => {}).write('220 mail.example.com\r\n')
    socket.on('data', (chunk) => {
      const line = String(chunk)
      commands.push(line)
      const offer = result === '' ? '' : '250-STARTTLS\r\n'
      if (/^EHLO/.test(line)) socket.write(`250-mail.example.com\r\n${offer}250 AUTH PLAIN\r\n`)
      else if (/^STARTTLS/.test(line)) socket.write(result || '502 Command not implemented\r\n')
      else socket.write('250 OK\r\n')
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    port: (server.address() as AddressInfo).port,
    commands,
    [Symbol.asyncDispose]: () => new Promise<void>((resolve) => server.close(() => resolve())),
  }
}

test.each([
  ['does not offer STARTTLS', ''],
  ['offers STARTTLS and refuses it', '454 TLS not available\r\n'],
  ['offers STARTTLS and continues in plain text', '220 Go ahead\r\n250 mail.example.com\r\n'],
])('sends no password in plain text to a server that %s', async (_what, result) => {
  await using peer = await sendInClear(result)
  await expect(send(peer.port, 'starttls')).rejects.toThrow()
  expect(peer.commands.filter((line) => /AUTH|MAIL|cG9ja2V0/.test(line))).toEqual([])
})
