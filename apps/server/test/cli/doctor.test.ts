import { once } from 'node:events'
import { createServer, request } from 'node:http'
import { afterAll, beforeAll, describe, expect, jest, test } from '@jest/globals'
import { databaseKinds, freePort } from '@pocket/test-support'
import Database from 'better-sqlite3'
import { createDiagnosis } from '../../src/diagnosis/diagnosis.ts'
import { type Instance, startInstance } from '../api/instance.ts'
import { createEmptyMachine, createMachine, type Machine } from '../backup/test-instance.ts'

const runDoctor = async (machine: Pick<Machine, 'run'>) => {
  const { exit, stdout, stderr } = await machine.run(['doctor'])
  const lines = stdout.toString().trim().split('\n')
  return { exit, stderr, lines, problems: lines.filter((line) => /^(?:warning|failed)/.test(line)) }
}

const day = 86_400_000

describe.each(databaseKinds)('doctor on %s', (kind) => {
  const stack = new AsyncDisposableStack()
  let machine: Machine
  let instance: Instance

  beforeAll(async () => {
    machine = stack.use(await createMachine(kind))
    instance = stack.use(await startInstance(machine.env))
  })
  afterAll(() => stack.disposeAsync())

  test('checks a running server through its public URL', async () => {
    const now = Date.now
    const tomorrow = new Date(now() + day).toISOString()
    // Created six days ago, so that the last quarter of its lifetime has started.
    const clock = jest.spyOn(Date, 'now').mockImplementation(() => now() - 6 * day)
    await machine.run(['api-keys', 'create', 'ada', '--name', 'Deploy', '--expires', tomorrow])
    clock.mockRestore()
    const { exit, lines, problems } = await runDoctor(machine.with({ APP_URL: instance.url }))
    expect(problems).toEqual([
      'warning  backups        There is no backup. Make one: pocket-id export --path backup.pocket --passphrase. Or set BACKUP_SCHEDULE.',
      'warning  clients        The API key “Deploy” expires soon. Its owner can renew it then.',
    ])
    expect(lines.map((line) => line.split(/ +/)[1])).toEqual(
      expect.arrayContaining(['database', 'migrations', 'keys', 'disk', 'clock', 'address', 'mail', 'ldap']),
    )
    expect(exit).toBe(0)
    expect(await machine.run(['export', '--path', '-'])).toMatchObject({ exit: 0 })
    const backupProblems = async (variables = {}) =>
      (await runDoctor(machine.with({ APP_URL: instance.url, ...variables }))).problems.filter((line) =>
        line.includes('backups'),
      )
    expect(await backupProblems()).toEqual([])
    const later = jest.spyOn(Date, 'now').mockImplementation(() => now() + 31 * day)
    expect(await backupProblems()).toEqual([
      'warning  backups        The newest backup is too old. See why newer ones are missing.',
    ])
    expect(await backupProblems({ BACKUP_SCHEDULE: 'elsewhere' })).toEqual([])
    later.mockRestore()
  })

  test('fails if nothing responds at the public URL', async () => {
    const host = `localhost:${await freePort()}`
    const { exit, stderr, problems } = await runDoctor(machine.with({ APP_URL: `http://${host}` }))
    expect(problems[0]).toBe(
      `failed   address        Nothing responds at ${host}. Start the server, or check the reverse proxy and its port.`,
    )
    expect([exit, stderr]).toEqual([1, 'Failed: address.\n'])
  })

  test('reports services that cannot be used, without their credentials', async () => {
    const port = String(await freePort())
    const { exit, stderr, problems } = await runDoctor(
      machine.with({
        ...{ APP_URL: instance.url, UI_CONFIG_DISABLED: 'true' },
        ...{ SMTP_HOST: 'localhost', SMTP_PORT: port, SMTP_FROM: 'id@example.com' },
        ...{ SMTP_USER: 'pocket', SMTP_PASSWORD: 'hunter2' },
        ...{ LDAP_ENABLED: 'true', LDAP_URL: `ldap://localhost:${port}`, LDAP_BASE: 'dc=example' },
        ...{ LDAP_BIND_DN: 'cn=pocket', LDAP_BIND_PASSWORD: 'hunter2' },
        ...{ LDAP_ATTRIBUTE_USER_UNIQUE_IDENTIFIER: 'uid', LDAP_ATTRIBUTE_USER_USERNAME: 'uid' },
        ...{ LDAP_ATTRIBUTE_USER_EMAIL: 'mail', LDAP_ATTRIBUTE_USER_FIRST_NAME: 'givenName' },
        ...{ LDAP_ATTRIBUTE_USER_LAST_NAME: 'sn', LDAP_ATTRIBUTE_GROUP_UNIQUE_IDENTIFIER: 'cn' },
        ...{ LDAP_ATTRIBUTE_GROUP_NAME: 'cn' },
      }),
    )
    expect([exit, stderr]).toEqual([1, 'Failed: mail, ldap.\n'])
    expect(problems.join('\n')).toMatch(/The e-mail server localhost \(E\w+\) can’t be used/)
    expect(problems.join('\n')).toMatch(/The LDAP server localhost:\d+ \(\w+\) can’t be used/)
    expect(problems.join('\n')).not.toContain('hunter2')
  })
})

