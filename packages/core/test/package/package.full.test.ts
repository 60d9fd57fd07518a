import { execFile } from 'node:child_process'
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { checkPackage, createPackageFromTarballData } from '@arethetypeswrong/core'
import { beforeAll, describe, expect, test } from '@jest/globals'
import { publint } from 'publint'
import {
  apiReport,
  findTimesWithoutUnit,
  findUndocumentedMembers,
  findUnknownErrors,
  packagesReference,
  publicApi,
  referenceFile,
  reported,
  reportFile,
} from './public-api.ts'
import { specifiedNames } from './specified-names.ts'
import { findInvalidBlocks, findInvalidExamples } from './tsdoc-examples.ts'

const run = promisify(execFile)
const workspace = join(import.meta.dirname, '../../../..')
const packageFolder = (name: string) => join(workspace, 'packages', name)
const published = ['core', 'directory', 'api-client'] as const

const guides = (await readdir(join(workspace, 'docs/guides'))).map((name) => `docs/guides/${name}`)

beforeAll(async () => {
  await run('node', [join(workspace, 'node_modules/typescript/bin/tsc'), '--build', ...published.map(packageFolder)])
})

/** Milliseconds: npm and two linters take most of a minute on a busy machine. */
const packing = 300_000

describe.each(published)('@pocket/%s, as it is packed', (name) => {
  let tarball: Buffer
  beforeAll(async () => {
    const folder = await mkdtemp(join(tmpdir(), 'pocket-pack-'))
    // Without a request for a newer version of npm, which may wait for minutes.
    await run('npm', ['pack', '--no-update-notifier', '--pack-destination', folder], { cwd: packageFolder(name) })
    const [file = ''] = await readdir(folder)
    tarball = await readFile(join(folder, file))
    await rm(folder, { recursive: true })
  }, packing)

  test(
    'has valid entry points',
    async () => {
      const { messages } = await publint({
        level: 'suggestion',
        strict: true,
        pack: { tarball: Uint8Array.from(tarball).buffer },
      })
      expect(messages).toEqual([])
    },
    packing,
  )

  test(
    'has types that resolve correctly',
    async () => {
      const checked = await checkPackage(createPackageFromTarballData(tarball))
      // The package is an ES module: `require` and the resolution of Node 10 are not supported.
      const ours = ['node16-esm', 'bundler']
      const problems = checked.types === false ? ['no types'] : checked.problems
      expect(
        problems.filter(
          (problem) =>
            typeof problem === 'string' || !('resolutionKind' in problem) || ours.includes(problem.resolutionKind),
        ),
      ).toEqual([])
    },
    packing,
  )
})

test('the reference of the packages is up to date', async () => {
  expect(await packagesReference()).toBe(await readFile(referenceFile, 'utf8'))
})

describe.each(reported)('the API of @pocket/%s', (name) => {
  test('matches its report: `pnpm --filter @pocket/core run api-report` updates it', async () => {
    expect(await apiReport(name)).toBe(await readFile(reportFile(name), 'utf8'))
  })

  test('documents each name', async () => {
    const undocumented = [...(await publicApi(name))].flatMap(([subpath, exported]) =>
      exported.filter(({ documented }) => !documented).map((each) => `${subpath} ${each.name}`),
    )
    expect(undocumented).toEqual([])
  })

  test('states the unit of each time', async () => {
    expect(await findTimesWithoutUnit(name)).toEqual([])
  })

  test('documents only errors that the package exports', async () => {
    expect(await findUnknownErrors(name)).toEqual([])
  })

  test(
    'contains only examples that compile',
    async () => {
      expect(await findInvalidExamples(name)).toEqual([])
    },
    packing,
  )
})

describe('the documents', () => {
  test.each([
    ['core', ['packages/core/README.md', 'README.md', ...guides]],
    ['directory', ['packages/directory/README.md']],
    ['api-client', ['packages/api-client/README.md']],
  ] as const)(
    'of @pocket/%s contain only code that compiles',
    async (name, documents) => {
      expect(await findInvalidBlocks(name, documents)).toEqual([])
    },
    packing,
  )

  test(
    'of @pocket/api-client contain only examples that compile',
    async () => {
      expect(await findInvalidExamples('api-client')).toEqual([])
    },
    packing,
  )
})

/** A type that a host implements or passes in. */
const ports = [
  'AccessChecks',
  'AdjustConfiguration',
  'AfterHook',
  'AuditSink',
  'AuthorizationDetailsTypes',
  'BeforeHooks',
  'Clock',
  'HostAccounts',
  'HostClaims',
  'KeySchedule',
  'RateLimiter',
  'Mailer',
  'PasskeyPolicy',
  'Pocket',
  'PocketOptions',
  'PocketStores',
  'PublicFetch',
  'ClientRegistrationPolicy',
  'FindRedirectUriRemedy',
  'RenderPage',
  'SessionLifetime',
  'ExternalSigningKey',
  'Transaction',
  'TrustProxy',
]

describe.each(reported)('the comments of @pocket/%s', (name) => {
  test('contain an example of each function, class and port', async () => {
    const isCalled = /^export (declare )?(abstract )?(function|class) /
    const exported = [...(await publicApi(name))]
      .filter(([subpath]) => subpath !== './errors' && !subpath.startsWith('./internal'))
      .flatMap(([, each]) => each)
    const withoutDocs = exported.filter(
      (each) => !each.shown && (isCalled.test(each.declaration) || (name === 'core' && ports.includes(each.name))),
    )
    expect(withoutDocs.map((each) => each.name)).toEqual([])
    if (name === 'core') expect(ports.filter((port) => !exported.some((each) => each.name === port))).toEqual([])
  })

  test('name the section of the specification that each name follows', async () => {
    const section =
      /\b(RFC \d{3,5}|OpenID Connect [A-Z][\w-]+( [A-Z]\w+)*|WebAuthn Level 3|Web Authentication Level 3|FIDO Metadata Service|FIDO MDS|Fetch Metadata)[^§]{0,40}§\d/
    const exported = [...(await publicApi(name)).values()].flat()
    const saying = exported.filter(({ comment }) => section.test(comment.replace(/\s*\n \* /g, ' ')))
    const found = new Set(saying.map((each) => each.name))
    expect([...found].toSorted()).toEqual(specifiedNames[name])
  })
})

describe('the API of @pocket/core', () => {
  test('documents each option and each method of a provider', async () => {
    const files = ['options.d.ts', 'pocket.d.ts', 'stores.d.ts', 'accounts/host-accounts.d.ts', 'accounts/account.d.ts']
    const undocumented = await Promise.all(files.map((file) => findUndocumentedMembers('core', file)))
    expect(undocumented.flat()).toEqual([])
  })
})
