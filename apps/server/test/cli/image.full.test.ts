import { chmod, chown, mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { createTestDatabase, freePort, type RunningProcess, startProcess } from '@pocket/test-support'
import { deploy } from '../../scripts/deploy.ts'

const noUser = 65_534
const isRoot = process.getuid?.() === 0
const user = isRoot ? noUser : process.getuid?.()
/** Only root can mount folders and start processes of other users. */
const testAsRoot = isRoot ? test : test.skip

let base: string
let image: string

beforeAll(async () => {
  base = await mkdtemp(join(tmpdir(), 'pocket-image-'))
  await chmod(base, 0o755)
  image = join(base, 'app')
  await deploy(image)
})

afterAll(() => rm(base, { recursive: true, force: true }))

/** A working directory as in the image, writable by an ordinary user. */
async function createVolume(): Promise<string> {
  const folder = await mkdtemp(join(base, 'volume-'))
  await mkdir(join(folder, 'data'))
  if (isRoot) for (const path of [folder, join(folder, 'data')]) await chown(path, noUser, noUser)
  return folder
}

/** Starts the program from the image folder; under root it first drops its rights. */
function startServer(cwd: string, env: Readonly<Record<string, string>>): Promise<RunningProcess> {
  const drop = `process.setgroups([]);process.setgid(${noUser});process.setuid(${noUser})`
  const preload = isRoot ? ['--import', `data:text/javascript,${encodeURIComponent(drop)}`] : []
  return startProcess(process.execPath, [...preload, join(image, 'dist', 'main.js')], {
    cwd,
    env: { NODE_ENV: 'production', ...env },
    readyWhen: /Listening on/,
    stopSignal: 'SIGINT',
  })
}

test('the image contains the bundled server and only the packages with binaries and fonts', async () => {
  expect((await readdir(image)).sort()).toEqual(['dist', 'locales', 'node_modules', 'package.json', 'views'])
  const files = await readdir(join(image, 'dist'))
  expect(files.filter((name) => !name.endsWith('.js')).sort()).toEqual(['licenses.txt', 'web'])
  expect(await readFile(join(image, 'dist', 'licenses.txt'), 'utf8')).toMatch(/^oidc-provider \d.*\(MIT\)$/m)
  const notices = (await readFile(join(image, 'dist', 'licenses.txt'), 'utf8')).split(/^-{80}$/m)
  const withoutText = notices.filter((notice) => !/copyright|public domain/i.test(notice) || notice.length < 200)
  expect(withoutText).toEqual([])
  const packages = await readdir(join(image, 'node_modules'))
  expect(packages).toEqual(expect.arrayContaining(['@img', 'better-sqlite3', 'dejavu-fonts-ttf', 'sharp']))
  for (const bundled of ['typeorm', 'oidc-provider', 'koa', 'typescript', 'esbuild'])
    expect(packages).not.toContain(bundled)
})

test('the image is smaller than 80 MB', async () => {
  const paths = await readdir(image, { recursive: true })
  const sizes = await Promise.all(paths.map(async (path) => (await stat(join(image, path))).size))
  expect(sizes.reduce((sum, size) => sum + size, 0)).toBeLessThan(80_000_000)
})

test('the modules that the server loads on demand work in the image', async () => {
  const port = await freePort()
  const key = 'a static API key of the test'
  const volume = await createVolume()
  await using _server = await startServer(volume, {
    PORT: String(port),
    STATIC_API_KEY: key,
    ALLOWED_PRIVATE_HOSTS: '127.0.0.1',
  })
  const request = (path: string, init: RequestInit = {}) =>
    fetch(`http://127.0.0.1:${port}/api/${path}`, { ...init, headers: { ...init.headers, 'X-API-Key': key } })
  const upload = (content: string, type: string) => {
    const body = new FormData()
    body.append('file', new Blob([Buffer.from(content, 'base64')], { type }), 'logo')
    return request('application-images/logo', { method: 'PUT', body })
  }
  const svg = Buffer.from(
    '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 9 9"><style>path{fill:red}</style><path d="M0 0h9"/></svg>',
  )
  expect((await upload(svg.toString('base64'), 'image/svg+xml')).status).toBe(204)
  const pixel = 'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNkYPhfDwAChwGA60e6kgAAAABJRU5ErkJggg=='
  expect((await upload(pixel, 'image/png')).status).toBe(204)
  const create = async (path: string, fields: object) => {
    const headers = { 'Content-Type': 'application/json' }
    return (await request(path, { method: 'POST', body: JSON.stringify(fields), headers })).json()
  }
  const logoUrl = `http://127.0.0.1:${port}/api/application-images/logo`
  expect(await create('oidc/clients', { name: 'Wiki', logoUrl })).toMatchObject({ hasLogo: true })
  const { id } = await create('users', {
    username: 'ada',
    firstName: 'Ada',
    lastName: 'Lovelace',
    email: 'ada@example.com',
  })
  expect((await request(`users/${id}/profile-picture.png`)).headers.get('content-type')).toBe('image/png')
  await using command = await startProcess(
    process.execPath,
    [join(image, 'dist', 'main.js'), 'users', 'list', '--json'],
    {
      cwd: volume,
      env: { NODE_ENV: 'production' },
    },
  )
  expect({ exit: await command.exit, output: command.output() }).toMatchObject({
    exit: 0,
    output: expect.stringContaining('"ada"'),
  })
})

test('it runs as an ordinary user with the environment of a compose file', async () => {
  const volume = await createVolume()
  const port = await freePort()
  const settings = { APP_URL: 'https://pocketid.example.com', TRUST_PROXY: 'true', PUID: '1000', PGID: '1000' }
  await using server = await startServer(volume, { ...settings, PORT: String(port) })
  expect((await fetch(`http://127.0.0.1:${port}/healthz`)).status).toBe(204)
  const discovery = await fetch(`http://127.0.0.1:${port}/.well-known/openid-configuration`)
  expect(await discovery.json()).toMatchObject({ issuer: 'https://pocketid.example.com' })
  const page = await fetch(`http://127.0.0.1:${port}/login/setup`)
  expect(page.status).toBe(200)
  expect(await page.text()).toContain('<form')
  expect(server.output()).toContain('https://pocketid.example.com/login/setup')
  for (const name of ['pocket-id.db', 'encryption_key']) {
    expect((await stat(join(volume, 'data', name))).uid).toBe(user)
  }
  expect(await readdir(volume)).toEqual(['data'])
  server.kill('SIGTERM')
  expect(await server.exit).toBe(0)
})

testAsRoot.each([1000, noUser])(
  'it runs read-only as user %i without settings, and again with compiled code',
  async (id) => {
    const volume = await createVolume()
    await chmod(volume, 0o755)
    await chown(join(volume, 'data'), id, id)
    const cache = join(volume, 'data', 'cache')
    const commands = [
      `mount --bind -o ro "${image}" "${image}"`,
      `mount --bind "${volume}/data" "${volume}/data"`,
      `mount -o remount,ro,bind /`,
      `exec setpriv --reuid=${id} --regid=${id} --clear-groups --bounding-set=-all --no-new-privs -- "${process.execPath}" "${image}/dist/main.js"`,
    ]
    for (const _start of ['first', 'second']) {
      const port = await freePort()
      await using server = await startProcess('unshare', ['--mount', 'sh', '-ec', commands.join('; ')], {
        cwd: volume,
        env: { PORT: String(port), NODE_COMPILE_CACHE: cache },
        readyWhen: /Listening on/,
      })
      expect((await fetch(`http://127.0.0.1:${port}/readyz`)).status).toBe(200)
      expect((await fetch(`http://127.0.0.1:${port}/login/setup`)).status).toBe(200)
      server.kill('SIGINT')
      expect(await server.exit).toBe(0)
      const [folder = ''] = await readdir(cache)
      expect((await stat(join(cache, folder))).uid).toBe(id)
    }
  },
)

test('it removes the compiled code of another release, and keeps that of its own', async () => {
  const volume = await createVolume()
  const cache = join(volume, 'data', 'cache')
  const run = async () => {
    const port = await freePort()
    await using server = await startProcess(process.execPath, [join(image, 'dist', 'main.js')], {
      cwd: volume,
      env: { PORT: String(port), NODE_COMPILE_CACHE: cache },
      readyWhen: /Listening on/,
    })
    server.kill('SIGINT')
    expect(await server.exit).toBe(0)
  }
  await run()
  const [own = ''] = (await readdir(cache)).filter((name) => name.startsWith('v'))
  const compiled = await readdir(join(cache, own))
  expect(compiled.length).toBeGreaterThan(0)
  const older = join(cache, 'v22.19.0-x64-00000000-0')
  await mkdir(older)
  await writeFile(join(cache, 'mine.txt'), '')
  for (const folder of [own, older]) await writeFile(resolve(cache, folder, 'older.cache'), '')
  await run()
  expect(await readdir(older)).toEqual(['older.cache'])
  expect(await readdir(join(cache, own))).toEqual(expect.arrayContaining([...compiled, 'older.cache']))
  await writeFile(join(cache, 'release'), '0.0.1')
  await run()
  expect((await readdir(cache)).sort()).toEqual(['mine.txt', 'release', own])
  expect(await readdir(join(cache, own))).not.toContain('older.cache')
})

test('it runs with PostgreSQL as configured in a compose file', async () => {
  await using database = await createTestDatabase()
  const volume = await createVolume()
  const port = await freePort()
  await using server = await startServer(volume, {
    APP_URL: 'https://pocketid.example.com',
    TRUST_PROXY: 'true',
    DB_PROVIDER: 'postgres',
    DB_CONNECTION_STRING: database.url,
    ENCRYPTION_KEY: 'a key of sixteen bytes',
    PORT: String(port),
  })
  expect((await fetch(`http://127.0.0.1:${port}/healthz`)).status).toBe(204)
  expect(await readdir(join(volume, 'data'))).toEqual([])
  server.kill('SIGINT')
  expect(await server.exit).toBe(0)
})

test('the image is built from the tested folder', async () => {
  const dockerfile = await readFile(new URL('../../../../docker/Dockerfile', import.meta.url), 'utf8')
  expect(dockerfile).toContain('node apps/server/scripts/deploy.ts /out')
  expect(dockerfile).toContain('COPY --from=build /out /app')
})
