import type { Socket } from 'node:net'
import { setTimeout } from 'node:timers/promises'
import { describe, expect, test } from '@jest/globals'
import type { LdapOptions } from '@pocket/directory'
import { freePort } from '@pocket/test-support'
import { createAuthority } from '@pocket/test-support/certificates'
import { authority, readFrom, readFromScripted, shortTimeouts } from './hostile-server.ts'
import { encodeResult, type LdapRequest, type ScriptedServerOptions, startScriptedServer } from './scripted-server.ts'

describe('an unreachable server', () => {
  test('reports a refused connection', async () => {
    const url = `ldap://127.0.0.1:${await freePort()}`

    await expect(readFrom({ url })).rejects.toMatchObject({
      code: 'ldap_unreachable',
      details: { step: 'connect', system: 'ECONNREFUSED' },
    })
  })

  test('reports an unknown host', async () => {
    await expect(readFrom({ url: 'ldap://nobody.invalid' })).rejects.toMatchObject({ code: 'ldap_host_not_found' })
  })

  test('reports an unreachable IPv6 address', async () => {
    const url = `ldap://[::1]:${await freePort()}`

    await expect(readFrom({ url })).rejects.toMatchObject({ code: 'ldap_unreachable', details: { step: 'connect' } })
  })

  test('reports a missing socket', async () => {
    await expect(readFrom({ url: 'ldapi:///nowhere/at/all' })).rejects.toMatchObject({
      code: 'ldap_unreachable',
      details: { step: 'connect', system: 'ENOENT' },
    })
  })

  test.each(['', 'http://example.com', 'ldap://', 'ldap://me:secret@example.com', 'nonsense', 'ldapi://%zz'])(
    'rejects the URL %j',
    async (url) => {
      const code = url === '' ? 'ldap_setting_missing' : 'ldap_address_invalid'

      await expect(readFrom({ url })).rejects.toMatchObject({ code, details: { setting: 'url' } })
    },
  )
})

describe('a verbose server', () => {
  const rejectStartTls = (diagnosticMessage: string): ScriptedServerOptions => ({
    onRequest: ({ id }, socket) => socket.write(encodeResult(id, 0x78, 53, { diagnosticMessage })),
  })

  test('truncates its message', async () => {
    const rejection = readFromScripted(rejectStartTls('no '.repeat(10_000)), { startTls: true })

    await expect(rejection).rejects.toMatchObject({ code: 'ldap_starttls_refused' })
    await rejection.catch((error: unknown) => expect(String(error).length).toBeLessThan(1_000))
  })

  test.each<[string, (id: number) => Buffer]>([
    ['an error result', (id) => encodeResult(id, 0x65, 53, { diagnosticMessage: 'cn=reader has s3cret-password' })],
    ['a referral', (id) => encodeResult(id, 0x65, 10, { referral: 'ldap://other.example/s3cret-password' })],
    ['a notice of disconnection', () => encodeResult(0, 0x78, 52, { diagnosticMessage: 'no s3cret-password' })],
  ])('redacts the password in every form: %s', async (_, respond) => {
    const credentials = { bindDn: 'cn=reader', bindPassword: 's3cret-password' }
    const rejection = readFromScripted({ onRequest: ({ id }, socket) => socket.write(respond(id)) }, credentials)

    await expect(rejection).rejects.toMatchObject({
      code: expect.stringMatching(/^ldap_(refused|referral|unavailable)$/),
    })
    await rejection.catch((error: unknown) => expect(JSON.stringify([error, String(error)])).not.toContain('s3cret'))
  })
})

