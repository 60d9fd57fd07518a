import { execFile } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { describe, expect, test } from '@jest/globals'
import { parse, parseAllDocuments } from 'yaml'
import { loadConfig } from '../../src/composition/config.ts'

const root = fileURLToPath(new URL('../../../../', import.meta.url))
const read = (path: string) => readFile(join(root, path), 'utf8')
const manifest: {
  readonly packageManager: string
  readonly repository: { readonly url: string }
  readonly config: { readonly image: string }
} = JSON.parse(await read('package.json'))
const { image } = manifest.config
const source = manifest.repository.url.replace(/^git\+|\.git$/g, '')

describe('compose files', () => {
  const files = ['docker/compose.yaml', 'docker/compose.postgres.yaml', 'docker/synology/compose.yaml']

  test.each(files)('%s runs the published image without privileges', async (path) => {
    const { services } = parse(await read(path))
    const service = services['pocket-id']
    expect(service.image).toMatch(new RegExp(`^${image}:\\d+\\.\\d+$`))
    expect(service).toMatchObject({
      read_only: true,
      tmpfs: ['/tmp'],
      cap_drop: ['ALL'],
      security_opt: ['no-new-privileges:true'],
      volumes: ['./data:/app/data'],
    })
    // A container that starts as root needs these to give the folder to PUID:PGID, and to become that user.
    const capabilities = service.user === undefined ? ['CHOWN', 'DAC_OVERRIDE', 'SETGID', 'SETUID'] : undefined
    expect(service.cap_add).toEqual(capabilities)
  })

  test.each(files)('the server starts with the environment of %s', async (path) => {
    const { services } = parse(await read(path))
    const known: Readonly<Record<string, string>> = {
      APP_URL: 'https://id.example.com',
      POSTGRES_PASSWORD: 'secret',
      ENCRYPTION_KEY: 'a key of the test',
    }
    const entries = Object.entries<unknown>(services['pocket-id'].environment).map(([name, value]) => [
      name,
      String(value).replace(
        /\$\{(\w+)(?::-(.*?)|:\?)?\}/g,
        (_, variable: string, other = '') => known[variable] ?? other,
      ),
    ])
    expect(loadConfig(Object.fromEntries(entries), readFileSync).warnings).toEqual([])
  })
})

describe('Dockerfile', () => {
  test('installs the packages of the workspace before it copies their sources', async () => {
    const dockerfile = await read('docker/Dockerfile')
    const manifests = ['packages', 'apps'].map(async (folder) =>
      (await readdir(join(root, folder))).map((name) => `${folder}/${name}`),
    )
    for (const folder of (await Promise.all(manifests)).flat())
      expect(dockerfile).toContain(`COPY ${folder}/package.json ${folder}/\n`)
    expect(dockerfile.indexOf('pnpm install')).toBeLessThan(dockerfile.indexOf('COPY . .'))
  })

  test('uses the Node and pnpm of the workspace and names its source', async () => {
    const dockerfile = await read('docker/Dockerfile')
    expect(dockerfile).toContain(`ARG NODE=${(await read('.nvmrc')).trim()}-trixie-slim\n`)
    expect(dockerfile).toContain(`npm install --global ${manifest.packageManager}\n`)
    expect(dockerfile).toContain(`org.opencontainers.image.source="${source}"`)
  })
})

