import { execFileSync } from 'node:child_process'
import { mkdirSync, truncateSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { describe, expect, test } from '@jest/globals'
import { createChecks, type Release } from '../../scripts/release-checks.ts'
import { checkDatabase, type ReleasedInstance, type Request } from '../../scripts/release-upgrade.ts'
import { deadLinks } from '../../scripts/site-links.ts'
import { createFolder } from '../database/folder.ts'

const folders = ['apps/server', 'packages/core', 'packages/directory', 'packages/api-client', '.']
const image = 'image: registry.example/pocket:1.2\n'
const licenseNotice = (title: string) => `${title}\n\nThe text of the license.\n`

/** A repository that is ready for version 1.2.3. */
const repository: Readonly<Record<string, string>> = {
  ...Object.fromEntries(folders.map((folder) => [`${folder}/package.json`, '{ "version": "1.2.3" }'])),
  ...Object.fromEntries(folders.map((folder) => [`${folder}/CHANGELOG.md`, '# Changelog\n\n## 1.2.3\n\nFirst.\n'])),
  'docker/compose.yaml': image,
  'docker/compose.postgres.yaml': image,
  'docker/synology/compose.yaml': image,
  'docker/kubernetes/pocket.yaml': image,
  '.changeset/config.json': '{}',
}
const deployed: Readonly<Record<string, string>> = {
  'dist/licenses.txt': ['a 1.0.0 (MIT)', '@b/c 2.0.0-rc.1 ((MIT OR GPL-3.0))']
    .map(licenseNotice)
    .join(`\n${'-'.repeat(80)}\n\n`),
  'node_modules/@d/e/package.json': '{ "name": "@d/e", "license": "Apache-2.0 AND LGPL-3.0-or-later" }',
}

function write(folder: string, files: Readonly<Record<string, string>>): void {
  for (const [path, content] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, path)), { recursive: true })
    writeFileSync(join(folder, path), content)
  }
}

type CheckName = 'versions' | 'changelog' | 'licenses' | 'sizes' | 'upgrade'

interface ReleaseChanges extends Pick<Release, 'tag'> {
  readonly inRepository?: Readonly<Record<string, string>>
  readonly inDeployed?: Readonly<Record<string, string>>
}

/** The problems of the prepared release after these changes. */
async function problemsOf(
  check: CheckName,
  { inRepository, inDeployed, tag }: ReleaseChanges = {},
  log = (_: string) => {},
) {
  await using folder = await createFolder()
  const release = { root: join(folder.path, 'root'), deployed: join(folder.path, 'deployed'), tag, log }
  write(release.root, { ...repository, ...inRepository })
  write(release.deployed, { ...deployed, ...inDeployed })
  execFileSync('git', ['init', '--quiet'], { cwd: release.root })
  return createChecks(release)[check]()
}

test.each<CheckName>(['versions', 'changelog', 'licenses', 'sizes', 'upgrade'])(
  'finds no problem of %s in a prepared release',
  async (check) => {
    expect(await problemsOf(check, { tag: 'v1.2.3' })).toEqual([])
  },
)

test.each<readonly [CheckName, string, ReleaseChanges]>([
  ['versions', 'packages/core has', { inRepository: { 'packages/core/package.json': '{ "version": "1.2.2" }' } }],
  ['versions', 'the tag is v1.2.4', { tag: 'v1.2.4' }],
  ['versions', 'docker/compose.yaml', { inRepository: { 'docker/compose.yaml': 'image: x/pocket:1.20\n' } }],
  ['changelog', 'packages/directory/CHANGELOG.md', { inRepository: { 'packages/directory/CHANGELOG.md': '## 1.2\n' } }],
  ['changelog', '.changeset/new.md', { inRepository: { '.changeset/new.md': 'A change.' } }],
  [
    'licenses',
    '@d/f: GPL-3.0',
    { inDeployed: { 'node_modules/@d/f/package.json': '{"name":"@d/f","license":"GPL-3.0"}' } },
  ],
  [
    'licenses',
    'g: MIT AND GPL-3.0',
    { inDeployed: { 'dist/licenses.txt': licenseNotice('g 1.0.0 (MIT AND GPL-3.0)') } },
  ],
  ['licenses', 'Another form', { inDeployed: { 'dist/licenses.txt': licenseNotice('Another form') } }],
  ['upgrade', 'v1.2.2', { inRepository: { 'CHANGELOG.md': '## 1.2.3\n\nNew.\n\n## 1.2.2\n\nOld.\n' } }],
])('reports a problem of %s: %s', async (check, problem, changes) => {
  expect(await problemsOf(check, changes)).toEqual([expect.stringContaining(problem)])
})

