import { once } from 'node:events'
import { createServer, request } from 'node:http'
import { expect, jest, test } from '@jest/globals'
import { freePort } from '@pocket/test-support'
import Database from 'better-sqlite3'
import { createDiagnosis } from '../../src/diagnosis/diagnosis.ts'
import { startInstance } from '../api/instance.ts'
import { createEmptyMachine, createMachine, type Machine } from '../backup/test-instance.ts'

const runDoctor = async (machine: Pick<Machine, 'run'>) => {
  const { exit, stdout, stderr } = await machine.run(['doctor'])
  const lines = stdout.toString().trim().split('\n')
  return { exit, stderr, lines, problems: lines.filter((line) => /^(?:warning|failed)/.test(line)) }
}

test('reports that one device is the only way in', async () => {
  await using machine = await createMachine('SQLite')
  const { database } = machine.config
  if (database.kind !== 'sqlite') throw new Error('not SQLite')
  await using instance = await startInstance({ ...machine.env, UI_CONFIG_DISABLED: 'true', RECOVERY_CODES: 'everyone' })
  const stored = new Database(database.path)
  const isReported = async (RECOVERY_CODES: string) => {
    const { problems } = await runDoctor(machine.with({ UI_CONFIG_DISABLED: 'true', RECOVERY_CODES }))
    return problems.join('\n').includes('Only one device can sign in as an administrator')
  }
  expect(await isReported('everyone')).toBe(false)
  stored.exec('UPDATE pocket_passkey SET backed_up = 0')
  stored.close()
  expect(await isReported('everyone')).toBe(true)

  await instance.administrator.postForm(`${instance.url}/settings/account/recovery-codes`, {})
  expect(await isReported('everyone')).toBe(false)
  // Codes that are not accepted do not count as another way to sign in.
  expect(await isReported('users')).toBe(true)
  await machine.run(['break-glass-code', 'ada', '--yes'])
  expect(await isReported('users')).toBe(false)
})

test('reports that no administrator has a usable passkey', async () => {
  await using machine = await createMachine('SQLite')
  const { database } = machine.config
  if (database.kind !== 'sqlite') throw new Error('not SQLite')
  await using instance = await startInstance(machine.env)
  const findFirstProblem = async () => {
    const { problems } = await runDoctor(machine.with({ APP_URL: instance.url }))
    return problems.find((line) => line.includes('No administrator has a passkey that works here'))?.slice(0, 7)
  }
  expect(await findFirstProblem()).toBeUndefined()
  const stored = new Database(database.path)
  stored.exec("UPDATE pocket_passkey SET rp_id = 'old.example.com'")
  stored.close()
  expect(await findFirstProblem()).toBe('failed ')
  await machine.run(['break-glass-code', 'ada', '--yes'])
  expect(await findFirstProblem()).toBe('warning')
})

test('reports missing migrations, and does not run them', async () => {
  await using machine = await createMachine('SQLite')
  const { database } = machine.config
  if (database.kind !== 'sqlite') throw new Error('not SQLite')
  await (await startInstance(machine.env))[Symbol.asyncDispose]()
  const stored = new Database(database.path)
  const countMigrations = () =>
    Object(stored.prepare('SELECT COUNT(*) AS count FROM pocket_server_migration').get()).count
  const before = countMigrations()
  stored.exec(
    'DELETE FROM pocket_server_migration WHERE timestamp = (SELECT MAX(timestamp) FROM pocket_server_migration)',
  )
  const { exit, stderr, problems } = await runDoctor(machine)
  expect([exit, stderr]).toEqual([1, expect.stringMatching(/^Failed: .*migrations/)])
  expect(problems.join('\n')).toContain('failed   migrations')
  expect(countMigrations()).toBe(before - 1)
  stored.close()
})

test.each([
  [
    'sends X-Forwarded-For',
    'false',
    { 'x-forwarded-for': '192.0.2.7' },
    /^warning {2}proxy {10}The headers of the proxy /,
  ],
  [
    'sends no header',
    '127.0.0.0/8, ::1',
    {},
    /^warning {2}proxy {10}The proxy \S+ doesn’t send the address of the client\. /,
  ],
  ['sends X-Forwarded-For', '127.0.0.0/8, ::1', { 'x-forwarded-for': '192.0.2.7' }, undefined],
])('checks a proxy that %s with TRUST_PROXY=%s', async (_, TRUST_PROXY, headers, warning) => {
  const port = await freePort()
  await using machine = await createMachine('SQLite')
  const env = { ...machine.env, APP_URL: `http://localhost:${port}`, TRUST_PROXY }
  await using instance = await startInstance(env)
  await using proxy = createServer((incoming, outgoing) => {
    const options = { headers: { ...incoming.headers, ...headers }, agent: false }
    request(instance.local + incoming.url, options, (response) => {
      response.pipe(outgoing.writeHead(response.statusCode ?? 500, response.headers))
    }).end()
  })
  await once(proxy.listen(port, 'localhost'), 'listening')
  const { exit, problems } = await runDoctor(machine.with(env))
  expect(problems.filter((line) => line.includes('proxy'))).toEqual(warning ? [expect.stringMatching(warning)] : [])
  expect(exit).toBe(0)
  const forged = await fetch(`${instance.local}/healthz`, { headers: { 'x-pocket-probe': `${Date.now()}.forged` } })
  expect(forged.status).toBe(204)
})

