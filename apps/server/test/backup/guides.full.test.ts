import { existsSync } from 'node:fs'
import { chmod, cp, mkdir, readFile, writeFile } from 'node:fs/promises'
import { dirname } from 'node:path'
import { parseEnv } from 'node:util'
import { describe, expect, test } from '@jest/globals'
import { describeUnless, freePort, startPostgres, startProcess } from '@pocket/test-support'
import { backUpBeforeMigration } from '../../src/composition/migration-backup.ts'
import { kinds } from '../api/calls.ts'
import { recordingLogger } from '../database/recording-logger.ts'
import { createSource, facts } from '../pocket-id-migration/fixture.ts'
import { programArgs } from '../program.ts'
import { createEmptyMachine } from './test-instance.ts'

const root = new URL('../../../../', import.meta.url)
const guides = new URL('docs/guides/', root)

type Machine = Awaited<ReturnType<typeof createEmptyMachine>>

async function addProgram(machine: Machine, name: string, script: string): Promise<void> {
  await mkdir(machine.path('bin'), { recursive: true })
  await writeFile(machine.path(`bin/${name}`), `#!/bin/sh\n${script}\n`)
  await chmod(machine.path(`bin/${name}`), 0o755)
}

async function installPocket(machine: Machine): Promise<void> {
  await addProgram(machine, 'pocket-id', `exec "${[process.execPath, ...programArgs].join('" "')}" "$@"`)
}

/** A machine where Pocket is installed and was started once. */
async function createInstalledMachine(kind: 'SQLite' | 'PostgreSQL'): Promise<Machine> {
  const machine = await createEmptyMachine(kind, {})
  await installPocket(machine)
  const env = { ...environmentOf(machine), PORT: String(await freePort()) }
  const options = { cwd: machine.path('.'), env, readyWhen: /Listening on/, stopSignal: 'SIGINT' as const }
  await using _server = await startProcess(machine.path('bin/pocket-id'), [], options)
  return machine
}

function environmentOf(machine: Machine): Readonly<Record<string, string>> {
  return { ...machine.env, PATH: `${machine.path('bin')}:${process.env.PATH}` }
}

async function runShell(machine: Machine, commands: string): Promise<string> {
  const options = { cwd: machine.path('.'), env: environmentOf(machine) }
  await using shell = await startProcess('/bin/sh', ['-e', '-c', commands], options)
  expect({ commands, exit: await shell.exit, output: shell.output() }).toMatchObject({ commands, exit: 0 })
  return shell.output()
}

/** Runs the shell blocks of a guide in their order, and returns what each printed. */
async function runCommands(machine: Machine, guide: string): Promise<readonly string[]> {
  return runBlocks(machine, await readFile(new URL(guide, guides), 'utf8'))
}

async function runBlocks(machine: Machine, text: string): Promise<readonly string[]> {
  const outputs: string[] = []
  for (const [, commands = ''] of text.matchAll(/```sh\n(.*?)```/gs)) outputs.push(await runShell(machine, commands))
  return outputs
}

test.each(kinds)('the commands of the guide on backups work in their order with %s', async (kind) => {
  await using machine = await createInstalledMachine(kind)
  await backUpBeforeMigration(machine.config, recordingLogger().logger)
  await writeFile(machine.path('passphrase.txt'), 'twelve characters\n')
  await writeFile(machine.path('new-key.txt'), 'the next key, which is long enough\n')
  const outputs = await runCommands(machine, 'backup.md')
  expect(outputs).toContainEqual(expect.stringMatching(/^The database is that of \S+before-migration-/))
  expect(await readFile(machine.path('data/encryption_key'), 'utf8')).toBe('the next key, which is long enough\n')
  expect(JSON.parse(await readFile(machine.path('people.json'), 'utf8'))).toMatchObject({ rpId: 'localhost' })
})

