import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join, relative } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'

// Program: runs the tests that inject faults, and prints the effect and the losses of each fault. `pnpm test:full` contains
// their short form; `--long` takes hours.

interface Fault {
  readonly fault: string
  /** Below the root of the repository. */
  readonly files: readonly string[]
}

const core = 'packages/core/test/'
const directory = 'packages/directory/test/'
const server = 'apps/server/test/'

const faults: readonly Fault[] = [
  {
    fault:
      'replicas killed at random moments, stopped and cut off, PostgreSQL crashed and restarted, keys and settings changed',
    files: [`${server}replicas/replicas.full.test.ts`],
  },
  { fault: 'an older version beside a newer one', files: [`${server}replicas/two-versions.full.test.ts`] },
  {
    fault: 'changes in one process while notifications are lost',
    files: [`${server}replicas/propagation.full.test.ts`],
  },
  { fault: 'SIGKILL at each statement of a sign-in and under load', files: [`${server}e2e/killed-server.test.ts`] },
  { fault: 'SIGKILL while a refresh token is used', files: [`${core}flows/two-processes.full.test.ts`] },
  { fault: 'SIGKILL of the process that runs a job', files: [`${server}jobs/take-over.full.test.ts`] },
  {
    fault: 'PostgreSQL frozen, cut off and without free connections',
    files: [
      `${core}typeorm/outage.full.test.ts`,
      `${core}flows/outages.test.ts`,
      `${server}http/health.test.ts`,
      `${server}http/frozen-database.full.test.ts`,
    ],
  },
  {
    fault: 'disks that are full or read-only',
    files: [
      `${server}http/readiness.test.ts`,
      `${server}cli/main.full.test.ts`,
      `${server}backup/scheduled-backups.test.ts`,
    ],
  },
  {
    fault: 'clocks set forward and back',
    files: [`${server}e2e/clocks.test.ts`, `${core}flows/challenge-replay.full.test.ts`],
  },
  {
    fault: 'mail, SCIM, LDAP, storage and relying parties that hang, respond slowly or respond wrongly',
    files: [
      `${server}email/delivery.test.ts`,
      `${server}scim/hanging-target.test.ts`,
      `${directory}ldap/hostile-servers.test.ts`,
      `${directory}ldap/hostile-responses.test.ts`,
      `${directory}scim/hostile-targets.test.ts`,
      `${server}ldap/stop.test.ts`,
      `${server}backup/bucket-backups.test.ts`,
      `${server}audit-log/forwarding.test.ts`,
      `${core}outbound/public-fetch.test.ts`,
      `${core}flows/back-channel-logout.test.ts`,
    ],
  },
  {
    fault: 'floods, 10,000 open interactions, slow senders, huge bodies and a slow PostgreSQL',
    files: [
      `${server}http/overload.full.test.ts`,
      `${server}storage-limits/growth.full.test.ts`,
      `${server}api/hostile-bodies.test.ts`,
      `${core}flows/pending-interactions.test.ts`,
    ],
  },
  {
    fault: 'generated requests to every route, with and without credentials',
    files: [`${server}e2e/generated-requests.test.ts`],
  },
  {
    fault: 'everything that can be used once, used at once in two processes',
    files: [
      `${core}flows/two-processes.full.test.ts`,
      `${core}flows/two-processes-sessions.full.test.ts`,
      `${core}flows/fapi-races.test.ts`,
      `${server}api/passkey-removal-race.test.ts`,
      `${server}e2e/two-processes.test.ts`,
      `${server}e2e/two-processes-protocol.test.ts`,
    ],
  },
]

/** Variables of the tests that extend their load. */
const long = { GENERATED_REQUESTS: '200000', POCKET_FAULT_PAUSE: '60000', GROWTH_MINUTES: '60' }

interface TestResult {
  readonly title: string
  readonly status: 'passed' | 'failed' | 'pending'
  readonly failureMessages: readonly string[]
}

interface Report {
  readonly testResults: readonly {
    readonly name: string
    readonly message: string
    readonly assertionResults: readonly TestResult[]
  }[]
}

const { values } = parseArgs({ options: { long: { type: 'boolean', default: false }, only: { type: 'string' } } })
const root = fileURLToPath(new URL('../../../', import.meta.url))
const chosen = faults.filter(({ fault }) => fault.includes(values.only ?? ''))
const missing = chosen.flatMap(({ files }) => files).filter((file) => !existsSync(join(root, file)))
if (chosen.length === 0 || missing.length > 0) {
  process.stderr.write(`${missing.length > 0 ? `missing: ${missing.join(', ')}` : 'no such fault'}\n`)
  process.exit(2)
}

const results = await runTests([...new Set(chosen.flatMap(({ files }) => files))])
let isLost = false
for (const { fault, files } of chosen) {
  process.stdout.write(`\n${fault}\n`)
  for (const file of files) {
    const tests = results.get(file)
    if (tests === undefined) process.stdout.write(`  lost     ${file} did not run\n`)
    for (const { title, status, failureMessages } of tests ?? []) {
      process.stdout.write(`  ${{ passed: 'nothing ', failed: 'lost    ', pending: 'not run ' }[status]} ${title}\n`)
      for (const message of failureMessages) process.stdout.write(`${message.replace(/^/gm, '             ')}\n`)
    }
    isLost ||= tests === undefined || tests.some(({ status }) => status !== 'passed')
  }
}
process.exitCode = isLost ? 1 : 0

async function runTests(files: readonly string[]): Promise<ReadonlyMap<string, readonly TestResult[]>> {
  const folder = await mkdtemp(join(tmpdir(), 'pocket-faults-'))
  try {
    const output = join(folder, 'report.json')
    const jest = join(root, 'node_modules', 'jest', 'bin', 'jest.js')
    const options = ['--experimental-vm-modules', '--disable-warning=ExperimentalWarning', jest]
    const child = spawn(
      process.execPath,
      [...options, '--json', `--outputFile=${output}`, '--runTestsByPath', ...files],
      {
        cwd: root,
        env: { ...process.env, ...(values.long ? long : {}) },
        stdio: ['ignore', 'inherit', 'inherit'],
      },
    )
    await once(child, 'exit')
    // A run that was killed leaves no report: its tests did not run.
    const report = existsSync(output) ? await readFile(output, 'utf8') : '{"testResults":[]}'
    const { testResults }: Report = JSON.parse(report)
    return new Map(
      testResults.map(({ name, message, assertionResults }) => [
        relative(root, name),
        assertionResults.length > 0
          ? assertionResults
          : [{ title: dirname(name), status: 'failed', failureMessages: [message] }],
      ]),
    )
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}
