import { execFileSync, spawnSync } from 'node:child_process'
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { checkUpgrade } from './release-upgrade.ts'
import { deadLinks } from './site-links.ts'

// Program: checks the requirements of a release that its tests do not cover. It prints a line for each check, and exits with
// 1 if one failed.

const help = `pnpm release:check [--tag TAG] [--previous REF]

--tag       the tag of this release, such as v0.1.0; by default the tag is not checked
--previous  the release from which an instance is upgraded, and to which it goes back; by default the newest tag before this one`

const root = fileURLToPath(new URL('../../../', import.meta.url))
const read = (path: string) => readFileSync(join(root, path), 'utf8')
const manifestOf = (folder: string): { readonly name: string; readonly version: string; readonly private?: boolean } =>
  JSON.parse(read(`${folder}/package.json`))
const published = ['packages/core', 'packages/directory', 'packages/api-client']
/** Bytes. */
const maxDeployedSize = 80_000_000
const licences = new Set(
  // LGPL: libvips, a separate library.
  '0BSD,Apache-2.0,BlueOak-1.0.0,BSD-2-Clause,BSD-3-Clause,CC0-1.0,ISC,LGPL-3.0-or-later,MIT,MIT-0'.split(','),
)
/** Packages with a permissive licence that has no SPDX identifier: the Bitstream Vera licence, which is deployed beside the font. */
const otherPermissive = new Set(['dejavu-fonts-ttf'])

const { values } = parseArgs({
  options: { tag: { type: 'string' }, previous: { type: 'string' }, help: { type: 'boolean' } },
})
if (values.help) {
  console.log(help)
  process.exit(0)
}
const { version } = manifestOf('apps/server')
const deployed = mkdtempSync(join(tmpdir(), 'pocket-release-'))
execFileSync(process.execPath, ['apps/server/scripts/deploy.ts', deployed], { cwd: root })
const deployedFiles = readdirSync(deployed, { recursive: true, encoding: 'utf8' })

/** A check returns its problems. */
const checks: Readonly<Record<string, () => readonly string[] | Promise<readonly string[]>>> = {
  versions: () => [
    ...[...published, '.']
      .filter((folder) => manifestOf(folder).version !== version)
      .map((folder) => `${folder} has the version ${manifestOf(folder).version}, the server ${version}`),
    ...(values.tag === undefined || values.tag === `v${version}`
      ? []
      : [`the tag is ${values.tag}, the version ${version}`]),
    ...[
      'docker/compose.yaml',
      'docker/compose.postgres.yaml',
      'docker/synology/compose.yaml',
      'docker/kubernetes/pocket.yaml',
    ]
      .filter((path) => !read(path).includes(`/pocket:${version.split('.', 2).join('.')}\n`))
      .map((path) => `${path} names the image of another version`),
  ],
  changelog: () => [
    ...['CHANGELOG.md', ...published.map((folder) => `${folder}/CHANGELOG.md`)]
      .filter((path) => !new RegExp(`^## ${version.replaceAll('.', '\\.')}$`, 'm').test(read(path)))
      .map((path) => `${path} has no entry "## ${version}"`),
    ...readdirSync(join(root, '.changeset'))
      .filter((name) => name.endsWith('.md'))
      .map((name) => `.changeset/${name} is not in a changelog yet: pnpm changeset version`),
  ],
  translations: () => problemsOf('pnpm', ['translations', '--release']),
  licences: () =>
    [
      ...Array.from(
        read('apps/server/dist/licenses.txt').matchAll(/^(\S+) \d\S* \(([^()]+)\)$/gm),
        ([, name, licence]) => ({
          name,
          licence,
        }),
      ),
      ...deployedFiles
        .filter((file) => /(^|\/)node_modules\/(@[^/]+\/)?[^/]+\/package\.json$/.test(file))
        .map((file) => JSON.parse(readFileSync(join(deployed, file), 'utf8')))
        .map(({ name, license: licence }) => ({ name, licence })),
    ]
      .filter(({ name, licence }) => !otherPermissive.has(name) && !isPermissive(licence))
      .map(({ name, licence }) => `${name}: ${licence}`),
  sizes: () => {
    const size = deployedFiles.reduce((sum, file) => sum + statSync(join(deployed, file)).size, 0)
    return size <= maxDeployedSize ? [] : [`the deployed folder has ${size} bytes, of ${maxDeployedSize} allowed`]
  },
  // The generator of the site does not check links in its navigation, or anchors.
  links: () => {
    const problems = problemsOf('pnpm', ['site'])
    const { homepage } = JSON.parse(read('package.json'))
    return problems.length > 0 ? problems : deadLinks(join(root, 'docs/.vitepress/dist'), new URL(homepage).pathname)
  },
  upgrade: () => {
    const previous = values.previous ?? newestTag()
    if (previous !== undefined) return checkUpgrade(root, previous)
    console.log('        there is no earlier release')
    return []
  },
}

/** Of "(A OR B) AND C", one of A and B, and C. */
function isPermissive(licence: unknown): boolean {
  if (typeof licence !== 'string') return false
  const parts = licence.replace(/[()]/g, '').split(' AND ')
  return parts.every((part) => part.split(' OR ').some((name) => licences.has(name)))
}

function problemsOf(command: string, args: readonly string[]): readonly string[] {
  const { status, stdout, stderr } = spawnSync(command, args, { cwd: root, encoding: 'utf8' })
  return status === 0 ? [] : [`${stdout}${stderr}`.trim().split('\n').slice(-20).join('\n')]
}

function newestTag(): string | undefined {
  const tags = execFileSync('git', ['tag', '--list', 'v*', '--sort=-version:refname'], { cwd: root, encoding: 'utf8' })
  return tags.split('\n').find((tag) => tag !== '' && tag !== `v${version}`)
}

let failed = 0
for (const [name, check] of Object.entries(checks)) {
  const problems = await check()
  console.log(`${(problems.length === 0 ? 'ok' : 'failed').padEnd(6)}  ${name}`)
  for (const problem of problems) console.log(`        ${problem.replaceAll('\n', '\n        ')}`)
  if (problems.length > 0) failed += 1
}
rmSync(deployed, { recursive: true })
process.exit(failed === 0 ? 0 : 1)