test('the commands of the guide on other providers create people with a link each', async () => {
  await using machine = await createInstalledMachine('SQLite')
  await writeFile(
    machine.path('people.csv'),
    'ada,ada@example.com,Ada,Lovelace\ngrace,grace@example.com,Grace,Hopper\n',
  )
  const [people = '', groups] = await runCommands(machine, 'move-from-another-provider.md')
  expect(people).toMatch(/^ada@example\.com http\S+$/m)
  expect(people).toMatch(/^grace@example\.com http\S+$/m)
  expect(groups).toContain('family')
})

test('the commands of the guide on Pocket ID migrate the instance of a compose file', async () => {
  await using machine = await createEmptyMachine('SQLite', {})
  await using old = await createSource('SQLite')
  await cp(dirname(old.source), machine.path('data'), { recursive: true })
  await writeFile(machine.path('.env'), `APP_URL=${facts.appUrl}\nENCRYPTION_KEY="${facts.encryptionKey}"\n`)
  await installPocket(machine)
  const guide = await readFile(new URL('migrate-from-pocket-id.md', guides), 'utf8')
  const [, section = ''] = /^## From one compose file to the other$(.*?)^## /ms.exec(guide) ?? []
  const mounts = Array.from(
    section.matchAll(/- \.\/(\S+):(\/\S+):ro$/gm),
    ([, folder, path]) => `s#^${path}/#${folder}/#`,
  )
  // Runs the command of `docker compose run --rm pocket-id` with the variables and the read-only folders of the compose file.
  const docker = `[ "$2" = run ] || exit 0
    shift 4; set -a; . ./.env
    for argument; do shift; set -- "$@" "$(echo "$argument" | sed "${mounts.join('; ')}")"; done
    exec pocket-id "$@"`
  await addProgram(machine, 'docker', docker)
  const [, dryRun, migration] = await runBlocks(machine, section)
  expect(dryRun).toContain('Nothing was changed.')
  expect(migration).not.toContain('Nothing was changed.')
  const key = `ENCRYPTION_KEY='${facts.encryptionKey}'`
  const users = JSON.parse(await runShell(machine, `${key} pocket-id users list --json`))
  for (const { username } of facts.users) expect(users).toContainEqual(expect.objectContaining({ username }))
})

test('the commands of the guide on Kubernetes restore an archive', async () => {
  await using machine = await createInstalledMachine('PostgreSQL')
  // Runs the commands of pods here; secrets are empty.
  const kubectl = `case "$*" in *" exec "* | *" run "*) ;; *) exit 0 ;; esac
    until [ "$1" = -- ]; do shift; done; shift
    [ "$1" = pocket-id ] && shift
    exec pocket-id "$@"`
  await addProgram(machine, 'kubectl', kubectl)
  const guide = await readFile(new URL('kubernetes.md', guides), 'utf8')
  const [, section = ''] = /^## Back up and restore$(.*)/ms.exec(guide) ?? []
  const [backup = '', restore = ''] = Array.from(section.matchAll(/```sh\n(.*?)```/gs), ([, commands = '']) => commands)
  await runShell(machine, 'pocket-id users create --username ada --first-name Ada')
  await runShell(machine, backup)
  await runShell(machine, 'pocket-id users create --username grace --first-name Grace')
  await runShell(machine, restore)
  expect(JSON.parse(await runShell(machine, 'pocket-id users list --json'))).toEqual([
    expect.objectContaining({ username: 'ada' }),
  ])
})

const missing = ['/usr/bin/createuser', '/usr/bin/jq', '/usr/bin/openssl'].every(existsSync)
  ? undefined
  : 'createuser, jq or openssl is not installed: apt-get install --no-install-recommends jq openssl postgresql-client'

