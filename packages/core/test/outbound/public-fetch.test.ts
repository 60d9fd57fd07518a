import type { RequestListener } from 'node:http'
import { type AddressInfo, createServer as createSocketServer } from 'node:net'
import { Readable } from 'node:stream'
import { gzipSync } from 'node:zlib'
import { beforeAll, describe, expect, test } from '@jest/globals'
import { createPublicFetch } from '@pocket/core'
import type { OutboundErrorCode } from '@pocket/core/errors'
import { createPublicDownload, isHostOrRange } from '@pocket/core/internal'
import { shareBetweenTests, startHttpServer } from '@pocket/test-support'

const seen: { url: string; method: string; authorization: string | undefined; body: string }[] = []
let port: number
let base: string

const answerRequest: RequestListener = async (req, res) => {
  let body = ''
  for await (const chunk of req) body += chunk
  const { pathname, searchParams } = new URL(req.url ?? '', base)
  seen.push({ url: pathname, method: req.method ?? '', authorization: req.headers.authorization, body })
  if (pathname === '/to')
    res.writeHead(Number(searchParams.get('status') ?? 302), { location: searchParams.get('at') ?? '' })
  if (pathname === '/loop') res.writeHead(302, { location: '/loop' })
  if (pathname === '/silent') return
  if (pathname === '/stuck') {
    res.write('some')
    return
  }
  if (pathname === '/cut') {
    res.writeHead(200, { 'content-length': '100' })
    res.write('some', () => res.destroy())
    return
  }
  if (pathname === '/bomb') {
    res.writeHead(200, { 'content-encoding': 'gzip' })
    res.end(gzipSync(Buffer.alloc(5 * 1024 * 1024)))
    return
  }
  res.end(pathname === '/large' ? Buffer.alloc(5 * 1024 * 1024) : 'hello')
}

const server = shareBetweenTests(() => startHttpServer(answerRequest))

beforeAll(async () => {
  ;({ port, url: base } = server)
})

const outboundError = (code: OutboundErrorCode) => ({ name: 'OutboundError', code })

describe('rejects addresses that are not public', () => {
  const fetch = createPublicFetch({ allowHttp: true })
  test.each([
    '127.0.0.1',
    'localhost',
    '2130706433',
    '0x7f.1',
    '0.0.0.0',
    '10.0.0.1',
    '100.64.0.1',
    '169.254.169.254',
    '172.16.0.1',
    '192.0.0.1',
    '192.0.2.1',
    '192.168.1.1',
    '198.18.0.1',
    '224.0.0.1',
    '240.0.0.1',
    '255.255.255.255',
    '[::]',
    '[::1]',
    '[::ffff:127.0.0.1]',
    '[::ffff:8.8.8.8]',
    '[::127.0.0.1]',
    '[64:ff9b::7f00:1]',
    '[64:ff9b:1::1]',
    '[100::1]',
    '[2001::1]',
    '[2001:db8::1]',
    '[2002:7f00:1::]',
    '[fc00::1]',
    '[fe80::1]',
    '[fec0::1]',
    '[ff02::1]',
  ])('%s', async (host) => {
    const before = seen.length
    await expect(fetch(`http://${host}:${port}/`)).rejects.toMatchObject(outboundError('not_public'))
    expect(seen).toHaveLength(before)
  })
})

test.each(['ftp://example.com/', 'file:///etc/passwd', 'data:text/plain,hello', 'http://example.com/'])(
  'rejects %s because it is not https',
  async (url) => {
    await expect(createPublicFetch()(url)).rejects.toMatchObject(outboundError('scheme'))
  },
)

test.each(['127.0.0.1', '127.0.0.0/8', 'localhost', '::ffff:127.0.0.1'])(
  'allows %s if it is configured',
  async (host) => {
    const fetch = createPublicFetch({ allowedPrivateHosts: [host], allowHttp: true })
    const url = host === 'localhost' ? `http://LOCALHOST:${port}/` : base
    expect(await (await fetch(url)).text()).toBe('hello')
  },
)

test('a host name is not allowed by its address, and an address not by its host name', async () => {
  const byName = createPublicFetch({ allowedPrivateHosts: ['localhost'], allowHttp: true })
  await expect(byName(base)).rejects.toMatchObject(outboundError('not_public'))
  const byRange = createPublicFetch({ allowedPrivateHosts: ['10.0.0.0/8'], allowHttp: true })
  await expect(byRange(`http://localhost:${port}`)).rejects.toMatchObject(outboundError('not_public'))
})

describe('redirects', () => {
  const fetch = createPublicFetch({ allowedPrivateHosts: ['127.0.0.1'], allowHttp: true })
  const redirectUrl = (location: string, status = 302) =>
    `${base}/to?status=${status}&at=${encodeURIComponent(location)}`

  test('are followed', async () => {
    expect(await (await fetch(redirectUrl(redirectUrl(redirectUrl('/end'))))).text()).toBe('hello')
  })

  test('are followed at most three times', async () => {
    await expect(fetch(`${base}/loop`)).rejects.toMatchObject(outboundError('too_many_redirects'))
  })

  test.each(['http://10.0.0.1/', 'http://[::1]/', 'http://169.254.169.254/latest'])(
    'are not followed to %s',
    async (url) => {
      await expect(fetch(redirectUrl(url))).rejects.toMatchObject(outboundError('not_public'))
    },
  )

  test('are not followed to another scheme', async () => {
    await expect(fetch(redirectUrl('file:///etc/passwd'))).rejects.toMatchObject(outboundError('scheme'))
  })

  test('are not followed if the caller sets another redirect mode', async () => {
    expect((await fetch(redirectUrl('http://10.0.0.1/'), { redirect: 'manual' })).status).toBe(302)
    await expect(fetch(redirectUrl('/end'), { redirect: 'error' })).rejects.toMatchObject(
      outboundError('too_many_redirects'),
    )
  })

  test('keep method and body after a 307, and switch to GET after a 303', async () => {
    const post = { method: 'POST', body: 'a=b', headers: { authorization: 'secret' } }
    await fetch(redirectUrl('/kept', 307), post)
    expect(seen.at(-1)).toEqual({ url: '/kept', method: 'POST', authorization: 'secret', body: 'a=b' })
    await fetch(redirectUrl('/got', 303), post)
    expect(seen.at(-1)).toEqual({ url: '/got', method: 'GET', authorization: 'secret', body: '' })
  })

  test('send no credentials to another origin', async () => {
    const both = createPublicFetch({ allowedPrivateHosts: ['127.0.0.1', 'localhost'] })
    await both(redirectUrl(`http://localhost:${port}/other`), { headers: { authorization: 'secret' } })
    expect(seen.at(-1)).toMatchObject({ url: '/other', authorization: undefined })
  })
})

