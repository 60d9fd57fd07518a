import { execFile } from 'node:child_process'
import { existsSync } from 'node:fs'
import { cp, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import type { AuthenticationCeremony } from '@pocket/core'
import { SoftwareAuthenticator, UserAgent } from '@pocket/core/testing'
import { describeUnless, freePort, startProcess, waitTimeout } from '@pocket/test-support'
import { build } from 'esbuild'
import * as oidc from 'openid-client'

const run = promisify(execFile)
const core = join(import.meta.dirname, '../..')
const directory = join(core, '../directory')
const redirectUri = 'http://localhost:9999/callback'
const isRedirectUri = (url: string) => url.startsWith(redirectUri)

/** Milliseconds: npm downloads and builds two hundred packages, which is slow on a busy machine. */
const installing = 540_000

/** An empty folder outside the workspace, into which npm installs the packed packages. */
let folder: string

beforeAll(async () => {
  // Shorter than the test timeout, so that no program keeps the test run alive.
  const signal = AbortSignal.timeout(installing - 10_000)
  folder = await mkdtemp(join(tmpdir(), 'pocket-examples-'))
  await run('node', [join(core, '../../node_modules/typescript/bin/tsc'), '--build', core, directory], { signal })
  await cp(join(core, 'examples'), folder, { recursive: true })
  const manifest = JSON.parse(await readFile(join(folder, 'package.json'), 'utf8'))
  for (const cwd of [core, directory]) {
    // pnpm pack replaces the `workspace:` versions of the manifest with real ones.
    await run('pnpm', ['pack', '--pack-destination', folder], { cwd, signal })
    const { name } = JSON.parse(await readFile(join(cwd, 'package.json'), 'utf8'))
    const start = name.slice(1).replace('/', '-')
    manifest.dependencies[name] = `file:${(await readdir(folder)).find((file) => file.startsWith(start))}`
  }
  // The oldest supported version, in addition to the one that runs the tests.
  manifest.dependencies.node = '22'
  await writeFile(join(folder, 'package.json'), JSON.stringify(manifest))
  await run('npm', ['install', '--prefer-offline', '--no-audit', '--no-fund', '--no-package-lock'], {
    cwd: folder,
    signal,
  })
}, installing)

afterAll(() => rm(folder, { recursive: true, force: true }))

interface Invitation {
  readonly issuer: string
  readonly clientId: string
  readonly code: string
}

/** Creates a passkey with the existing code or password, and signs in with it in another browser. */
async function signIn(invitation: Invitation, password?: string) {
  const { issuer, code } = invitation
  const { origin } = new URL(issuer)
  const authenticator = new SoftwareAuthenticator()
  const first = new UserAgent()
  const signedIn = password
    ? await first.postForm(`${origin}/password?redirect=/`, { name: 'ada@example.com', password })
    : await first.postForm(`${issuer}/login/code?redirect=/`, { code })
  expect((await first.follow(signedIn)).text).toContain('Create a passkey')
  const { options } = (await first.postJson(`${issuer}/login/passkey/options`, {})).json() as {
    options: Parameters<SoftwareAuthenticator['create']>[0]
  }
  const response = authenticator.create(options, { origin })
  const added = await first.postJson(`${issuer}/login/passkey/answer?redirect=/`, { response })
  expect(added.json()).toEqual({ redirectTo: '/' })
  return goToClient(invitation, authenticator)
}

async function goToClient({ issuer, clientId }: Invitation, authenticator: SoftwareAuthenticator) {
  const { origin } = new URL(issuer)
  const execute = [oidc.allowInsecureRequests]
  const configuration = await oidc.discovery(new URL(issuer), clientId, undefined, oidc.None(), { execute })
  const pkceCodeVerifier = oidc.randomPKCECodeVerifier()
  const url = oidc.buildAuthorizationUrl(configuration, {
    redirect_uri: redirectUri,
    scope: 'openid profile email',
    code_challenge: await oidc.calculatePKCECodeChallenge(pkceCodeVerifier),
    code_challenge_method: 'S256',
  })
  const agent = new UserAgent()
  const page = await agent.follow(await agent.get(url.href))
  const ceremony = page.scriptJson('ceremony') as AuthenticationCeremony
  const answer = { response: authenticator.get(ceremony.options, { origin }) }
  const { redirectTo } = (await agent.postJson(new URL(ceremony.submitTo, page.url).href, answer)).json() as {
    redirectTo: string
  }
  const next = await agent.follow(await agent.get(new URL(redirectTo, page.url).href))
  const terms = next.text.includes('I accept')
  const consent = terms ? await agent.follow(await agent.postForm(next.url, {})) : next
  const returned = await agent.follow(await agent.submit(consent, consent.form('/consent')), { until: isRedirectUri })
  const tokens = await oidc.authorizationCodeGrant(configuration, new URL(returned.location ?? ''), {
    pkceCodeVerifier,
  })
  const home = (await agent.get(`${origin}/`)).text
  return { page: page.text, claims: tokens.claims(), home, terms }
}

const node22Binary = (): string => join(folder, 'node_modules/node/bin/node')

async function start(name: string, command = 'node') {
  const port = await freePort()
  const program = await startProcess(command, [`${name}.js`], {
    cwd: folder,
    env: { PORT: String(port), DATABASE: join(folder, `${name}-${port}.sqlite`) },
    readyWhen: /^ready (.*)$/,
  })
  return { program, invitation: JSON.parse(program.ready[1] ?? '') as Invitation }
}

const ada = { sub: 'ada', preferred_username: 'ada', email: 'ada@example.com' }

type Example = readonly [name: string, claims: Readonly<Record<string, string>>]

const examples: readonly Example[] = [
  ['node-http', ada],
  ['koa', ada],
  ['express', ada],
  ['fastify', ada],
  ['nest', ada],
  ['hono', ada],
  ['bun', ada],
  ['sql-accounts', { sub: '7', preferred_username: 'ada@example.com' }],
  ['directory', { preferred_username: 'ada', name: 'Ada Koch' }],
  ['own-pages', ada],
  ['own-rules', ada],
  ['own-claims', { ...ada, department: 'Radio', album: 'albums/ada' }],
  ['two-issuers', ada],
  ['hsm', ada],
  ['from-passwords', { sub: '7', preferred_username: 'ada@example.com' }],
]
/** One for each package. */
const onNewerNode = examples.filter(([name]) => name === 'node-http' || name === 'directory')

describe.each<readonly [string, () => string, readonly Example[]]>([
  ['Node 22', node22Binary, examples],
  ['the Node of the tests', () => 'node', onNewerNode],
])('an example with the installed package on %s', (_version, node, chosen) => {
  test.each(chosen)('%s signs a user in with a passkey', async (name, claims) => {
    const { program, invitation } = await start(name, name === 'bun' ? join(folder, 'node_modules/.bin/bun') : node())
    await using _program = program
    const signedIn = await signIn(invitation, name === 'from-passwords' ? 'correct horse' : undefined)
    expect(signedIn.claims).toMatchObject({ iss: invitation.issuer, ...claims })
    if (name === 'from-passwords') {
      const again = { name: 'ada@example.com', password: 'correct horse' }
      expect((await new UserAgent().postForm(`${invitation.issuer}/password`, again)).status).toBe(403)
    }
    expect(signedIn.terms).toBe(name === 'own-rules')
    expect(signedIn.page).toContain(name === 'own-pages' ? 'Use my passkey' : 'Sign in with a passkey')
    expect(signedIn.home).toMatch(/^Hello \S+$/)
  })
})

describe('an example on Node 22', () => {
  test('own-sign-up signs up a new user, and signs in a user without a passkey by a code', async () => {
    const { program, invitation } = await start('own-sign-up', node22Binary())
    await using _program = program
    const { issuer: origin } = invitation
    const authenticator = new SoftwareAuthenticator()
    const stranger = new UserAgent()
    const post = (path: string, body: object) => stranger.postJson(`${origin}${path}`, body)
    const { options } = (
      await post('/login/sign-up/options', { userName: 'bob', email: 'bob@example.com' })
    ).json() as {
      options: Parameters<SoftwareAuthenticator['create']>[0]
    }
    const response = authenticator.create(options, { origin })
    expect((await post('/login/sign-up/answer?redirect=/', { response })).json()).toEqual({ redirectTo: '/' })
    const signedIn = await goToClient(invitation, authenticator)
    expect(signedIn.claims).toMatchObject({ preferred_username: 'bob', email: 'bob@example.com' })

    const other = new UserAgent()
    await other.postForm(`${origin}/login/mail`, { email: 'bob' })
    const [, mail = ''] = await program.waitForOutput(/^mail (.*)$/)
    const { to, code } = JSON.parse(mail)
    expect(to).toBe('bob@example.com')
    await other.postForm(`${origin}/login/code`, { code })
    expect((await other.get(`${origin}/`)).text).toBe('Hello bob')
  })

  test('the quick start signs a user in at its own page and at its client', async () => {
    const [origin, client] = [`http://localhost:${await freePort()}`, `http://localhost:${await freePort()}`] as const
    const startExample = async (name: string, readyWhen: RegExp) => {
      const text = (await readFile(join(folder, `${name}.js`), 'utf8'))
        .replaceAll('http://localhost:3000', origin)
        .replaceAll('http://localhost:4000', client)
        .replace('listen(3000)', `listen(${new URL(origin).port})`)
        .replace('listen(4000)', `listen(${new URL(client).port}, () => console.log('ready'))`)
      await writeFile(join(folder, `${name}-copy.js`), text)
      return startProcess(node22Binary(), [`${name}-copy.js`], { cwd: folder, readyWhen })
    }
    await using service = await startExample('quick-start', /enter (\S+)/)
    await using _client = await startExample('quick-start-client', /ready/)
    const agent = new UserAgent()
    const entered = await agent.postForm(`${origin}/login/code?redirect=/`, { code: service.ready[1] ?? '' })
    expect((await agent.follow(entered)).text).toContain('Create a passkey')
    const { options } = (await agent.postJson(`${origin}/login/passkey/options`, {})).json() as {
      options: Parameters<SoftwareAuthenticator['create']>[0]
    }
    const response = new SoftwareAuthenticator().create(options, { origin })
    expect((await agent.postJson(`${origin}/login/passkey/answer?redirect=/`, { response })).status).toBe(200)
    expect((await agent.get(`${origin}/`)).text).toBe('Hello ada')
    const consent = await agent.follow(await agent.get(`${client}/`))
    const returned = await agent.follow(await agent.submit(consent, consent.form('/consent')))
    expect(returned.text).toBe('Photos of ada')
  })
})

describe('the installed package', () => {
  const runModule = async (name: string, text: string) => {
    await writeFile(join(folder, name), text)
    return run('node', [name], { cwd: folder, timeout: waitTimeout })
  }

  test('releases all resources: after disposal the process exits, with all stores and sockets closed', async () => {
    const { stdout } = await runModule(
      'first-block.js',
      `import http from 'node:http'
import { createPocket } from '@pocket/core'
import { pocketMigrations, pocketTables, runMigrations, typeormStores } from '@pocket/core/typeorm'
import { DataSource } from 'typeorm'
const options = { type: 'better-sqlite3', database: 'first-block.sqlite', entityPrefix: 'acme_', entities: [...pocketTables] }
await runMigrations(options, [pocketMigrations])
const dataSource = await new DataSource(options).initialize()
const myAccounts = { find: async (id) => (id === '7' ? { id, userName: 'ada', extra: { department: 'Radio' } } : undefined) }
{
  await using pocket = await createPocket({
    issuer: 'http://localhost:' + ${await freePort()},
    masterKey: 'for development: 16 bytes or more',
    accounts: myAccounts,
    stores: typeormStores(dataSource),
    claims: (account, { client, scopes }) => ({ department: account.extra.department }),
  })
  const server = http.createServer(pocket.callback()).listen(new URL(pocket.issuer).port)
  const client = await pocket.clients.create({ name: 'Photos', redirectUris: ['http://localhost:9999/callback'] })
  const { claims } = await pocket.previewTokens(client.id, '7', 'openid profile').then(({ idToken }) => ({ claims: idToken }))
  const metadata = await (await fetch(pocket.issuer + '/.well-known/openid-configuration')).json()
  console.log(JSON.stringify({ department: claims.department, issuer: metadata.issuer === pocket.issuer }))
  server.close()
  server.closeAllConnections()
}
await dataSource.destroy()
const left = process.getActiveResourcesInfo().filter((name) => !/Pipe|TTY|FS/.test(name))
console.log(JSON.stringify(left))
`,
    )
    const [first = '', last = ''] = stdout.trim().split('\n')
    expect(JSON.parse(first)).toEqual({ department: 'Radio', issuer: true })
    expect(JSON.parse(last).filter((name: string) => name === 'Timeout')).toEqual([])
  })

  test('serves a route of Next.js', async () => {
    const { stdout } = await runModule(
      'next-request.js',
      `import { GET, OPTIONS, pocket } from './next-route.js'
const preflight = await OPTIONS(new Request(pocket.issuer + '/api/oidc/userinfo', { method: 'OPTIONS',
  headers: { origin: 'https://app.example', 'access-control-request-method': 'GET', 'access-control-request-headers': 'authorization' } }))
console.log(preflight.status, preflight.headers.get('access-control-allow-origin'))
const response = await GET(new Request(pocket.issuer + '/login'), { params: Promise.resolve({ path: ['login'] }) })
console.log(response.status, (await response.text()).includes('Sign in with a passkey'), await pocket.session(new Headers()))
`,
    )
    expect(stdout.trim().split('\n')).toEqual(['204 https://app.example', '200 true undefined'])
  })

  test('tests a custom store of the host with the contract of its port', async () => {
    const { stdout } = await run('node', ['--test', '--test-reporter=tap', 'own-store.js'], { cwd: folder })
    expect(stdout).toMatch(/# pass [5-9]/)
    expect(stdout).toContain('# fail 0')
    const brokenStore = (await readFile(join(folder, 'own-store.js'), 'utf8')).replace('this.#codes.delete(hash)', '')
    await writeFile(join(folder, 'lying-store.js'), brokenStore)
    const result = run('node', ['--test', '--test-reporter=tap', 'lying-store.js'], { cwd: folder })
    await expect(result).rejects.toMatchObject({
      stdout: expect.stringMatching(/not ok \d+ - returns the code to one of fifty concurrent consumers/),
    })
  })

  test('ships complete types that compile in strict mode', async () => {
    const program = `import { createServer } from 'node:http'
import { createPocket, type HostAccounts, type Session } from '@pocket/core'
import { PocketError } from '@pocket/core/errors'
import { memoryStores } from '@pocket/core/memory'
import { authenticate } from '@pocket/core/browser'
import { typeormStores } from '@pocket/core/typeorm'
import { UserAgent } from '@pocket/core/testing'
import { createDirectory } from '@pocket/directory'
import { directoryStores } from '@pocket/directory/typeorm'
const accounts: HostAccounts = { find: async (id) => ({ id, userName: 'ada', extra: { department: 'Radio' } }) }
const pocket = await createPocket({
  issuer: 'https://id.example.com',
  masterKey: 'for development: 16 bytes or more',
  accounts, stores: memoryStores(),
  claims: (account, { client, scopes }) => ({ department: account.extra?.department, [client.id]: scopes }),
})
createServer(async (req, res) => {
  const session: Session | undefined = await pocket.session(req, res)
  res.end(session?.accountId)
})
// @ts-expect-error middleware of Koa is not a number
const middleware: number = pocket.koa()
// @ts-expect-error neither is an instance of oidc-provider
const provider: number = pocket.provider()
export { authenticate, createDirectory, directoryStores, middleware, PocketError, provider, typeormStores, UserAgent }
`
    await writeFile(join(folder, 'strict.ts'), program)
    const compilerOptions = {
      module: 'nodenext',
      target: 'esnext',
      lib: ['esnext', 'dom'],
      types: ['node'],
      strict: true,
      noEmit: true,
      skipLibCheck: false,
    }
    await writeFile(join(folder, 'tsconfig.json'), JSON.stringify({ compilerOptions, files: ['strict.ts'] }))
    const tsc = join(core, '../../node_modules/typescript/bin/tsc')
    const compiled = await run('node', [tsc, '-p', '.', '--pretty', 'false'], { cwd: folder }).catch(
      (failed: { readonly stdout: string }) => failed,
    )
    expect(compiled.stdout).toBe('')
  })

  test.each([
    ['errors', `import { errorCodes as it } from '@pocket/core/errors'`, ['errors.js']],
    ['one function', `import { isUserCode as it } from '@pocket/core/internal'`, ['codes/user-codes.js']],
    [
      'the stores in memory',
      `import { memoryStores as it } from '@pocket/core/memory'`,
      [
        'clock.js',
        'oidc/artifact-store.js',
        'passkeys/last-passkey.js',
        'passkeys/rp-id.js',
        /^(memory|clients|limits|connection-log|logout-notices|codes|apis)\//,
      ],
    ],
  ] as const)('is tree-shakable: a bundle of %s contains nothing unused', async (name, line, expected) => {
    const entry = join(folder, `${name.replaceAll(' ', '-')}.js`)
    await writeFile(entry, `${line}\nconsole.log(it)\n`)
    const { metafile } = await build({
      entryPoints: [entry],
      bundle: true,
      write: false,
      metafile: true,
      platform: 'node',
      format: 'esm',
      outfile: 'bundle.js',
    })
    const [output] = Object.values(metafile.outputs)
    const kept = Object.entries(output?.inputs ?? {}).flatMap(([path, { bytesInOutput }]) =>
      bytesInOutput > 0 && path.includes('node_modules') ? [path.replace(/.*@pocket\/core\/dist\//, '')] : [],
    )
    expect(kept.length).toBeGreaterThan(0)
    const isExpected = (path: string) =>
      expected.some((each) => (typeof each === 'string' ? each === path : each.test(path)))
    expect(kept.filter((path) => !isExpected(path))).toEqual([])
  })

  test('needs a database driver only for the database stores', async () => {
    const subpaths = ['', '/errors', '/memory', '/browser', '/testing'].map((subpath) => `@pocket/core${subpath}`)
    const entry = join(folder, 'no-drivers.js')
    await writeFile(entry, subpaths.map((subpath, index) => `export * as subpath${index} from '${subpath}'`).join('\n'))
    const { metafile } = await build({
      entryPoints: [entry],
      bundle: true,
      write: false,
      metafile: true,
      platform: 'node',
      format: 'esm',
      outfile: 'bundle.js',
      logLevel: 'error',
    })
    expect(
      Object.keys(metafile.inputs).filter((path) => /node_modules\/(typeorm|pg|better-sqlite3)\//.test(path)),
    ).toEqual([])
  })

  test('has no side effects on import', async () => {
    const subpaths = ['', '/errors', '/typeorm', '/memory', '/browser', '/testing'].map(
      (subpath) => `@pocket/core${subpath}`,
    )
    const { stdout, stderr } = await runModule(
      'imports.js',
      `const before = { env: JSON.stringify(process.env), globals: Reflect.ownKeys(globalThis).length }
const listeners = () => process.eventNames().map((name) => [String(name), process.listenerCount(name)]).toString()
const heard = listeners()
const intervals = process.getActiveResourcesInfo().filter((name) => name === 'Timeout').length
for (const subpath of ${JSON.stringify(subpaths)}) await import(subpath)
const names = Object.keys(await import('@pocket/core'))
console.log(JSON.stringify({
  env: before.env === JSON.stringify(process.env),
  listeners: heard === listeners(),
  timers: process.getActiveResourcesInfo().filter((name) => name === 'Timeout').length - intervals,
  default: names.includes('default'),
}))
`,
    )
    expect(JSON.parse(stdout)).toEqual({ env: true, listeners: true, timers: 0, default: false })
    expect(stderr).toBe('')
  })
})

const redis = '/usr/bin/redis-server'
const redisMissing = existsSync(redis)
  ? undefined
  : 'Redis is not installed: apt-get install --no-install-recommends redis-server'

describeUnless(redisMissing, describe)('Redis', () => {
  test('has stores that satisfy the store contracts', async () => {
    const port = String(await freePort())
    const args = ['--port', port, '--save', '', '--dir', folder]
    await using _server = await startProcess(redis, args, { cwd: folder, readyWhen: /(Ready to accept connections)/ })
    const env = { ...process.env, REDIS_URL: `redis://localhost:${port}` }
    const tests = ['--test', '--test-reporter=tap', 'redis-stores.test.js']
    const { stdout } = await run('node', tests, { cwd: folder, env })
    expect(stdout).toMatch(/# pass 1[3-9]/)
    expect(stdout).toContain('# fail 0')
  })
})
