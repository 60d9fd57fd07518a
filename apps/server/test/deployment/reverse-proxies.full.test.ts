import { randomBytes } from 'node:crypto'
import { existsSync } from 'node:fs'
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import type { IncomingMessage } from 'node:http'
import { type RequestOptions, request } from 'node:https'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { describeUnless, eventually, freePort, type RunningProcess, startProcess } from '@pocket/test-support'
import { createAuthority } from '@pocket/test-support/certificates'
import { type RunningApp, setUpAdministrator, startApp } from '../http/app.ts'

const host = 'id.example.com'
const apiKey = 'an API key of the test'
const root = fileURLToPath(new URL('../../../../', import.meta.url))
const read = (path: string) => readFile(join(root, path), 'utf8')

/** The folder of the proxy has `fullchain.pem`, `privkey.pem` and `certificates/`, the certificate and key in one file. */
interface ProxyLocation {
  readonly folder: string
  /** Where the proxy listens with TLS. */
  readonly port: number
  /** Where Pocket listens. */
  readonly upstream: number
}

interface ProxyUnderTest {
  readonly name: string
  readonly program: string
  readonly file: string
  readonly args: (file: string, folder: string) => readonly string[]
  /** Accepts long URLs, redirects and uploads; the form of DSM cannot change the limits of nginx. */
  readonly hasRaisedLimits: boolean
  /** Variables of Pocket. Default: it trusts the headers of the proxy. */
  readonly env?: Readonly<Record<string, string>>
  /** Runs the documented configuration in a folder, at a port. */
  readonly configure: (place: ProxyLocation) => Promise<string>
}

const nginx = {
  program: '/usr/sbin/nginx',
  file: 'nginx.conf',
  args: (file: string, folder: string) => ['-c', file, '-e', 'stderr', '-p', folder, '-g', 'daemon off;'],
}

/** A configuration of nginx around a block of the `http` context. */
const nginxMain = (block: string, { folder }: ProxyLocation) => `pid ${folder}/pid; events {} http {
  access_log off; client_body_temp_path ${folder}; proxy_temp_path ${folder}; fastcgi_temp_path ${folder};
  uwsgi_temp_path ${folder}; scgi_temp_path ${folder};
  ${block}
}`

/** The server that NGINX Proxy Manager and DSM write. Both append to `X-Forwarded-For`. */
const generatedServer = ({ folder, port, upstream }: ProxyLocation, directives = '') => `server {
  listen 127.0.0.1:${port} ssl http2;
  server_name ${host};
  ${directives}
  ssl_certificate ${folder}/fullchain.pem;
  ssl_certificate_key ${folder}/privkey.pem;
  location / {
    proxy_set_header Host $host;
    proxy_set_header X-Forwarded-Proto $scheme;
    proxy_set_header X-Forwarded-For $proxy_add_x_forwarded_for;
    proxy_set_header X-Real-IP $remote_addr;
    proxy_pass http://127.0.0.1:${upstream};
  }
}`

async function readBlock(guide: string, language: string): Promise<string> {
  const [, , block] =
    new RegExp(`^( *)\`\`\`${language}\\n(.*?)^\\1\`\`\`$`, 'ms').exec(await read(`docs/guides/${guide}.md`)) ?? []
  if (block === undefined) throw new Error(`${guide}.md has no configuration of ${language}`)
  return block
}

const haproxy = {
  program: '/usr/sbin/haproxy',
  file: 'haproxy.cfg',
  hasRaisedLimits: true,
  args: (file: string) => ['-f', file, '-db'],
}

/** The configuration of HAProxy in a guide, with its servers at these addresses. */
async function haproxyMain(guide: string, { folder, port }: ProxyLocation, servers: Readonly<Record<string, string>>) {
  const block = await readBlock(guide, 'haproxy')
  const configuration = Object.entries(servers).reduce(
    (text, [documented, actual]) => text.replace(documented, actual),
    block
      .replace('bind :443', `bind 127.0.0.1:${port}`)
      .replace('/etc/haproxy/certificates/', `${folder}/certificates/`),
  )
  return `defaults\n  timeout connect 5s\n  timeout client 30s\n  timeout server 30s\n\n${configuration}`
}

