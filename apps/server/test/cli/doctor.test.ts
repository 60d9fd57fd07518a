import { once } from 'node:events'
import { createServer } from 'node:http'
import { describe, expect, jest, test } from '@jest/globals'
import { freePort, shareBetweenTests } from '@pocket/test-support'
import { startInstance } from '../api/instance.ts'
import { createMachine, type Machine } from '../backup/test-instance.ts'

const runDoctor = async (machine: Pick<Machine, 'run'>) => {
  const { exit, stdout, stderr } = await machine.run(['doctor'])
  const lines = stdout.toString().trim().split('\n')
  return { exit, stderr, lines, problems: lines.filter((line) => /^(?:warning|failed)/.test(line)) }
}

const day = 86_400_000

describe('doctor', () => {
  const machine = shareBetweenTests(() => createMachine('SQLite'))
  const instance = shareBetweenTests(() => startInstance(machine.env))

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
      expect.stringMatching(/^warning {2}clients {8}The API key “Deploy” expires soon\. See http/),
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
      `warning  backups        The newest backup is too old. See ${instance.url}/settings/admin/backups.`,
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

test('contacts each SCIM target with its token and says how to repair it', async () => {
  const port = await freePort()
  const targets = [
    ['Wiki', `http://localhost:${port}`, 'right'],
    ['Files', `http://localhost:${port}`, 'wrong-token'],
    ['Mail', `http://localhost:${await freePort()}`, 'right'],
  ] as const
  await using machine = await createMachine('SQLite')
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

test('reports passkeys that belong to the host name of a previous APP_URL', async () => {
  await using machine = await createMachine('SQLite')
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