describe('a server that is not LDAP', () => {
  const http = 'HTTP/1.1 400 Bad Request\r\nConnection: close\r\n\r\n'
  const sendOnConnect = (bytes: Buffer | string): ScriptedServerOptions => ({
    onConnection: (socket) => socket.write(bytes),
  })

  test.each<[string, ScriptedServerOptions, Partial<LdapOptions>, object]>([
    ['does not respond', {}, shortTimeouts, { code: 'ldap_timed_out', details: { step: 'bind' } }],
    ['does not respond to ldaps', {}, shortTimeouts, { code: 'ldap_timed_out', details: { step: 'tls' } }],
    ['responds with HTTP', sendOnConnect(http), {}, { code: 'ldap_not_ldap' }],
    ['responds with HTTP to ldaps', sendOnConnect(http), {}, { code: 'ldap_tls_failed', details: { step: 'tls' } }],
    ['sends invalid BER', sendOnConnect(Buffer.from('30800201', 'hex')), {}, { code: 'ldap_not_ldap' }],
    ['sends zeros', sendOnConnect(Buffer.alloc(1_000)), {}, { code: 'ldap_not_ldap' }],
    [
      'announces a message of four gigabytes',
      sendOnConnect(Buffer.from('3084ffffffff0201', 'hex')),
      shortTimeouts,
      { code: 'ldap_timed_out' },
    ],
    ['responds with an unknown message ID', sendOnConnect(encodeResult(77, 0x61)), {}, { code: 'ldap_not_ldap' }],
    ['responds to another operation', sendOnConnect(encodeResult(1, 0x65)), {}, { code: 'ldap_not_ldap' }],
    ['closes the connection', { onConnection: (socket) => socket.end() }, {}, { code: 'ldap_connection_lost' }],
    [
      'resets the connection',
      { onConnection: (socket) => socket.once('data', () => socket.resetAndDestroy()) },
      {},
      { code: 'ldap_connection_lost' },
    ],
    [
      'sends a notice of disconnection',
      sendOnConnect(encodeResult(0, 0x78, 52, { diagnosticMessage: 'bye' })),
      {},
      { code: 'ldap_unavailable' },
    ],
  ])('%s', async (name, serverOptions, overrides, expected) => {
    await using withRanges = await startScriptedServer(serverOptions)
    const url = name.endsWith('ldaps') ? withRanges.url.replace('ldap:', 'ldaps:') : withRanges.url

    await expect(readFrom({ url }, overrides)).rejects.toMatchObject(expected)
  })

  test('times out if the server sends one byte at a time', async () => {
    const sendSlowly = async (socket: Socket) => {
      for (const byte of encodeResult(1, 0x61).subarray(0, -1)) {
        socket.write(Buffer.of(byte))
        await setTimeout(40)
      }
    }

    await expect(readFromScripted({ onConnection: sendSlowly }, shortTimeouts)).rejects.toMatchObject({
      code: 'ldap_timed_out',
    })
  })
})

describe('TLS', () => {
  test.each([
    ['expired', { hosts: ['127.0.0.1'], notAfter: Date.now() - 60_000 }, 'ldap_certificate_expired'],
    ['for another host', { hosts: ['ldap.example.com'] }, 'ldap_certificate_wrong_host'],
    ['from another authority', { hosts: ['127.0.0.1'] }, 'ldap_certificate_untrusted'],
  ])('rejects a certificate: %s', async (name, certificateOptions, code) => {
    const ca = name === 'from another authority' ? (await createAuthority('Another')).cert : (await authority).cert
    const tls = await (await authority).issue(certificateOptions)

    await expect(readFromScripted({ tls }, { ca })).rejects.toMatchObject({ code })
  })

  test('reports a refused StartTLS before checking the certificate', async () => {
    const onRequest = ({ id }: LdapRequest, socket: Socket) =>
      socket.write(encodeResult(id, 0x78, 2, { diagnosticMessage: 'no TLS here' }))

    await expect(readFromScripted({ onRequest }, { startTls: true })).rejects.toMatchObject({
      code: 'ldap_starttls_refused',
      details: { diagnosticMessage: 'no TLS here' },
    })
  })

  test('discards data received before the handshake', async () => {
    const onRequest = ({ id }: LdapRequest, socket: Socket) =>
      socket.write(Buffer.concat([encodeResult(id, 0x78), encodeResult(id + 1, 0x61)]))

    await expect(readFromScripted({ onRequest }, { startTls: true })).rejects.toMatchObject({ code: 'ldap_not_ldap' })
  })
})