const proxies: readonly ProxyUnderTest[] = [
  {
    ...nginx,
    name: 'nginx',
    hasRaisedLimits: true,
    configure: async (place) => {
      const file = await read('docker/reverse-proxy/nginx.conf')
      const block = file
        .replaceAll(/^ +listen \[::\].*\n/gm, '')
        .replace('listen 443 ', `listen 127.0.0.1:${place.port} `)
        .replace('listen 80;', `listen 127.0.0.1:${await freePort()};`)
        .replaceAll('/etc/ssl/id.example.com', place.folder)
        .replace('127.0.0.1:1411', `127.0.0.1:${place.upstream}`)
      return nginxMain(block, place)
    },
  },
  {
    ...nginx,
    name: 'NGINX Proxy Manager',
    hasRaisedLimits: true,
    configure: async (place) => {
      const unknownHosts = `server { listen 127.0.0.1:${place.port} ssl; server_name localhost; ssl_reject_handshake on; }`
      const server = generatedServer(place, await readBlock('reverse-proxy', 'nginx'))
      return nginxMain(`client_max_body_size 2000m; ${unknownHosts} ${server}`, place)
    },
  },
  {
    ...nginx,
    name: 'DSM',
    hasRaisedLimits: false,
    configure: async (place) => nginxMain(generatedServer(place), place),
  },
  {
    name: 'Caddy',
    hasRaisedLimits: true,
    program: '/usr/bin/caddy',
    file: 'Caddyfile',
    args: (file) => ['run', '--config', file, '--adapter', 'caddyfile'],
    configure: async ({ folder, port, upstream }) => {
      const file = await read('docker/reverse-proxy/Caddyfile')
      const site = file
        .replace(`${host} {`, `https://${host}:${port} {\n\ttls ${folder}/fullchain.pem ${folder}/privkey.pem`)
        .replace('127.0.0.1:1411', `127.0.0.1:${upstream}`)
      return `{\n\tadmin off\n\tauto_https disable_redirects\n}\n${site}`
    },
  },
  {
    ...haproxy,
    name: 'HAProxy',
    configure: (place) => haproxyMain('reverse-proxy', place, { '127.0.0.1:1411': `127.0.0.1:${place.upstream}` }),
  },
  {
    ...haproxy,
    name: 'HAProxy with the PROXY protocol',
    env: { PROXY_PROTOCOL: '127.0.0.1' },
    configure: async ({ folder, port, upstream }) => `defaults
  mode tcp
  timeout connect 5s
  timeout client 30s
  timeout server 30s
listen pocket
  bind 127.0.0.1:${port} ssl crt ${folder}/certificates/
  server pocket 127.0.0.1:${upstream} send-proxy-v2
`,
  },
  {
    ...haproxy,
    name: 'HAProxy with several replicas, of which one is down',
    configure: async (place) =>
      haproxyMain('several-replicas', place, {
        '10.0.0.11:1411': `127.0.0.1:${await freePort()}`,
        '10.0.0.12:1411': `127.0.0.1:${place.upstream}`,
      }),
  },
]

