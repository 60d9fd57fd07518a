import { describe, expect, test } from '@jest/globals'
import { eventually, shareBetweenTests } from '@pocket/test-support'
import { run } from '../../src/cli/run.ts'
import { loadConfig } from '../../src/composition/config.ts'
import { startInstance } from '../api/instance.ts'
import { createMachine, noTerminal } from '../backup/test-instance.ts'
import { commandContext } from './command-context.ts'

describe('commands while a server runs', () => {
  const machine = shareBetweenTests(() => createMachine('SQLite'))
  const instance = shareBetweenTests(() => startInstance(machine.env))

  /** Runs a command; further arguments may contain spaces. */
  const runPocketId = async (command: string, ...more: readonly string[]) => {
    const { exit, stdout, stderr } = await machine.run([...command.split(' '), ...more])
    return { exit, stdout: stdout.toString(), stderr }
  }
  /** The result of a command that must succeed. */
  const runForJson = async (...args: Parameters<typeof runPocketId>) => {
    const { exit, stdout, stderr } = await runPocketId(...args, '--json')
    expect([exit, stderr]).toEqual([0, ''])
    return JSON.parse(stdout)
  }
  const runSuccessfully = async (...args: Parameters<typeof runPocketId>) => {
    const { exit, stderr, stdout } = await runPocketId(...args)
    expect([exit, stderr]).toEqual([0, ''])
    return stdout
  }

  test('users are created, changed, disabled and deleted, and the audit log names the command line', async () => {
    const created = await runForJson(
      'users create --username grace --email g@example.com --first-name Grace --locale de',
    )
    expect(created).toMatchObject({ username: 'grace', firstName: 'Grace', locale: 'de', isAdmin: false })
    expect(await runForJson('users update grace --email grace@example.com --admin')).toMatchObject({
      id: created.id,
      email: 'grace@example.com',
      locale: 'de',
      isAdmin: true,
    })
    await runSuccessfully('users disable grace@example.com')
    expect(await runForJson('users show', created.id)).toMatchObject({
      disabled: true,
      firstName: 'Grace',
      isAdmin: true,
    })
    await runSuccessfully('users enable grace')
    const list = await runSuccessfully('users list --search grace')
    expect(list).toMatch(
      /^USERNAME +NAME +EMAIL +ADMIN +DISABLED +ID\ngrace +Grace +grace@example\.com +yes +no +\S+\n$/,
    )
    expect(await runPocketId('users delete grace')).toMatchObject({
      exit: 2,
      stderr: expect.stringContaining('--yes is required'),
    })
    await runSuccessfully('users delete grace --yes')
    expect(await runPocketId('users show grace')).toMatchObject({
      exit: 1,
      stderr: 'There is no user with this name or ID: grace\n',
    })
    const entries = (await runSuccessfully('audit tail --lines 20 --json')).trim().split('\n')
    expect(entries.map((entry) => JSON.parse(entry))).toEqual(
      expect.arrayContaining([
        expect.objectContaining({ event: 'ACCOUNT_REMOVED', actorUsername: 'command line', username: 'grace' }),
      ]),
    )
    expect(await runSuccessfully('audit tail')).toMatch(/^\S+Z {2}ACCOUNT_REMOVED {2}grace {2}by command line/m)
  })

  test('a misspelled user, group or client is rejected with the most similar name', async () => {
    await runSuccessfully('groups create --name engineers --display-name Engineers')
    await runSuccessfully('clients create --id photo-library --name Immich')
    for (const [command, noun, hint] of [
      ['users disable adda', 'user', '. Did you mean ada?'],
      ['groups add-members enginers ada', 'group', '. Did you mean engineers?'],
      ['users set-groups ada enigneers', 'group', '. Did you mean engineers?'],
      ['clients show immich', 'client', '. Did you mean Immich?'],
      ['clients new-secret photos-library', 'client', '. Did you mean photo-library?'],
      ['users show nobody-like-this', 'user', ''],
    ] as const)
      expect(await runPocketId(command)).toMatchObject({
        exit: 1,
        stderr: expect.stringMatching(
          new RegExp(`^There is no ${noun} with this name or ID: [a-z-]+${hint.replace('?', '\\?')}\n$`),
        ),
      })
  })

  test('rejects an empty name and a dot segment, which would name another resource', async () => {
    for (const name of ['', '.', '..'])
      for (const [command, ...more] of [
        ['users show', name],
        ['clients delete', name, '--yes'],
        ['groups add-members', name, 'ada'],
        ['sessions end ada', name],
        ['api-keys delete ada', name, '--yes'],
      ] as const)
        expect([command, await runPocketId(command, ...more)]).toEqual([
          command,
          { exit: 2, stdout: '', stderr: expect.stringContaining('neither a name nor an ID') },
        ])
    expect(await runForJson('sessions list ada')).toHaveLength(1)
  })

  test('audit tail --follow prints each new entry once, also more than a page of them', async () => {
    const { administrator: agent, url } = instance
    await agent.postJson(`${url}/api/user-groups`, { name: 'before', friendlyName: 'Before' })
    const printed: string[] = []
    const stop = new AbortController()
    const following = machine.run(['audit', 'tail', '--follow', '--json', '--lines', '1'], undefined, {
      ...noTerminal,
      print: (line) => printed.push(line),
      stop: stop.signal,
    })
    await eventually(async () => expect(printed).toHaveLength(1))
    const names = Array.from({ length: 120 }, (_, index) => `group ${index}`)
    for (const name of names) await agent.postJson(`${url}/api/user-groups`, { name, friendlyName: name })
    await eventually(async () => expect(printed.length).toBeGreaterThan(names.length))
    stop.abort()
    expect((await following).exit).toBe(0)
    const created = printed.map((line) => JSON.parse(line).changes.name.after)
    expect(created).toEqual(['before', ...names])
  })

  test('an invalid field is reported as by the API, and nothing is created', async () => {
    const { exit, stderr } = await runPocketId('users create --username', 'a b')
    expect([exit, stderr]).toEqual([1, expect.stringMatching(/username: must only contain letters/)])
    expect(await runForJson('users list --search', 'a b')).toEqual([])
  })

  test('groups and clients are found by name, and access is restricted in one step', async () => {
    const person = await instance.person('tim')
    const group = await runForJson('groups create --name crew --display-name Crew')
    await runSuccessfully('groups add-members crew tim ada')
    await runSuccessfully('groups remove-members crew ada')
    expect((await runForJson('groups show crew')).users.map(({ id }: { id: string }) => id)).toEqual([person.id])
    const client = await runForJson('clients create --name Wiki --callback-url https://wiki.example.com/cb')
    await runSuccessfully('clients allow-groups Wiki crew')
    expect(await runForJson('clients update Wiki --description Notes')).toMatchObject({
      id: client.id,
      description: 'Notes',
      callbackURLs: ['https://wiki.example.com/cb'],
      isGroupRestricted: true,
      allowedUserGroups: [{ id: group.id }],
    })
    const shown = await runSuccessfully('clients show Wiki')
    expect(shown).toMatch(/^allowedUserGroups +crew$/m)
    expect(shown).toMatch(/^protocol\.idTokenSignedResponseAlg +RS256$/m)
    expect(shown).not.toMatch(/[{}]/)
    for (const args of [[], ['crew', '--everyone']])
      expect((await runPocketId('clients allow-groups Wiki', ...args)).exit).toBe(2)
    expect((await runForJson('clients show Wiki')).isGroupRestricted).toBe(true)
    await runSuccessfully('clients allow-groups Wiki --everyone')
    expect(await runForJson('clients show Wiki')).toMatchObject({
      isGroupRestricted: false,
      allowedUserGroups: [],
    })
    await runSuccessfully('users set-groups tim')
    expect((await runForJson('groups show', group.id)).users).toEqual([])
    const first = await runSuccessfully('clients new-secret Wiki')
    const second = await runSuccessfully('clients new-secret Wiki --replace --yes')
    expect(first).not.toBe(second)
    const { secrets } = (await runForJson('clients show Wiki')).credentials
    expect(secrets).toEqual([expect.objectContaining({ prefix: second.slice(0, secrets[0].prefix.length) })])
  })

  test('clients with the same name are distinguished by their IDs', async () => {
    const ids = [await runForJson('clients create --name Twin'), await runForJson('clients create --name Twin')]
    const { exit, stderr } = await runPocketId('clients show Twin')
    expect(exit).toBe(1)
    for (const { id } of ids) expect(stderr).toContain(id)
  })

  test('removing all passkeys and ending sessions sign a user out of the running server', async () => {
    const { agent } = await instance.person('zoe')
    const isSignedIn = async () => (await agent.getJson(`${instance.url}/api/users/me`)).status === 200
    const [session] = await runForJson('sessions list zoe')
    expect(session).toMatchObject({ current: false })
    expect(await isSignedIn()).toBe(true)
    expect(await runSuccessfully('users reset-passkeys zoe --yes')).toBe('Removed 1 passkeys.\n')
    expect(await isSignedIn()).toBe(false)
    const other = await instance.person('kim')
    expect(await runPocketId('sessions end kim')).toMatchObject({ exit: 2 })
    await runSuccessfully('sessions end kim --all')
    expect((await other.agent.getJson(`${instance.url}/api/users/me`)).status).toBe(401)
  })

  test('an API key is created for its user, works, and is deleted', async () => {
    const { token, apiKey } = await runForJson('api-keys create ada --name Deploy --expires 2999-01-01')
    const read = () => fetch(`${instance.url}/api/users/me`, { headers: { 'X-API-Key': token } })
    expect(await (await read()).json()).toMatchObject({ username: 'ada' })
    expect(await runForJson('api-keys list ada')).toEqual([expect.objectContaining({ id: apiKey.id, name: 'Deploy' })])
    expect(await runPocketId('api-keys delete ada', apiKey.id)).toMatchObject({ exit: 2 })
    expect((await read()).status).toBe(200)
    await runSuccessfully('api-keys delete ada', apiKey.id, '--yes')
    expect((await read()).status).toBe(401)
    const entries = (await runSuccessfully('audit tail --lines 5 --json'))
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line))
    for (const event of ['API_KEY_CREATED', 'API_KEY_REMOVED'])
      expect(entries.find((entry) => entry.event === event)).toMatchObject({
        username: 'ada',
        actorUsername: 'command line',
      })
  })

  test('rejects an invalid number, and keeps the value', async () => {
    await runSuccessfully('clients create --id numbers --name Numbers --access-token-minutes 1000')
    await runSuccessfully('settings set sessionIdleMinutes 7')
    for (const text of ['abc', '', '1e', 'NaN', '0x10']) {
      for (const flag of ['--access-token-minutes', '--refresh-token-minutes'])
        expect(await runPocketId('clients update numbers', flag, text)).toMatchObject({ exit: 2 })
      if (text !== '') expect(await runPocketId('settings set sessionIdleMinutes', text)).toMatchObject({ exit: 2 })
    }
    expect((await instance.app.pocket.clients.find('numbers'))?.accessTokenDurationMinutes).toBe(1000)
    expect(await runForJson('settings get sessionIdleMinutes')).toBe(7)
  })

  test('an empty value restores the default of a setting, and clears a secret', async () => {
    const listSettings = () => runForJson('settings list')
    const before = await listSettings()
    await runSuccessfully('settings set appName', 'Our home')
    await runSuccessfully('settings set appName', '')
    const setPassword = await machine.run(
      ['settings', 'set', 'smtpPassword', '--value-file', '-'],
      Buffer.from('a password\n'),
    )
    expect([setPassword.exit, setPassword.stderr]).toEqual([0, ''])
    expect((await listSettings()).smtpPassword).not.toBe(before.smtpPassword)
    await runSuccessfully('settings set smtpPassword', '')
    expect(await listSettings()).toEqual(before)
    expect(await machine.run(['settings', 'set', 'smtpPassword'], Buffer.from('a password'))).toMatchObject({
      exit: 2,
      stderr: expect.stringContaining('--value-file -'),
    })
  })

  test('settings of both kinds are read and changed, and secrets are not arguments', async () => {
    await runSuccessfully('settings set appName', 'Our home')
    expect(await runSuccessfully('settings get appName')).toBe('Our home\n')
    const { dynamicRegistrationRestricted } = await runForJson('settings list')
    expect(dynamicRegistrationRestricted).toBe(false)
    await runSuccessfully('settings set dynamicRegistrationRestricted true')
    expect(await runForJson('settings get dynamicRegistrationRestricted')).toBe(true)
    expect(await runPocketId('settings set smtpPassword x')).toMatchObject({
      exit: 2,
      stderr: expect.stringContaining('--value-file'),
    })
    for (const misspelled of ['appname', 'apName'])
      expect(await runPocketId('settings get', misspelled)).toMatchObject({
        exit: 1,
        stderr: expect.stringContaining('Did you mean appName?'),
      })
  })

  test('a job runs to its end, and an unknown job is rejected with the names of all jobs', async () => {
    const [job] = await runForJson('jobs list')
    expect(await runSuccessfully('jobs run', job.name)).toMatch(new RegExp(`^${job.name} succeeded at `))
    const { exit, stderr } = await runPocketId('jobs run x')
    expect([exit, stderr]).toEqual([1, expect.stringContaining(job.name)])
    // The example in the help text.
    expect(await runSuccessfully('jobs run sync-scim')).toMatch(/^sync-scim succeeded at /)
    expect((await runPocketId('jobs --help')).stdout).toContain('jobs run sync-scim')
    expect((await runPocketId('jobs run sync-scmi')).stderr).toBe(
      'There is no job sync-scmi. Did you mean sync-scim?\n',
    )
  })

  test('the audit log is verified, and an unknown hash is an error', async () => {
    expect(await runForJson('audit verify')).toEqual({
      ...{ batches: 0, entries: 0, head: null },
      ...{ isExpectedFound: true, broken: [] },
    })
    const { exit, stderr } = await runPocketId('audit verify --expect x')
    expect([exit, stderr]).toEqual([1, expect.stringContaining('No batch has the expected hash.')])
  })

  test('key-rotate without --now publishes a new key of the algorithm, and the old key still signs', async () => {
    const listKeys = async () =>
      (await instance.administrator.getJson(`${instance.url}/api/signing-keys`)).json() as readonly Readonly<
        Record<'kid' | 'algorithm' | 'status', string>
      >[]
    const before = await listKeys()
    const { keys } = await runForJson('key-rotate --alg EdDSA --crv Ed25519 --yes')
    expect(keys).toEqual([{ algorithm: 'EdDSA', kid: expect.any(String), signsFrom: expect.any(String) }])
    const [{ kid }] = keys
    expect(await listKeys()).toContainEqual(expect.objectContaining({ kid, algorithm: 'EdDSA', status: 'next' }))
    const signingKeys = before.filter(({ status }) => status === 'current').map((key) => key.kid)
    expect((await listKeys()).filter(({ status }) => status === 'current').map((key) => key.kid)).toEqual(signingKeys)
  })

  test('the key of the command line works in its own process only', async () => {
    const response = await fetch(`${instance.url}/api/users/me`, {
      headers: { 'X-API-Key': '', 'X-On-Behalf-Of': '00000000-0000-0000-0000-000000000002' },
    })
    expect(response.status).toBe(401)
  })
})

test('check-config returns 2 and names each invalid variable', async () => {
  await using machine = await createMachine('SQLite')
  const valid = await machine.run(['check-config'])
  expect([valid.exit, valid.stdout.toString()]).toEqual([0, expect.stringContaining('The configuration is valid.')])
  const errors: string[] = []
  const context = commandContext({
    readConfig: () => loadConfig({ ...machine.env, PORT: 'high', APP_URL: 'none' }, () => Buffer.alloc(0)),
    printError: (line) => errors.push(line),
  })
  const exit = await run(['check-config'], context)
  expect([exit, errors.join('\n')]).toEqual([2, expect.stringContaining('APP_URL')])
  expect(errors.join('\n')).toContain('PORT')
})