test('checks the public URL without a database, and never creates one', async () => {
  await using server = createServer((_, response) => response.end('{"issuer":"https://other.example.com"}'))
  const port = await freePort()
  await once(server.listen(port, 'localhost'), 'listening')
  await using machine = await createEmptyMachine('SQLite')
  const { exit, stderr, lines, problems } = await runDoctor(machine.with({ APP_URL: `http://localhost:${port}` }))
  expect(lines.filter((line) => line.startsWith('ok'))).toEqual(['ok       certificate'])
  expect(problems).toEqual([
    expect.stringMatching(/^failed {3}database {7}The database can’t be used: There is no database at /),
    expect.stringMatching(/^failed {3}address {8}The public URL responds as https:\/\/other\.example\.com\. /),
  ])
  expect([exit, stderr]).toEqual([1, 'Failed: database, address.\n'])
})

test('compares the clock with the clock of the database', async () => {
  const namesAt = async (databaseTime: number | null) => {
    await using diagnosis = await createStubbedDiagnosis({ databaseTime: async () => databaseTime })
    const { findings } = await diagnosis.run()
    expect(diagnosis.lastKnown().findings).toEqual(findings)
    return findings.map(({ name, about }) => [name, about]).slice(1)
  }
  expect(await namesAt(1_004_000)).toEqual([])
  expect(await namesAt(null)).toEqual([])
  expect(await namesAt(1_060_000)).toEqual([['clockDiffers', '60 s']])
  expect(await namesAt(940_000)).toEqual([['clockDiffers', '60 s']])
})

test.each([
  ['database', 'databaseFailed'],
  ['migrations', 'migrationsMissing'],
  ['keys', 'keysUnreadable'],
  ['disk', 'diskFull'],
  ['writable', 'databaseReadOnly'],
] as const)('reports a failed check of %s as %s', async (check, finding) => {
  const fail = async () => {
    throw new Error('It fails.')
  }
  await using diagnosis = await createStubbedDiagnosis({ checks: { ...workingChecks, [check]: fail } })
  const { findings } = await diagnosis.run()
  expect(findings.map(({ name }) => name)).toContain(finding)
})

test('reports a SCIM target that responds too late as one that cannot be used', async () => {
  const deadline = new AbortController()
  using _ = jest.spyOn(AbortSignal, 'timeout').mockReturnValue(deadline.signal)
  const hangUntilDeadline = () => {
    deadline.abort()
    return new Promise<never>(() => {})
  }
  await using diagnosis = await createStubbedDiagnosis({
    scimTargets: async () => [
      { clientId: 'wiki', clientName: 'Wiki', test: hangUntilDeadline },
      { clientId: 'files', clientName: 'Files', test: async () => undefined },
    ],
  })
  const { findings } = await diagnosis.run()
  expect(findings.filter(({ name }) => name === 'scimUnusable')).toEqual([
    expect.objectContaining({ about: 'Wiki (timeout)', href: '/settings/admin/oidc-clients/wiki/scim' }),
  ])
})

const succeed = async () => {}
const workingChecks = { database: succeed, writable: succeed, migrations: succeed, keys: succeed, disk: succeed }

/** A diagnosis in which everything works, except for `changes`. */
async function createStubbedDiagnosis(
  changes: Partial<Pick<Parameters<typeof createDiagnosis>[0], 'checks' | 'databaseTime' | 'scimTargets'>>,
) {
  return createDiagnosis({
    issuer: `http://localhost:${await freePort()}`,
    origins: [],
    checks: workingChecks,
    countForeignPasskeys: async () => [],
    databaseTime: async () => null,
    proxyProbe: { check: async () => [] },
    settings: { lastKnown: async () => ({ smtpHost: '', ldapEnabled: false, ldapUrl: '' }) as never },
    testMail: async () => undefined,
    testLdap: async () => undefined,
    scimTargets: async () => [],
    clock: { now: () => 1_000_000 },
    onFailure() {},
    ...changes,
  })
}
