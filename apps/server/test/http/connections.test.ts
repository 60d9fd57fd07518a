import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { connect, type Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { connect as connectTls, type TLSSocket } from 'node:tls'
import { describe, expect, test } from '@jest/globals'
import { eventually, shareBetweenTests } from '@pocket/test-support'
import { selfSigned } from '@pocket/test-support/certificates'
import { findAuditEvents } from '../api/calls.ts'
import { type RunningApp, startApp } from './app.ts'

// Connections of real sockets: TLS, and the PROXY protocol before it.

const binarySignature = Buffer.from('0d0a0d0a000d0a515549540a', 'hex')
const source4 = '2111000c cb007107 0a000001 1f90 0583'
const source6 = '21210024 20010db8000000000000000000000001 20010db8000000000000000000000002 1f90 0583'
const binaryHeader = (rest: string) => Buffer.concat([binarySignature, Buffer.from(rest.replaceAll(' ', ''), 'hex')])

const portOf = ({ local }: RunningApp) => Number(new URL(local).port)

/** Sends these bytes, each in its own segment, and resolves to everything received until the server closes. */
async function send(socket: Socket, parts: readonly (Buffer | string)[]): Promise<string> {
  socket.setNoDelay(true)
  const chunks: Buffer[] = []
  const closed = new Promise<void>((resolve) => {
    socket.on('error', () => socket.destroy())
    socket.on('close', () => resolve())
  })
  socket.on('data', (chunk: Buffer) => chunks.push(chunk))
  for (const part of parts) await new Promise<void>((resolve) => socket.write(part, () => resolve()))
  await closed
  return Buffer.concat(chunks).toString()
}

const request = (name: string) =>
  `POST /api/one-time-access-token/${name} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`

/** The client IP address of the newest failed sign-in. */
const clientOf = (running: RunningApp) => findAuditEvents(running, 'sign_in_failed').at(-1)?.ipAddress

describe('the PROXY protocol of a trusted peer', () => {
  const running = shareBetweenTests(() => startApp({ PROXY_PROTOCOL: '127.0.0.1' }))
  const exchange = (parts: readonly (Buffer | string)[]) => send(connect(portOf(running), '127.0.0.1'), parts)

  test.each([
    ['version 1, IPv4', 'PROXY TCP4 203.0.113.7 10.0.0.1 8080 1411\r\n', '203.0.113.7'],
    ['version 1, IPv6', 'PROXY TCP6 2001:db8::1 2001:db8::2 8080 1411\r\n', '2001:db8::1'],
    ['version 1, unknown', 'PROXY UNKNOWN\r\n', '127.0.0.1'],
    ['version 2, IPv4', binaryHeader(source4), '203.0.113.7'],
    ['version 2, IPv6', binaryHeader(source6), '2001:db8::1'],
    ['version 2, IPv4 with a TLV', binaryHeader('21110010 cb007107 0a000001 1f90 0583 04000100'), '203.0.113.7'],
    ['version 2, LOCAL', binaryHeader('20000000'), '127.0.0.1'],
    ['nothing, from this machine', '', '127.0.0.1'],
  ])('gives the address of the client: %s', async (_name, header, address) => {
    const whole = Buffer.concat([Buffer.from(header), Buffer.from(request('abcdef'))])
    expect(await exchange([whole])).toMatch(/^HTTP\/1\.1 401 /)
    expect(clientOf(running)).toBe(address)
    const bytes = Array.from(Buffer.from(header), (_, index) => Buffer.from(header).subarray(index, index + 1))
    expect(await exchange([...bytes, request('ghjkmn')])).toMatch(/^HTTP\/1\.1 401 /)
    expect(clientOf(running)).toBe(address)
  })

  test.each([
    ['an IP address of the wrong family', 'PROXY TCP4 2001:db8::1 10.0.0.1 8080 1411\r\n'],
    ['no port', 'PROXY TCP4 203.0.113.7 10.0.0.1 8080\r\n'],
    ['a port that is too large', 'PROXY TCP4 203.0.113.7 10.0.0.1 8080 65536\r\n'],
    ['an endless line', `PROXY TCP4 ${'1'.repeat(200)}`],
    ['version 3', binaryHeader('31110000')],
    ['IP addresses that are too short', binaryHeader('21110004 cb007107')],
  ])('closes a connection with %s', async (_name, header) => {
    expect(await exchange([Buffer.concat([Buffer.from(header), Buffer.from(request('abcdef'))])])).toBe('')
  })
})

test('rejects peers that are not trusted, and lets this machine connect without a header', async () => {
  await using running = await startApp({ PROXY_PROTOCOL: '10.0.0.0/8', HOST: '0.0.0.0' })
  const result = await send(connect(portOf(running), '127.0.0.1'), [request('abcdef')])
  expect(result).toMatch(/^HTTP\/1\.1 401 /)
  const header = 'PROXY TCP4 203.0.113.7 10.0.0.1 8080 1411\r\n'
  expect(await send(connect(portOf(running), '127.0.0.1'), [header + request('abcdef')])).toMatch(/^HTTP\/1\.1 400 /)
})

const options = { hosts: ['localhost'] }

async function handshake(port: number, header?: string): Promise<TLSSocket> {
  const socket = connect(port, '127.0.0.1')
  if (header) socket.write(header)
  const secure = connectTls({ socket, rejectUnauthorized: false, servername: 'localhost' })
  await new Promise((resolve, reject) => secure.once('secureConnect', resolve).once('error', reject))
  return secure
}

test('serves HTTPS with TLS 1.3, also behind the PROXY protocol', async () => {
  const { cert, key } = await selfSigned(options)
  await using running = await startApp({ TLS_CERT: cert, TLS_KEY: key, PROXY_PROTOCOL: '127.0.0.0/8' })
  const header = 'PROXY TCP4 203.0.113.7 10.0.0.1 8080 1411\r\n'
  const secure = await handshake(portOf(running), header)
  expect(secure.getProtocol()).toBe('TLSv1.3')
  expect(await send(secure, [request('abcdef')])).toMatch(/^HTTP\/1\.1 401 /)
  expect(clientOf(running)).toBe('203.0.113.7')
  expect(await send(await handshake(portOf(running)), [request('abcdef')])).toMatch(/^HTTP\/1\.1 401 /)
  expect(clientOf(running)).toBe('127.0.0.1')
  const old = connectTls({ port: portOf(running), host: '127.0.0.1', rejectUnauthorized: false, maxVersion: 'TLSv1.2' })
  await expect(
    new Promise((resolve, reject) => old.once('secureConnect', resolve).once('error', reject)),
  ).rejects.toThrow()
})

test('uses a renewed certificate without a restart, once it fits its key', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'pocket-tls-'))
  await using _folder = { [Symbol.asyncDispose]: () => rm(folder, { recursive: true }) }
  const [certFile, keyFile] = [join(folder, 'cert.pem'), join(folder, 'key.pem')]
  const [first, second] = [await selfSigned(options), await selfSigned(options)]
  await writeFile(certFile, first.cert)
  await writeFile(keyFile, first.key)
  await using running = await startApp({ TLS_CERT_FILE: certFile, TLS_KEY_FILE: keyFile })
  const readCertificate = async () => {
    const secure = await handshake(portOf(running))
    const certificate = secure.getPeerX509Certificate()?.toString()
    secure.destroy()
    return certificate?.trim()
  }
  expect(await readCertificate()).toBe(first.cert.trim())
  await writeFile(certFile, second.cert)
  await eventually(() => expect(running.log.join('')).toContain('could not be read again'))
  expect(await readCertificate()).toBe(first.cert.trim())
  await writeFile(keyFile, second.key)
  await eventually(async () => expect(await readCertificate()).toBe(second.cert.trim()))
})
