import { execFile } from 'node:child_process'
import { existsSync } from 'node:fs'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { createServer, type Server } from 'node:http'
import { type AddressInfo, connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join, posix } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import type { Client } from '@pocket/core'
import { defaultProtocol } from '@pocket/core/internal'
import { UserAgent } from '@pocket/core/testing'
import { describeUnless, eventually, freePort, type RunningProcess, startProcess } from '@pocket/test-support'
import { siteSnippets } from '../../src/clients/site-snippets.ts'
import { type RunningApp, setUpAdministrator, startApp } from './app.ts'

const host = 'wiki.example.org'
const wiki = `https://${host}`
const script = new URL('../../../../docker/haproxy/pocket.lua', import.meta.url).pathname

interface ProxyUnderTest {
  readonly name: string
  readonly program: string
  /** Makes the shown configuration listen at a port without TLS, and run in a folder. */
  readonly configure: (snippet: string, port: number, folder: string) => string
  readonly file: string
  readonly args: (folder: string) => readonly string[]
}

const proxies: readonly ProxyUnderTest[] = [
  {
    name: 'nginx',
    program: '/usr/sbin/nginx',
    file: 'nginx.conf',
    args: (folder) => ['-c', join(folder, 'nginx.conf'), '-e', 'stderr', '-p', folder, '-g', 'daemon off;'],
    configure: (snippet, port, folder) => `pid ${folder}/pid; events {} http {
      access_log off; client_body_temp_path ${folder}; proxy_temp_path ${folder}; fastcgi_temp_path ${folder};
      uwsgi_temp_path ${folder}; scgi_temp_path ${folder};
      ${snippet.replaceAll('listen 443 ssl', `listen 127.0.0.1:${port}`)} }`,
  },
  {
    name: 'Caddy',
    program: '/usr/bin/caddy',
    file: 'Caddyfile',
    args: (folder) => ['run', '--config', join(folder, 'Caddyfile'), '--adapter', 'caddyfile'],
    configure: (snippet, port) =>
      `{\n admin off\n auto_https off\n}\n${snippet
        .replace(`https://${host}`, `http://${host}:${port}`)
        // TLS ends at the agent, as at a load balancer.
        .replaceAll(/(uri \/api\/authz)/g, 'trusted_proxies 127.0.0.1/32\n$1')
        .replace('/.pocket/* http', '/.pocket/* http')}`,
  },
  {
    name: 'HAProxy',
    program: '/usr/sbin/haproxy',
    file: 'haproxy.cfg',
    args: (folder) => ['-f', join(folder, 'haproxy.cfg'), '-db'],
    configure: (snippet, port) =>
      `${snippet
        .replace('/etc/haproxy/pocket.lua', script)
        .replace(/bind :443.*/, `bind 127.0.0.1:${port}`)}\ndefaults\n`
        .replace(
          'frontend sites',
          'defaults\n    mode http\n    timeout connect 5s\n    timeout client 30s\n    timeout server 30s\n\nfrontend sites',
        )
        .replace(/\ndefaults\n$/, '\n'),
  },
]

const bypasses = [
  '/public/../admin/x',
  '/public/..;/admin/x',
  '/public/%2e%2e/admin/x',
  '/public/.%2e/admin/x',
  '/public/%2E./admin/x',
  '/public/%252e%252e/admin/x',
  '/public%2f..%2fadmin/x',
  '/public/..%2fadmin/x',
  '/public/..%5cadmin/x',
  '/public/..\\admin\\x',
  '//admin/x',
  '/.//admin/x',
  '/./admin/x',
  '/admin;a=1/x',
  '/%61dmin/x',
  '/%2561dmin/x',
  '/ADMIN/x',
  '/Admin/x',
  '/admin%2fx',
  '/admin%3bx/x',
  '/admin%20/x',
  '/admin./x',
  '/admin%3fx',
  '/admin%23x',
  '/admin%00/x',
  '/public/%c0%ae%c0%ae/admin/x',
  '/public/%c0%af../admin/x',
  '/public/%e0%80%af../admin/x',
  '/public/%u002e%u002e/admin/x',
  '/%ef%bc%8fadmin/x',
  '/public/%2e%252e/admin/x',
  '/public/%252e%2e%5cadmin/x',
  '/public/..%255cadmin/x',
  '/public/%c0%ae%2e/admin/x',
  '/public/%2e%2e%c0%afadmin/x',
  '/pu%62lic/%2e./%61dmin/x',
  '/public/%e2%80%a5/admin/x',
  '/public/%ef%bc%8e%ef%bc%8e/admin/x',
  '/public/%e2%80%a4./admin/x',
  '/%e2%93%90dmin/x',
  '/public/%2e%2e;/admin/x',
  '/public/..;a=%2f/admin/x',
  '/public/%5c../%5c../admin/x',
  '/public/..%c1%9cadmin/x',
  '/public/x%2f%2e%2e%2f%2e%2e%2fadmin/x',
  '/public/%25%32%65%25%32%65/admin/x',
  '/public/.%e2%80%8b./admin/x',
  '/admin%e3%80%80/x',
  '/admin%3b/x',
  '/admin/./x',
  '/public/..%0d%0a/admin/x',
  '/public/%2e%2e%09/admin/x',
  '/./.pocket/../admin/x',
  '/public/.pocket/../../admin/x',
  `https://${host}?/admin/x`,
  `https://${host}:443/admin/x`,
  '/public/x?/../../admin/x',
  '/public/x#/../../admin/x',
  '/.pocket/../admin/x',
  '/.pocket%2f..%2fadmin/x',
  `https://${host}/admin/x`,
  `http://evil.example/admin/x`,
  '*',
]

