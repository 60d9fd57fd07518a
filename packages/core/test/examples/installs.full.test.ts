import { execFile } from 'node:child_process'
import { mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, expect, test } from '@jest/globals'

const run = promisify(execFile)
const core = join(import.meta.dirname, '../..')

/** Milliseconds: npm reads the manifests of two hundred packages. */
const installing = 300_000

let folder: string
let tarball: string

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'pocket-installs-'))
  await run('node', [join(core, '../../node_modules/typescript/bin/tsc'), '--build', core])
  await run('pnpm', ['pack', '--pack-destination', folder], { cwd: core })
  tarball = join(folder, (await readdir(folder)).find((file) => file.endsWith('.tgz')) ?? '')
}, installing)

afterAll(() => rm(folder, { recursive: true, force: true }))

type InstallCase = readonly [name: string, dependencies: Readonly<Record<string, string>>, overrides?: object]

test.each<InstallCase>([
  ['nothing else', {}],
  ['better-sqlite3 11', { 'better-sqlite3': '^11.0.0' }],
  ['TypeORM 0.3 with its driver', { typeorm: '^0.3.0', 'better-sqlite3': '^12.0.0' }],
  ['pg 8.16', { pg: '~8.16.0' }],
  ['TypeORM 1.1 and better-sqlite3 12', { typeorm: '^1.1.1', 'better-sqlite3': '^12.0.0' }],
  [
    'TypeORM 1.1 and better-sqlite3 13',
    { typeorm: '^1.1.1', 'better-sqlite3': '^13.0.0' },
    { typeorm: { 'better-sqlite3': '$better-sqlite3' } },
  ],
])(
  'npm resolves core in a host with %s',
  async (name, dependencies, overrides = {}) => {
    const cwd = join(folder, name.replaceAll(' ', '-'))
    await mkdir(cwd)
    const manifest = {
      name: 'host',
      version: '1.0.0',
      dependencies: { ...dependencies, '@pocket/core': `file:${tarball}` },
      overrides,
    }
    await writeFile(join(cwd, 'package.json'), JSON.stringify(manifest))
    const options = ['--package-lock-only', '--ignore-scripts', '--prefer-offline', '--no-audit', '--no-fund']
    await expect(run('npm', ['install', ...options], { cwd })).resolves.toBeDefined()
    expect(await readdir(cwd)).toContain('package-lock.json')
  },
  installing,
)