describe('Kubernetes manifests', () => {
  test('have the types of the Kubernetes API', async () => {
    const objects = parseAllDocuments(await read('docker/kubernetes/pocket.yaml')).map((document) => document.toJS())
    expect(objects.map(({ kind }) => kind)).toEqual(['Deployment', 'Service', 'Ingress', 'PodDisruptionBudget'])
    const statements = objects.map(
      ({ apiVersion, kind, ...rest }) =>
        `{ const object: import('kubernetes-models/${apiVersion === 'v1' ? 'v1' : apiVersion}').I${kind} = ${JSON.stringify({ apiVersion, kind, ...rest })}; void object }`,
    )
    // In the workspace, where the types of the package are found.
    const folder = join(root, 'apps/server/dist/kubernetes-test')
    await mkdir(folder, { recursive: true })
    try {
      const file = join(folder, 'manifests.ts')
      await writeFile(file, `${statements.join('\n')}\nexport {}\n`)
      const tsc = join(root, 'node_modules/typescript/bin/tsc')
      const options = [
        '--ignoreConfig',
        '--noEmit',
        '--strict',
        '--skipLibCheck',
        '--types',
        '',
        '--module',
        'nodenext',
      ]
      await promisify(execFile)(process.execPath, [tsc, ...options, file])
    } finally {
      await rm(folder, { recursive: true })
    }
  })

  test('run the published image as nobody, read-only and with the probes of the server', async () => {
    const [deployment] = parseAllDocuments(await read('docker/kubernetes/pocket.yaml')).map((document) =>
      document.toJS(),
    )
    const [container] = deployment.spec.template.spec.containers
    expect(container.image).toMatch(new RegExp(`^${image}:\\d+\\.\\d+$`))
    expect(container.securityContext).toEqual({
      allowPrivilegeEscalation: false,
      readOnlyRootFilesystem: true,
      capabilities: { drop: ['ALL'] },
    })
    expect(container).toMatchObject({
      livenessProbe: { httpGet: { path: '/livez' } },
      readinessProbe: { httpGet: { path: '/readyz' } },
    })
    const env = Object.fromEntries(
      container.env.map((each: { readonly name: string; readonly value?: string }) => [each.name, each.value]),
    )
    const secrets = { ENCRYPTION_KEY: 'a key of the test', DB_CONNECTION_STRING: 'postgres://pocket@postgres/pocket' }
    expect(loadConfig({ ...env, ...secrets }, readFileSync).warnings).toEqual([])
  })
})

test('the release workflow publishes the image of package.json', async () => {
  expect(parse(await read('.github/workflows/release.yaml')).env.IMAGE).toBe(image)
  expect(await read('.github/workflows/release.yaml')).toContain(`npm install --global ${manifest.packageManager}\n`)
})

test('the release workflow publishes the packages with provenance', async () => {
  // pnpm ignores NPM_CONFIG_PROVENANCE.
  expect(await read('.github/workflows/release.yaml')).toMatch(/publish .*--provenance$/m)
})

test('a release raises the version of all packages together', async () => {
  const manifests = await Promise.all(
    ['apps/server', ...(await readdir(join(root, 'packages'))).map((name) => `packages/${name}`)].map((folder) =>
      read(`${folder}/package.json`),
    ),
  )
  const { fixed, ignore } = JSON.parse(await read('.changeset/config.json'))
  expect(ignore).toEqual(['@pocket/test-support'])
  expect([...fixed.flat(), ...ignore].sort()).toEqual(manifests.map((text) => JSON.parse(text).name).sort())
  expect(fixed).toHaveLength(1)
})

test('the workflows pin each action to a commit', async () => {
  const names = await readdir(join(root, '.github/workflows'))
  const workflows = await Promise.all(names.map((name) => read(`.github/workflows/${name}`)))
  const used = workflows.flatMap((text) => Array.from(text.matchAll(/^ +(?:- )?uses: (.+)$/gm), ([, action]) => action))
  expect(used.length).toBeGreaterThan(10)
  for (const action of used) expect(action).toMatch(/^[\w-]+\/[\w-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+$/)
})

test('no other file names a repository or an image of Pocket', async () => {
  const { stdout } = await promisify(execFile)(
    'git',
    ['grep', '-hoE', '(github\\.com|ghcr\\.io)/pocket-?[a-z]*/pocket\\b', '--', '.'],
    {
      cwd: root,
    },
  )
  expect(new Set(stdout.trim().split('\n'))).toEqual(new Set([image, source.replace('https://', '')]))
})