describe('limits', () => {
  const fetch = createPublicFetch({ allowedPrivateHosts: ['127.0.0.1'], timeout: 300 })

  test.each(['/large', '/bomb'])('%s is too large', async (path) => {
    const fetchWithoutTimeout = createPublicFetch({ allowedPrivateHosts: ['127.0.0.1'] })
    await expect(fetchWithoutTimeout(base + path)).rejects.toMatchObject(outboundError('too_large'))
  })

  test.each(['/silent', '/stuck'])('%s times out', async (path) => {
    await expect(fetch(base + path)).rejects.toMatchObject(outboundError('timeout'))
  })

  test('the timeout of the caller counts too', async () => {
    const signal = AbortSignal.timeout(300)
    await expect(
      createPublicFetch({ allowedPrivateHosts: ['127.0.0.1'] })(`${base}/silent`, { signal }),
    ).rejects.toMatchObject(outboundError('timeout'))
  })

  test('a closed port is unreachable', async () => {
    const fetchWithoutTimeout = createPublicFetch({ allowedPrivateHosts: ['127.0.0.1'] })
    await expect(fetchWithoutTimeout('http://127.0.0.1:1/')).rejects.toMatchObject(outboundError('unreachable'))
  })
})

test('distinguishes hosts and ranges from invalid values', () => {
  const right = ['nas.lan', 'localhost', '192.168.1.5', '10.0.0.0/8', 'fd00::/8', '::1', 'xn--bcher-kva.example']
  expect(right.filter((text) => !isHostOrRange(text))).toEqual([])
  const wrong = ['', '10', '10.0.0', '10.0.0.0/33', 'a b', 'http://nas.lan', 'nas.lan/8', '*.lan', 'nas.lan:80']
  expect(wrong.filter(isHostOrRange)).toEqual([])
  expect(() => createPublicFetch({ allowedPrivateHosts: wrong })).toThrow(RangeError)
})

test('blocks the configured local ranges, except for allowed hosts', async () => {
  const local = { localRanges: ['2001:4860::/32', '1.2.3.4'], allowHttp: true }
  for (const host of ['[2001:4860:4860::8888]', '1.2.3.4'])
    await expect(createPublicFetch(local)(`http://${host}/`)).rejects.toMatchObject(outboundError('not_public'))
  const allowing = createPublicFetch({ ...local, localRanges: ['127.0.0.1'], allowedPrivateHosts: ['127.0.0.1'] })
  expect(await (await allowing(base)).text()).toBe('hello')
})

describe('download', () => {
  const limits = { allowedPrivateHosts: ['127.0.0.1'], maxBytes: 1024 * 1024 }
  const download = createPublicDownload(limits)
  const read = async (path: string, by = download) =>
    Buffer.concat(await Readable.from((await by(base + path)).body).toArray())

  test('is streamed', async () => {
    expect((await read('/')).toString()).toBe('hello')
    const { status, body } = await download(`${base}/stuck`)
    const { value } = await body[Symbol.asyncIterator]().next()
    expect([status, Buffer.from(value ?? []).toString()]).toEqual([200, 'some'])
  })

  // With undici 7 this crashed the process: the parser is paused when the connection ends.
  test('from a peer that closes the connection early is complete or discarded', async () => {
    const size = 64 * 1024
    let ended = Promise.withResolvers<void>()
    await using peer = createSocketServer((socket) => {
      socket.once('data', () => {
        socket.write(`HTTP/1.1 200 OK\r\nContent-Length: ${size}\r\nConnection: close\r\n\r\n`)
        socket.end(Buffer.alloc(size))
      })
      socket.once('close', () => ended.resolve())
    })
    await new Promise<void>((resolve) => peer.listen(0, '127.0.0.1', resolve))
    const address = `http://127.0.0.1:${(peer.address() as AddressInfo).port}/`
    const fetchWithoutTimeout = createPublicDownload({ allowedPrivateHosts: ['127.0.0.1'] })
    const { body } = await fetchWithoutTimeout(address)
    await ended.promise
    expect(Buffer.concat(await Readable.from(body).toArray())).toHaveLength(size)
    ended = Promise.withResolvers()
    await fetchWithoutTimeout(address)
    await ended.promise
  })

  test.each([
    ['/large', 'too_large'],
    ['/bomb', 'too_large'],
    ['/stuck', 'timeout'],
    ['/cut', 'unreachable'],
  ] as const)('of %s ends: %s', async (path, reason) => {
    const by = reason === 'timeout' ? createPublicDownload({ ...limits, timeout: 1000 }) : download
    await expect(read(path, by)).rejects.toMatchObject(outboundError(reason))
  })
})