test('says that there is no earlier release to upgrade from', async () => {
  const lines: string[] = []
  await problemsOf('upgrade', {}, (line) => lines.push(line))
  expect(lines).toEqual(['there is no earlier release'])
})

test('upgrades from the newest tag of its ancestors', async () => {
  await using folder = await createFolder()
  write(folder.path, repository)
  const git = (...args: readonly string[]) =>
    execFileSync('git', ['-c', 'user.name=a', '-c', 'user.email=a@example.com', ...args], { cwd: folder.path })
  const commitRelease = (tag: string) => {
    git('commit', '--quiet', '--allow-empty', '--message', tag)
    git('tag', tag)
  }
  git('init', '--quiet')
  for (const tag of ['v1.2.2', 'v1.3.0']) commitRelease(tag)
  git('checkout', '--quiet', 'v1.2.2')
  commitRelease('v1.2.3')
  // The repository of this test cannot be built.
  expect(await createChecks({ root: folder.path, deployed: folder.path, log() {} }).upgrade()).toEqual([
    expect.stringContaining('the upgrade from v1.2.2 failed'),
  ])
})

test('reports a deployed folder that is too large, or without packages', async () => {
  await using folder = await createFolder()
  write(folder.path, {
    ...repository,
    'deployed/dist/licenses.txt': licenseNotice('a 1.0.0 (MIT)'),
    'deployed/large': '',
  })
  truncateSync(join(folder.path, 'deployed/large'), 80_000_001)
  const checks = createChecks({ root: folder.path, deployed: join(folder.path, 'deployed'), log() {} })
  expect(checks.sizes()).toEqual([expect.stringContaining('of 80000000 allowed')])
  expect(checks.licenses()).toEqual(['no package is deployed'])
})

test('reports links to missing pages and anchors, and a site without pages', async () => {
  await using folder = await createFolder()
  expect(deadLinks(folder.path, '/base/')).toEqual(['the site has no page'])
  write(folder.path, {
    'index.html':
      '<a href="/base/guide#there"></a><a href="guide#away"></a><a href="/base/away"></a><a href="/guide"></a>',
    'guide.html': '<h1 id="there"></h1><img src="https://elsewhere.example/away.png">',
  })
  expect(deadLinks(folder.path, '/base/')).toEqual([
    'index.html links to the missing anchor guide#away',
    'index.html links to the missing page /base/away',
    'index.html links to the missing page /guide',
  ])
})

interface Upgrade {
  /** The change that the newer release makes to the users when it starts. */
  readonly migrate?: (users: readonly string[]) => readonly string[]
  readonly isBackedUp?: boolean
  /** Returns the exit code. */
  readonly rollback?: (restore: () => void) => number
}

describe('the upgrade check', () => {
  const checkUpgradeOf = async ({ migrate = (users) => users, isBackedUp = true, rollback }: Upgrade) => {
    await using folder = await createFolder()
    let users: readonly string[] = []
    let backup: readonly string[] = []
    const request: Request = async (_, { method, body } = {}) => {
      if (method === 'POST') users = [...users, JSON.parse(String(body)).username]
      return Response.json({ data: users.map((username) => ({ username })) }, { status: method === 'POST' ? 201 : 200 })
    }
    const createInstance = (start: () => void): ReleasedInstance => ({
      command() {
        const restore = () => {
          users = backup
        }
        if (rollback) return { status: rollback(restore), output: 'no backup' }
        restore()
        return { status: 0, output: '' }
      },
      run(act) {
        start()
        return act(request)
      },
    })
    const before = createInstance(() => {})
    const after = createInstance(() => {
      backup = users
      users = migrate(users)
      if (isBackedUp) mkdirSync(join(folder.path, 'data/backups'), { recursive: true })
    })
    return checkDatabase({ before, after }, { folder: folder.path, isMigrated: true })
  }

  test('accepts an upgrade that keeps the users and can be undone', async () => {
    expect(await checkUpgradeOf({})).toEqual([])
  })

  test.each<readonly [string, Upgrade]>([
    ['after the upgrade, the users are grace', { migrate: () => [] }],
    ['the upgrade made no backup', { isBackedUp: false }],
    ['the rollback failed: no backup', { rollback: () => 1 }],
    ['back at the previous release, the users are ada,grace', { rollback: () => 0 }],
  ])('reports: %s', async (problem, upgrade) => {
    expect(await checkUpgradeOf(upgrade)).toContainEqual(expect.stringContaining(problem))
  })
})