describe.each(proxies)('Pocket behind $name, as documented', (tested) => {
  const { program, file, args, configure, hasRaisedLimits, env = { TRUST_PROXY: '127.0.0.1' } } = tested
  describeUnless(existsSync(program) ? undefined : `${program} is not installed`, describe)(program, () => {
    let app: RunningApp
    let proxy: RunningProcess
    let folder: string
    let port: number
    let ca: string

    beforeAll(async () => {
      app = await startApp({ APP_URL: `https://${host}`, STATIC_API_KEY: apiKey, ...env })
      await setUpAdministrator(app.agent(), app.url)
      folder = await mkdtemp(join(tmpdir(), 'pocket-reverse-proxy-'))
      port = await freePort()
      const authority = await createAuthority()
      ca = authority.cert
      const { key, cert } = await authority.issue({ hosts: [host] })
      await writeFile(join(folder, 'fullchain.pem'), cert)
      await writeFile(join(folder, 'privkey.pem'), key)
      await mkdir(join(folder, 'certificates'))
      await writeFile(join(folder, 'certificates/id.pem'), `${cert}\n${key}`)
      const configuration = await configure({ folder, port, upstream: Number(new URL(app.local).port) })
      await writeFile(join(folder, file), configuration)
      proxy = await startProcess(program, [...args(join(folder, file), folder)], { cwd: folder, env: { HOME: folder } })
      await eventually(async () => expect(await send('/readyz')).toMatchObject({ status: 200 }))
    }, 120_000)
    afterAll(async () => {
      await proxy?.[Symbol.asyncDispose]()
      await app?.[Symbol.asyncDispose]()
      if (folder !== undefined) await rm(folder, { recursive: true, force: true })
    })

    /** A request from 127.0.0.2, which claims to come from 203.0.113.9. */
    async function send(path: string, options: RequestOptions = {}, body = '') {
      const headers = { Host: host, 'X-Forwarded-For': '203.0.113.9', ...options.headers }
      const sent = request({
        agent: false,
        host: '127.0.0.1',
        localAddress: '127.0.0.2',
        port,
        path,
        ca,
        maxHeaderSize: 65_536,
        ...options,
        servername: host,
        headers,
      })
      sent.end(body)
      const response = await new Promise<IncomingMessage>((resolve, reject) =>
        sent.on('response', resolve).on('error', reject),
      )
      return { status: response.statusCode, headers: response.headers, body: await text(response) }
    }

    test('serves discovery and the sign-in page at the public URL', async () => {
      const discovery = await send('/.well-known/openid-configuration')
      expect(JSON.parse(discovery.body)).toMatchObject({ issuer: `https://${host}` })
      const page = await send('/login')
      expect(page).toMatchObject({ status: 200, headers: { 'strict-transport-security': 'max-age=15552000' } })
      expect(page.headers['content-security-policy']).toContain("default-src 'self'")
    })

    if (hasRaisedLimits) {
      test('redirects a posted authorization of 16 kB that does not compress', async () => {
        const headers = { 'Content-Type': 'application/x-www-form-urlencoded' }
        const form = `state=${randomBytes(12_000).toString('base64url')}`
        const redirect = await send('/authorize', { method: 'POST', headers }, form)
        expect(redirect.status).toBe(303)
        const page = await send(String(redirect.headers.location).replace(`https://${host}`, ''))
        expect(page.headers['content-security-policy']).toContain("default-src 'self'")
      })

      test('leaves the size of uploads to Pocket', async () => {
        const headers = { 'X-API-Key': apiKey, 'Content-Type': 'multipart/form-data; boundary=b' }
        const upload = await send('/api/application-images/logo', { method: 'PUT', headers }, 'a'.repeat(11_000_000))
        expect(upload).toMatchObject({ status: 413, body: expect.stringContaining('"code":"file_too_large"') })
      })
    }

    test('records the address of the client, not the one that it claims', async () => {
      const headers = { 'X-API-Key': apiKey, 'Content-Type': 'application/json' }
      const body = JSON.stringify({ name: 'family', friendlyName: 'Family' })
      expect(await send('/api/user-groups', { method: 'POST', headers }, body)).toMatchObject({ status: 201 })
      const { data } = JSON.parse((await send('/api/audit-logs/all', { headers })).body)
      expect(data[0]).toMatchObject({ ipAddress: '127.0.0.2' })
    })
  })
})
