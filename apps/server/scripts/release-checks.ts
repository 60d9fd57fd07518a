import { spawnSync } from 'node:child_process'
import { readdirSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { checkUpgrade } from './release-upgrade.ts'
import { deadLinks } from './site-links.ts'

const published = ['packages/core', 'packages/directory', 'packages/api-client']
const composeFiles = ['docker/compose.yaml', 'docker/compose.postgres.yaml', 'docker/synology/compose.yaml']
/** Bytes. */
const maxDeployedSize = 80_000_000
const licenses = new Set(
  // LGPL: libvips, a separate library.
  '0BSD,Apache-2.0,BlueOak-1.0.0,BSD-2-Clause,BSD-3-Clause,CC0-1.0,ISC,LGPL-3.0-or-later,MIT,MIT-0'.split(','),
)
/** Packages with a permissive license that has no SPDX identifier: the Bitstream Vera license, which is deployed beside the font. */
const otherPermissive = new Set(['dejavu-fonts-ttf'])

export interface Release {
  /** The folder of the repository. */
  readonly root: string
  /** A folder to which the server was deployed. */
  readonly deployed: string
  /** By default the tag is not checked. */
  readonly tag?: string | undefined
  /** The release from which an instance is upgraded. Default: the newest tag of its ancestors. */
  readonly previous?: string | undefined
  readonly log: (line: string) => void
}

/** Returns its problems. */
type Check = () => readonly string[] | Promise<readonly string[]>

/** The checks of a release by name. A check that finds nothing to check has a problem. */
export function createChecks({ root, deployed, tag, previous, log }: Release) {
  const read = (path: string) => readFileSync(join(root, path), 'utf8')
  const versionOf = (folder: string): string => JSON.parse(read(`${folder}/package.json`)).version
  const version = versionOf('apps/server')
  const deployedFiles = readdirSync(deployed, { recursive: true, encoding: 'utf8' })
  const readDeployed = (path: string) => readFileSync(join(deployed, path), 'utf8')

  const commandProblems = (command: string, args: readonly string[]): readonly string[] => {
    const { status, stdout, stderr } = spawnSync(command, args, { cwd: root, encoding: 'utf8' })
    return status === 0 ? [] : [`${stdout}${stderr}`.trim().split('\n').slice(-20).join('\n')]
  }

  return {
    versions: () => [
      ...[...published, '.']
        .filter((folder) => versionOf(folder) !== version)
        .map((folder) => `${folder} has the version ${versionOf(folder)}, the server ${version}`),
      ...(tag === undefined || tag === `v${version}` ? [] : [`the tag is ${tag}, the version ${version}`]),
      ...[...composeFiles, 'docker/kubernetes/pocket.yaml']
        .filter((path) => !read(path).includes(`/pocket:${version.split('.', 2).join('.')}\n`))
        .map((path) => `${path} names the image of another version`),
    ],
    changelog: () => [
      ...['CHANGELOG.md', ...published.map((folder) => `${folder}/CHANGELOG.md`)]
        .filter((path) => !versionsIn(read(path)).includes(version))
        .map((path) => `${path} has no entry "## ${version}"`),
      ...readdirSync(join(root, '.changeset'))
        .filter((name) => name.endsWith('.md'))
        .map((name) => `.changeset/${name} is not in a changelog yet: pnpm changeset version`),
    ],
    translations: () => commandProblems('pnpm', ['translations', '--release']),
    pictures: () => commandProblems('pnpm', ['screenshots', '--docs', '--check']),
    licenses: () => {
      const manifests = deployedFiles.filter((file) =>
        /(^|\/)node_modules\/(@[^/]+\/)?[^/]+\/package\.json$/.test(file),
      )
      const packages = [
        ...readDeployed('dist/licenses.txt')
          .split(`\n${'-'.repeat(80)}\n\n`)
          .map(bundledPackage),
        ...manifests.map((file) => JSON.parse(readDeployed(file))),
      ]
      return [
        ...(manifests.length > 0 ? [] : ['no package is deployed']),
        ...packages
          .filter(({ name, license }) => !otherPermissive.has(name) && !isPermissive(license))
          .map(({ name, license }) => `${name}: ${license}`),
      ]
    },
    sizes: () => {
      const size = deployedFiles.reduce((sum, file) => sum + statSync(join(deployed, file)).size, 0)
      return size <= maxDeployedSize ? [] : [`the deployed folder has ${size} bytes, of ${maxDeployedSize} allowed`]
    },
    // The generator of the site does not check links in its navigation, or anchors.
    links: () => {
      const problems = commandProblems('pnpm', ['site'])
      const { homepage } = JSON.parse(read('package.json'))
      return problems.length > 0 ? problems : deadLinks(join(root, 'docs/.vitepress/dist'), new URL(homepage).pathname)
    },
    upgrade: () => {
      const from = previous ?? previousTag(root, version)
      if (from !== undefined) return checkUpgrade(root, from)
      const earlier = versionsIn(read('CHANGELOG.md')).filter((each) => each !== version)
      if (earlier.length > 0) return [`the tag of the previous release is missing: v${earlier[0]}`]
      log('there is no earlier release')
      return []
    },
  } satisfies Record<string, Check>
}

function versionsIn(changelog: string): readonly string[] {
  return Array.from(changelog.matchAll(/^## (\d+\.\d+\.\d+)$/gm), ([, version = '']) => version)
}

/** The package of a notice in `licenses.txt`. */
function bundledPackage(notice: string): { readonly name: string; readonly license: string | undefined } {
  const [title = ''] = notice.split('\n', 1)
  const [, name = title, license] = /^(\S+) \d\S* \((.+)\)$/.exec(title) ?? []
  return { name, license }
}

/** "(A OR B) AND C" requires that A or B is permissive, and C. */
function isPermissive(license: unknown): boolean {
  if (typeof license !== 'string') return false
  const parts = license.replace(/[()]/g, '').split(' AND ')
  return parts.every((part) => part.split(' OR ').some((name) => licenses.has(name)))
}

/** The newest tag among the ancestors of this release: a later minor version can have been released before it. */
function previousTag(root: string, version: string): string | undefined {
  const args = ['describe', '--tags', '--abbrev=0', '--match=v*', `--exclude=v${version}`]
  const { status, stdout } = spawnSync('git', args, { cwd: root, encoding: 'utf8' })
  return status === 0 ? stdout.trim() : undefined
}