test.each(databaseKinds)('contacts each SCIM target with its token and says how to repair it on %s', async (kind) => {
  const port = await freePort()
  const targets = [
    ['Wiki', `http://localhost:${port}`, 'right'],
    ['Files', `http://localhost:${port}`, 'wrong-token'],
    ['Mail', `http://localhost:${await freePort()}`, 'right'],
  ] as const
  await using machine = await createMachine(kind)
  const { administrator, url, ...server } = await startInstance(machine.env)
  const send = async (path: string, body: object) =>
    Object((await administrator.sendJson('POST', url + path, { body })).json())
  for (const [name, endpoint, token] of targets) {
    const client = await send('/api/oidc/clients', { name, callbackURLs: [] })
    await send('/api/scim/service-provider', { endpoint, token, oidcClientId: client.id })
  }
  // Its scheduled runs would contact the targets too.
  await server[Symbol.asyncDispose]()

  const requests: string[] = []
  await using target = createServer((incoming, outgoing) => {
    const { authorization } = incoming.headers
    requests.push(`${incoming.method} ${authorization}`)
    outgoing.writeHead(authorization === 'Bearer right' ? 200 : 401).end('{"totalResults":0,"Resources":[]}')
  })
  await once(target.listen(port, 'localhost'), 'listening')
  const { stderr, problems } = await runDoctor(machine.with({ ALLOWED_PRIVATE_HOSTS: 'localhost' }))
  expect(problems.filter((line) => line.includes('SCIM target'))).toEqual([
    'failed   scim           The SCIM target of Files (unauthorized) rejects the token. Create a new token in the application and enter it.',
    'failed   scim           The SCIM target of Mail (unreachable) can’t be used. Start the application, or correct the endpoint. “Test connection” shows details.',
  ])
  expect(stderr).toMatch(/^Failed: .*scim/)
  expect(new Set(requests)).toEqual(new Set(['GET Bearer right', 'GET Bearer wrong-token']))
})

test.each(databaseKinds)('reports passkeys that belong to the host name of a previous APP_URL on %s', async (kind) => {
  await using machine = await createMachine(kind)
  await (await startInstance(machine.env))[Symbol.asyncDispose]()
  const issuer = 'https://id.example.com'
  expect(await machine.run(['issuer', 'set', issuer, '--yes'])).toMatchObject({ exit: 0 })
  const moved = machine.with({ APP_URL: issuer })
  expect((await runDoctor(moved)).problems).toContain(
    'failed   passkeys       Passkeys bound to the host name localhost: 1. They don’t work here. Run “pocket-id issuer set” with that host name again and add the new URL to APP_ORIGINS, or let these people register new passkeys.',
  )
  const { checks } = JSON.parse((await moved.run(['doctor', '--json'])).stdout.toString())
  expect(checks.find(({ check }: { readonly check: string }) => check === 'passkeys')).toMatchObject({
    outcome: 'failed',
    findings: [{ name: 'passkeysOfOtherHost', severity: 'bad' }],
  })
})

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