describeUnless(missing, describe)('with the tools of Debian', () => {
  test.each([
    [
      'Authelia',
      '{"users":{"ada":{"displayname":"Ada Lovelace","email":"ada@example.com"},"bot":{"disabled":true}}}',
      ['ada,ada@example.com,Ada Lovelace,', 'bot,,,'],
    ],
    [
      'authentik',
      '{"results":[{"username":"ada","email":"ada@example.com","name":"Ada Lovelace"},{"username":"bot","email":"","name":""}]}',
      ['ada,ada@example.com,Ada Lovelace,', 'bot,,,'],
    ],
    [
      'Keycloak',
      '[{"username":"ada","email":"ada@example.com","firstName":"Ada","lastName":"Lovelace"},{"username":"bot"}]',
      ['ada,ada@example.com,Ada,Lovelace', 'bot,,,'],
    ],
  ])('the jq filter of the guide turns the users of %s into lines', async (provider, users, lines) => {
    await using machine = await createEmptyMachine('SQLite', {})
    const guide = await readFile(new URL('move-from-another-provider.md', guides), 'utf8')
    const filter = new RegExp(`^\\| ${provider} .*\\| \`(.*)\` +\\|$`, 'm').exec(guide)?.[1] ?? ''
    await writeFile(machine.path('users.json'), users)
    await writeFile(machine.path('filter.jq'), filter.replaceAll('\\|', '|'))
    const output = await runShell(machine, 'jq --raw-output --from-file filter.jq users.json')
    expect(output.trimEnd().split('\n')).toEqual(lines)
  })

  test.each([
    ['docker/compose.yaml', 'docker/compose.yaml'],
    ['docker/compose.postgres.yaml', 'docker/compose.postgres.yaml'],
    ['docs/guides/docker.md', 'docker/compose.yaml'],
  ])('the commands in %s set the variables of %s', async (path, composePath) => {
    await using machine = await createEmptyMachine('SQLite', {})
    await addProgram(machine, 'docker', 'exit 0')
    const text = await readFile(new URL(path, root), 'utf8')
    const [, block] = /```sh\n(.*?)```/s.exec(text) ?? []
    await runShell(machine, block ?? Array.from(text.matchAll(/^# {3}(.*\n)/gm), ([, line = '']) => line).join(''))
    const variables = parseEnv(await readFile(machine.path('.env'), 'utf8'))
    const compose = await readFile(new URL(composePath, root), 'utf8')
    for (const [, required = ''] of compose.matchAll(/\$\{(\w+):\?\}/g))
      expect(variables[required]).toMatch(/^\S{16,}$/)
    expect(existsSync(machine.path('data'))).toBe(true)
  })

  test('the commands of the guides create a database that its owner can use', async () => {
    await using machine = await createEmptyMachine('SQLite', {})
    await using server = await startPostgres()
    const { username, password, port } = new URL(server.url)
    // The superuser of the test server is not a user of this machine.
    await addProgram(machine, 'sudo', 'shift 2\nexec "$@"')
    const run = (commands: string) =>
      runShell(
        machine,
        `export PGHOST=127.0.0.1 PGPORT=${port} PGUSER=${username} PGPASSWORD=${password}; printf 'secret\nsecret\n' | { ${commands} }`,
      )
    const readCommands = async (guide: string, pattern: RegExp) => {
      const text = await readFile(new URL(guide, guides), 'utf8')
      return `${pattern.exec(text)?.[0].trim()}\n`
    }
    await run(await readCommands('several-replicas.md', /sudo -u postgres createuser.*\n.*createdb.*/))
    const owner = `postgres://pocket:secret@127.0.0.1:${port}/pocket`
    expect(await run(`psql --tuples-only --command 'CREATE TABLE a (); SELECT current_user' ${owner}\n`)).toContain(
      'pocket',
    )
    await run('dropdb pocket\n')
    await run(`createuser user\n${await readCommands('migrate-from-pocket-id.md', /.*createdb.*/)}`)
    expect(await run('psql --tuples-only --command "SELECT current_database()" pocket\n')).toContain('pocket')
  })
})
