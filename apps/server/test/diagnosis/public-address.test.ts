import { once } from 'node:events'
import { createServer, type RequestListener, type Server } from 'node:http'
import { createServer as createSecureServer } from 'node:https'
import type { AddressInfo } from 'node:net'
import { getCACertificates, setDefaultCACertificates } from 'node:tls'
import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { freePort } from '@pocket/test-support'
import { createAuthority, selfSigned, type TestAuthority } from '@pocket/test-support/certificates'
import { checkPublicAddress, checkRelatedOrigins } from '../../src/diagnosis/public-address.ts'

const day = 86_400_000
const defaults = getCACertificates('default')
let authority: TestAuthority
beforeAll(async () => {
  authority = await createAuthority()
  setDefaultCACertificates([...defaults, authority.cert])
})
afterAll(() => setDefaultCACertificates(defaults))

const signal = new AbortController().signal
/** The names and subjects of the findings. */
const check = async (issuer: string, stop = signal) =>
  (await checkPublicAddress(issuer, Date.now(), stop)).findings.map(({ name, about }) => [name, about])

async function listenOn(server: Server): Promise<string> {
  await once(server.listen(0, 'localhost'), 'listening')
  return `localhost:${(server.address() as AddressInfo).port}`
}

const json = (value: (host: string) => unknown): RequestListener => {
  return ({ headers }, response) => response.end(JSON.stringify(value(headers.host ?? '')))
}

test('accepts the discovery document of the issuer', async () => {
  await using server = createServer(json((host) => ({ issuer: `http://${host}` })))
  expect(await check(`http://${await listenOn(server)}`)).toEqual([])
})

test('distinguishes an unknown host name, a closed port and a silent server', async () => {
  expect(await check('http://id.invalid')).toEqual([['addressUnknown', 'id.invalid']])
  const port = await freePort()
  expect(await check(`http://localhost:${port}`)).toEqual([['addressRefused', `localhost:${port}`]])
  const stop = new AbortController()
  await using server = createServer(() => stop.abort())
  const host = await listenOn(server)
  expect(await check(`http://${host}`, stop.signal)).toEqual([['addressTimeout', host]])
  expect(await check(`https://${host}`)).toEqual([['addressFailed', expect.stringContaining(`${host} (`)]])
})

test.each<[string, RequestListener]>([
  ['a web page', (_, response) => response.end('<title>Router</title>')],
  ['a redirect', (_, response) => response.writeHead(302, { location: '/login' }).end()],
  ['an endless document', (_, response) => response.end(`{"issuer":"${'x'.repeat(300_000)}"}`)],
  ['other JSON', json(() => ({ status: 'ok' }))],
])('reports another server that answers with %s', async (_, listener) => {
  await using server = createServer(listener)
  const host = await listenOn(server)
  expect(await check(`http://${host}`)).toEqual([['addressOfOther', host]])
})

test('names the issuer of another provider', async () => {
  await using server = createServer(json(() => ({ issuer: 'https://other.example.com' })))
  expect(await check(`http://${await listenOn(server)}`)).toEqual([['issuerDiffers', 'https://other.example.com']])
})

test('reports certificates that are untrusted, for another host, expired or about to expire', async () => {
  const findingsWith = async (certificate: { readonly key: string; readonly cert: string }) => {
    let requests = 0
    await using server = createSecureServer(certificate, (request, response) => {
      requests++
      json((host) => ({ issuer: `https://${host}` }))(request, response)
    })
    const host = await listenOn(server)
    return [...(await check(`https://${host}`)), requests]
  }
  const hosts = ['localhost']
  const untrusted = ['certificateUntrusted', expect.stringMatching(/^localhost:\d+$/)]
  const notBefore = Date.now() - 60 * day
  const notAfter = Date.now() + 90 * day
  expect(await findingsWith(await authority.issue({ hosts, notBefore, notAfter }))).toEqual([1])
  expect(await findingsWith(await selfSigned({ hosts, notBefore, notAfter }))).toEqual([untrusted, 0])
  expect(await findingsWith(await authority.issue({ hosts: ['id.example.com'], notBefore, notAfter }))).toEqual([
    untrusted,
    0,
  ])
  expect(await findingsWith(await authority.issue({ hosts, notBefore, notAfter: Date.now() - day }))).toEqual([
    ['certificateEnded', 'localhost'],
    0,
  ])
  expect(await findingsWith(await authority.issue({ hosts, notBefore, notAfter: Date.now() + day }))).toEqual([
    ['certificateEnds', 'localhost'],
    1,
  ])
})

test('requires each additional origin outside of the host name in the document of related origins', async () => {
  await using server = createServer(json(() => ({ origins: ['https://id.example.net'] })))
  const url = `http://${await listenOn(server)}`
  const origins = ['https://id.example.net', 'https://nas.local', 'https://www.id.example.com']
  const names = async (document: string) =>
    (await checkRelatedOrigins('https://id.example.com', origins, signal, document)).map(({ name, about }) => [
      name,
      about,
    ])
  expect(await names(url)).toEqual([['relatedOriginMissing', 'https://nas.local']])
  const closed = `http://localhost:${await freePort()}`
  expect(await names(closed)).toEqual([['relatedOriginsUnreachable', closed]])
  expect(await checkRelatedOrigins('https://id.example.com', origins.slice(2), signal)).toEqual([])
})