interface ReceivedRequest {
  readonly url: string
  readonly method: string
  readonly headers: Readonly<Record<string, unknown>>
}

const nothing: ReceivedRequest = { url: '', method: '', headers: {} }

/** The path as the most forgiving application reads it; independent of the code under test. */
function decodePath(url: string): string {
  let path = url.replace(/^https?:\/\/[^/]*/i, '')
  for (let round = 0; round < 3; round += 1) {
    try {
      path = decodeURIComponent(path)
    } catch {
      path = path
        .replaceAll(/%c0%ae/gi, '.')
        .replaceAll(/%c0%af|%e0%80%af|%u002f/gi, '/')
        .replaceAll(/%u002e/gi, '.')
    }
    path = path
      .normalize('NFKC')
      .replaceAll('\\', '/')
      .replace(/[?#].*$/, '')
      .replaceAll(/;[^/]*/g, '')
  }
  return posix.normalize(path.replaceAll(/[. ]+(?=\/)/g, (dots) => (/^\.{1,2}$/.test(dots) ? dots : ''))).toLowerCase()
}

/** The status of a request with an unchanged target. */
async function sendRaw(port: number, target: string, headers: Readonly<Record<string, string>> = {}, method = 'GET') {
  const socket = connect(port, '127.0.0.1')
  const lines = Object.entries({ Host: host, Connection: 'close', 'X-Forwarded-Proto': 'https', ...headers })
  socket.write(`${method} ${target} HTTP/1.1\r\n${lines.map(([name, value]) => `${name}: ${value}\r\n`).join('')}\r\n`)
  // Some responses keep the connection open.
  const result = await new Promise<string>((resolve) => {
    let received = ''
    socket.on('data', (chunk) => {
      received += String(chunk)
      if (received.includes('\r\n\r\n')) resolve(received)
    })
    socket.on('close', () => resolve(received)).on('error', () => resolve(received))
  })
  socket.destroy()
  return Number(/^HTTP\/1\.[01] (\d{3})/.exec(result)?.[1] ?? 0)
}

describeUnless(existsSync('/usr/sbin/haproxy') ? undefined : 'HAProxy is not installed', describe)(
  'the configurations of two sites in HAProxy',
  () => {
    test('share a frontend', async () => {
      const addresses = { pocket: 'http://127.0.0.1:1411', issuerHost: 'id.example.org' }
      const [first = '', second = ''] = [host, 'files.example.org'].map((name) => {
        const protocol = { ...defaultProtocol, protectedHosts: [name] }
        return siteSnippets({ protocol }, addresses).find((snippet) => snippet.name === 'HAProxy')?.text ?? ''
      })
      const [acl, use] = [/ +acl is_site .*\n/, / +use_backend files_.*\n/].map((line) => line.exec(second)?.[0] ?? '')
      const merged = first
        .replace(/ +acl is_site .*\n/, (line) => line + acl)
        .replace(/ +use_backend wiki_.*\n/, (line) => line + use)
        .concat(/\nbackend files_.*/s.exec(second)?.[0] ?? '')
        .replace('/etc/haproxy/pocket.lua', script)
        .replace(/bind :443.*/, 'bind 127.0.0.1:8443')
      expect(merged.match(/files.example.org/g)).toHaveLength(4)
      const folder = await mkdtemp(join(tmpdir(), 'pocket-proxy-'))
      await writeFile(join(folder, 'haproxy.cfg'), `defaults\n    mode http\n\n${merged}`)
      const check = promisify(execFile)('/usr/sbin/haproxy', ['-c', '-f', join(folder, 'haproxy.cfg')])
      await expect(check).resolves.toBeDefined()
      await rm(folder, { recursive: true, force: true })
    })
  },
)

describeUnless(existsSync('/usr/sbin/nginx') ? undefined : 'nginx is not installed', describe)(
  'the configurations of two sites in nginx',
  () => {
    test('can be combined', async () => {
      const addresses = { pocket: 'http://127.0.0.1:1411', issuerHost: 'id.example.org' }
      const both = [host, 'files.example.org'].map((name) => {
        const protocol = { ...defaultProtocol, protectedHosts: [name] }
        return siteSnippets({ protocol }, addresses).find((snippet) => snippet.name === 'nginx')?.text ?? ''
      })
      const folder = await mkdtemp(join(tmpdir(), 'pocket-proxy-'))
      const nginx = proxies[0]
      await writeFile(join(folder, 'nginx.conf'), nginx?.configure(both.join('\n'), 8443, folder) ?? '')
      const args = ['-t', '-c', join(folder, 'nginx.conf'), '-e', 'stderr', '-p', folder]
      const { stderr } = await promisify(execFile)('/usr/sbin/nginx', args)
      expect(stderr).not.toMatch(/\[(?:warn|emerg)\]/)
      await rm(folder, { recursive: true, force: true })
    })
  },
)

describe.each(proxies)('protected sites behind $name', ({ name, program, configure, file, args }) => {
  describeUnless(existsSync(program) ? undefined : `${program} is not installed`, describe)(
    'with its shown configuration',
    () => {
      let running: RunningApp
      let application: Server
      let proxy: RunningProcess
      let folder: string
      let port: number
      let site: Client
      let agent: UserAgent
      let administrator: UserAgent
      const seen: ReceivedRequest[] = []

      beforeAll(async () => {
        running = await startApp({ TRUST_PROXY: '127.0.0.1' })
        application = createServer((req, res) => {
          seen.push({ url: req.url ?? '', method: req.method ?? '', headers: req.headers })
          res.end('application')
        })
          .on('upgrade', (_req, socket) =>
            socket.end(
              'HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n' +
                'Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n\r\n',
            ),
          )
          .on('connect', ({ url = '', method = '', headers }, socket) => {
            seen.push({ url, method, headers })
            socket.end('HTTP/1.1 200 OK\r\n\r\n')
          })
          .listen(0, '127.0.0.1')
        site = await running.app.pocket.clients.create({
          name: 'Wiki',
          redirectUris: [],
          protocol: {
            protectedHosts: [host],
            identityAssertion: true,
            serviceTokenHeader: 'X-Wiki-Token',
            accessRules: [
              ['/public/*', 'everyone', []] as const,
              ['/notes/*', 'everyone', [], ['GET']] as const,
              ['/admin/*', 'users', ['admins']] as const,
              ['/api/*', 'users_and_service_tokens', []] as const,
              ['/*', 'users', []] as const,
            ].map(([path, allow, groups, methods = []]) => ({
              ...{ path, allow, groups, methods, host: null, maxPasskeyAgeMinutes: null },
            })),
          },
        })
        folder = await mkdtemp(join(tmpdir(), 'pocket-proxy-'))
        port = await freePort()
        const addresses = {
          pocket: running.local.replace('localhost', '127.0.0.1'),
          issuerHost: new URL(running.url).host,
        }
        const shown = siteSnippets(site, addresses).find((snippet) => snippet.name === name)?.text ?? ''
        const applicationPort = (application.address() as AddressInfo).port
        const configuration = configure(
          shown.replaceAll('127.0.0.1:8080', `127.0.0.1:${applicationPort}`),
          port,
          folder,
        )
        await writeFile(join(folder, file), configuration)
        proxy = await startProcess(program, args(folder), { cwd: folder, env: { HOME: folder } })
        await eventually(async () => expect(await sendRaw(port, '/public/ready')).toBe(200))
        administrator = running.agent()
        await setUpAdministrator(administrator, running.url)
        agent = new UserAgent({ resolve: { [wiki]: `http://127.0.0.1:${port}` } })
      }, 120_000)
      afterAll(async () => {
        await proxy?.[Symbol.asyncDispose]()
        application?.closeAllConnections()
        application?.close()
        await running?.[Symbol.asyncDispose]()
        if (folder !== undefined) await rm(folder, { recursive: true, force: true })
      })

      const cookieHeader = () => ({
        Cookie: `a=1; __Host-pocket-site=${agent.cookies().find((cookie) => cookie.name === '__Host-pocket-site')?.value}; b=2`,
      })

      test('signs in, and passes identity without the cookie of the site to the application', async () => {
        const { location } = await agent.get(`${wiki}/page?x=1&y=%2F`)
        expect(location?.replace(/&at=\d+$/, '')).toBe(`${wiki}/.pocket/start?to=%2Fpage%3Fx%3D1%26y%3D%252F`)
        const started = await agent.get(location ?? '')
        const returned = await administrator.follow(await administrator.get(started.location ?? ''), {
          until: (url) => url.startsWith(wiki),
        })
        const entered = await agent.get(returned.location ?? returned.url)
        expect(entered.location).toBe(`${wiki}/page?x=1&y=%2F`)
        const headers = {
          ...cookieHeader(),
          'Remote-User': 'root',
          'Remote-Groups': 'admins',
          'X-Pocket-Assertion': 'forged',
        }
        expect(await sendRaw(port, '/page?x=1', headers)).toBe(200)
        const { url, headers: got } = seen.at(-1) ?? nothing
        expect([url, got['remote-user'], got['remote-groups'] ?? '']).toEqual(['/page?x=1', 'ada', ''])
        expect(String(got['x-pocket-assertion']).split('.')).toHaveLength(3)
        expect(String(got.cookie)).not.toContain('pocket-site')
        expect(String(got.cookie)).toContain('b=2')
      })

      test('removes forged identity headers on open paths', async () => {
        expect(
          await sendRaw(port, '/public/x', { 'Remote-User': 'root', Remote_User: 'root', 'remote-email': 'x' }),
        ).toBe(200)
        await sendRaw(port, '/public/x', { 'Remote.User': 'root', 'X-Pocket_Assertion': 'forged' })
        const isIdentity = /^(?:remote.(?:user|groups|email|name)|x.pocket.assertion)$/
        const identity = seen.flatMap(({ url, headers }) =>
          Object.entries(headers).filter(([key, value]) => url === '/public/x' && isIdentity.test(key) && value !== ''),
        )
        expect(identity).toEqual([])
      })

      test.each(bypasses)('reaches no protected path by %s', async (target) => {
        const before = seen.length
        const asUser = await sendRaw(port, target, cookieHeader())
        expect(
          seen
            .slice(before)
            .map(({ url }) => decodePath(url))
            .filter((path) => path.startsWith('/admin')),
        ).toEqual([])
        const reached = seen.length
        const anonymous = await sendRaw(port, target)
        const open = seen.slice(reached).map(({ url }) => decodePath(url))
        expect(open.filter((path) => !path.startsWith('/public'))).toEqual([])
        expect([asUser, anonymous].every((status) => status !== 500 && status !== 502)).toBe(true)
      })

      test('reaches no protected path with headers of other interfaces', async () => {
        const forged = {
          'X-Original-URL': `${wiki}/public/x`,
          'X-Original-Method': 'GET',
          'X-Rewrite-URL': '/public/x',
          'X-Forwarded-Uri': '/public/x',
          'X-Forwarded-Method': 'GET',
        }
        const before = seen.length
        expect(await sendRaw(port, '/admin/x', { ...cookieHeader(), ...forged })).toBe(403)
        expect(await sendRaw(port, '/page', { ...forged, Accept: 'application/json' })).toBe(401)
        expect(seen.length).toBe(before)
      })

      test('passes no host of another site to the application', async () => {
        const before = seen.length
        await sendRaw(port, '/public/x', { Host: 'other.example' })
        expect(seen.slice(before).filter(({ headers }) => headers.host !== host)).toEqual([])
      })

      test.each(['X-Original-URL', 'X_Rewrite_URL', 'X-Rewrite_URL'])(
        'passes no path in the header %s to the application',
        async (header) => {
          const before = seen.length
          await sendRaw(port, '/public/x', { [header]: '/admin/x' })
          const paths = seen.slice(before).map(({ headers }) => headers[header.toLowerCase()] ?? '')
          expect(paths.join()).toBe('')
        },
      )

      test.each([
        ['X-HTTP-Method-Override', '/notes/x'],
        ['X-HTTP-Method', '/notes/x'],
        ['X-Method-Override', '/notes/x'],
        [null, '/notes/x?_method=DELETE'],
        [null, '/notes/x?a=1;_method=DELETE'],
        [null, '/notes/x?.METHOD=DELETE'],
      ])('reaches no method that a rule excludes by %s at %s', async (header, target) => {
        expect(await sendRaw(port, '/notes/x')).toBe(200)
        const before = seen.length
        expect(await sendRaw(port, target, header === null ? {} : { [header]: 'DELETE' })).toBe(403)
        expect(await sendRaw(port, '/notes/x', { Accept: 'application/json' }, 'DELETE')).toBe(401)
        expect(seen.length).toBe(before)
      })

      test.each(['X_HTTP_Method_Override', 'X-HTTP_Method', 'X.Method.Override'])(
        'reaches no method that a rule excludes by the variant %s',
        async (header) => {
          const before = seen.length
          // A proxy may also drop the header.
          await sendRaw(port, '/notes/x', { [header]: 'DELETE' })
          expect(seen.slice(before).filter(({ headers }) => header.toLowerCase() in headers)).toEqual([])
        },
      )

      test('accepts service tokens, which the application does not receive', async () => {
        const serviceToken = { name: 'CI', paths: ['/api/*'], methods: ['GET'] }
        const { plain } = await running.app.pocket.clients.addSecret(site.id, { serviceToken })
        for (const scheme of ['Bearer', 'BEARER']) {
          expect(await sendRaw(port, '/api/x', { Authorization: `${scheme} ${plain}` })).toBe(200)
          expect(seen.at(-1)?.headers.authorization ?? '').toBe('')
        }
        expect(await sendRaw(port, '/api/x', { 'X-Wiki-Token': plain })).toBe(200)
        expect(seen.at(-1)?.headers['x-wiki-token'] ?? '').toBe('')
        expect(await sendRaw(port, '/api/x', { Authorization: 'Bearer pst_wrong' })).toBe(401)
        expect(await sendRaw(port, '/page', { Authorization: `Bearer ${plain}` })).toBe(401)
      })

      test('passes bodies, ranges and the upgrade to a WebSocket', async () => {
        expect(await sendRaw(port, '/page', { ...cookieHeader(), Range: 'bytes=5-' })).toBe(200)
        expect(seen.at(-1)?.headers.range).toBe('bytes=5-')
        expect(await sendRaw(port, '/page', { ...cookieHeader(), 'Content-Length': '0' }, 'POST')).toBe(200)
        expect(seen.at(-1)?.method).toBe('POST')
        const socket = {
          ...{ Connection: 'Upgrade', Upgrade: 'websocket', 'Sec-Fetch-Mode': 'websocket' },
          ...{ 'Sec-WebSocket-Key': 'dGhlIHNhbXBsZSBub25jZQ==', 'Sec-WebSocket-Version': '13' },
        }
        expect(await sendRaw(port, '/socket', socket)).toBe(401)
        expect(await sendRaw(port, '/socket', { ...socket, ...cookieHeader() })).toBe(101)
      })

      test('switches to no protocol other than WebSocket, such as HTTP/2 (RFC 7540 §3.2)', async () => {
        for (const connection of ['Upgrade, HTTP2-Settings', 'Upgrade']) {
          const before = seen.length
          const settings = { 'HTTP2-Settings': 'AAMAAABkAAQAAP__' }
          const status = await sendRaw(port, '/public/x', { Connection: connection, Upgrade: 'h2c', ...settings })
          expect(status).not.toBe(101)
          expect(seen.slice(before).flatMap(({ headers }) => headers.upgrade ?? [])).toEqual([])
        }
      })

      test.each([
        ['CONNECT', `${host}:443`],
        ['CONNECT', '/admin/x'],
        ['PRI', '*'],
        ['OPTIONS', '*'],
        ['PROPFIND', '/admin/x'],
      ])('does not reach the application by %s %s', async (method, target) => {
        const before = seen.length
        // Caddy itself responds to some of them with 200.
        await sendRaw(port, target, cookieHeader(), method)
        expect(seen.length).toBe(before)
      })

      test('keeps identity headers that the client names as hop-by-hop headers', async () => {
        const connection = 'close, Remote-User, X-Pocket-Assertion'
        expect(await sendRaw(port, '/page', { ...cookieHeader(), Connection: connection })).toBe(200)
        const { headers } = seen.at(-1) ?? nothing
        expect(headers['remote-user']).toBe('ada')
        expect(headers['x-pocket-assertion']).toBeTruthy()
        expect(headers.connection ?? '').not.toMatch(/remote|pocket/i)
      })

      test('ends access when the session ends', async () => {
        await running.app.pocket.endAccess((await running.app.directory.findByName('ada'))?.id ?? '')
        expect(await sendRaw(port, '/page', { ...cookieHeader(), Accept: 'application/json' })).toBe(401)
      })
    },
  )
})
