import { readdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { beforeAll, describe, expect, test } from '@jest/globals'
import { shareBetweenTests } from '@pocket/test-support'
import { Ajv2020 } from 'ajv/dist/2020.js'
import formats from 'ajv-formats'
import type { Command } from 'commander'
import { publishedJsonSchemas } from '../../scripts/json-schemas.ts'
import type { CommandContext } from '../../src/cli/command.ts'
import { nameOf } from '../../src/cli/output.ts'
import { createProgram } from '../../src/cli/run.ts'
import { jsonSchemas } from '../../src/composition/json-schemas.ts'
import { startInstance } from '../api/instance.ts'
import { createMachine } from '../backup/test-instance.ts'
import { createSource, facts } from '../pocket-id-migration/fixture.ts'

/** The published schema, which here also rejects members that it does not name. */
async function problemsOf(name: string, document: string): Promise<unknown> {
  const schema: unknown = JSON.parse(JSON.stringify(publishedJsonSchemas()[name]), (_, value) =>
    value?.properties !== undefined && value.type === 'object' ? { ...value, additionalProperties: false } : value,
  )
  const ajv = new Ajv2020({ allErrors: true, allowUnionTypes: true })
  formats.default(ajv)
  const validate = ajv.compile(Object(schema))
  validate(JSON.parse(document))
  return validate.errors
}

function leafCommands(command: Command): readonly Command[] {
  return command.commands.length === 0 ? [command] : command.commands.flatMap(leafCommands)
}

test('the documentation links only to published schemas', async () => {
  const docs = fileURLToPath(new URL('../../../../docs/', import.meta.url))
  const files = (await readdir(docs, { recursive: true })).filter((file) => /^[^.].*\.(md|yaml)$/.test(file))
  const texts = await Promise.all(files.map((file) => readFile(join(docs, file), 'utf8')))
  const linked = texts.flatMap((text) =>
    Array.from(text.matchAll(/json-schemas\/([\w-]+)\.schema/g), ([, name]) => name),
  )
  expect([...new Set(linked)].sort()).toEqual(Object.keys(publishedJsonSchemas()).sort())
})

test('every command with --json has a schema', () => {
  const described = Object.values(jsonSchemas).flatMap(({ command }) => {
    const [, before = '', names = ''] = command.match(/^(.*?)([\w-]+(?:\|[\w-]+)*)(?: [A-Z]+)* --/) ?? []
    return names.split('|').map((name) => before + name)
  })
  const program = createProgram({ version: '', print() {}, printError() {} } as unknown as CommandContext)
  const withJson = leafCommands(program).filter(({ options }) => options.some(({ long }) => long === '--json'))
  expect(withJson.length).toBeGreaterThan(20)
  expect(withJson.map(nameOf).filter((name) => !described.includes(name))).toEqual([])
})

describe('the JSON', () => {
  const machine = shareBetweenTests(() => createMachine('SQLite'))

  beforeAll(async () => {
    await using instance = await startInstance(machine.env)
    const { administrator: agent, url } = instance
    const post = async (path: string, body: unknown) => {
      const response = await agent.postJson(url + path, body)
      return [response.status, Object(response.json()).id]
    }
    const [status, groupId] = await post('/api/user-groups', { name: 'crew', friendlyName: 'Crew' })
    const identity = { issuer: 'https://ci.example.com', subject: 'deploy', audience: 'pocket' }
    const client = {
      name: 'Wiki',
      callbackURLs: ['https://wiki.example.com/cb'],
      credentials: { federatedIdentities: [identity] },
    }
    expect([status, (await post('/api/oidc/clients', client))[0]]).toEqual([201, 201])
    const ada = await instance.app.directory.findByName('ada')
    const members = { userIds: [ada?.id] }
    await agent.sendJson('PUT', `${url}/api/user-groups/${groupId}/users`, { body: members })
    const claims = [{ key: 'office', value: 'London' }]
    await agent.sendJson('PUT', `${url}/api/custom-claims/user/${ada?.id}`, { body: claims })
    await agent.sendJson('PUT', `${url}/api/custom-claims/user-group/${groupId}`, { body: claims })
  })

  const printOutput = async (args: readonly string[]) => {
    const { exit, stdout, stderr } = await machine.run(args)
    expect([args, exit, stderr]).toEqual([args, 0, ''])
    return stdout.toString()
  }

  test('export --open matches its schema', async () => {
    const document = await printOutput(['export', '--open', '-p', '-'])
    const lists = Object.entries(JSON.parse(document)).filter(([, value]) => Array.isArray(value))
    expect(lists.filter(([, value]) => Object(value).length === 0).map(([name]) => name)).toEqual(['clientGroups'])
    expect(await problemsOf('open-export', document)).toBeNull()
  })

  test('the commands that administer match their schemas', async () => {
    const commands: readonly (readonly [string, ...string[]])[] = [
      ['users-list', 'users', 'list'],
      ['user', 'users', 'show', 'ada'],
      ['user', 'users', 'create', '--username', 'grace', '--email', 'grace@example.com'],
      ['groups-list', 'groups', 'list'],
      ['group', 'groups', 'show', 'crew'],
      ['group', 'groups', 'create', '--name', 'cooks', '--display-name', 'Cooks'],
      ['clients-list', 'clients', 'list'],
      ['client', 'clients', 'show', 'Wiki'],
      ['client', 'clients', 'create', '--name', 'Blog', '--callback-url', 'https://blog.example.com/cb'],
      ['clients-new-secret', 'clients', 'new-secret', 'Wiki'],
      ['api', 'apis', 'create', '--name', 'Files', '--resource', 'https://files.example.com'],
      ['api', 'apis', 'show', 'Files'],
      ['apis-list', 'apis', 'list'],
      ['api-keys-create', 'api-keys', 'create', 'ada', '--name', 'Deployment', '--expires', '2099-01-01'],
      ['api-keys-list', 'api-keys', 'list', 'ada'],
      ['sessions-list', 'sessions', 'list', 'ada'],
      ['jobs-list', 'jobs', 'list'],
      ['settings-list', 'settings', 'list'],
      ['settings-get', 'settings', 'get', 'appName'],
    ]
    for (const [name, ...args] of commands) {
      const output = await printOutput([...args, '--json'])
      expect([name, await problemsOf(name, output), output === '[]\n']).toEqual([name, null, false])
    }
    const entries = (await printOutput(['audit', 'tail', '--json'])).trim().split('\n')
    for (const entry of entries) expect(await problemsOf('audit-tail', entry)).toBeNull()
    const file = machine.path('pocket.yaml')
    await writeFile(file, 'groups: [{ name: sailors }]')
    expect(await problemsOf('config-plan', await printOutput(['config', 'apply', file, '--json']))).toBeNull()
  })

  test('the other commands match their schemas', async () => {
    const code = await printOutput(['one-time-access-token', 'ada', '--json'])
    expect(await problemsOf('one-time-access-token', code)).toBeNull()
    const passkeys = await printOutput(['passkey-remove', 'ada', '--json'])
    expect(await problemsOf('passkey-list', passkeys)).toBeNull()
    const [passkey] = JSON.parse(passkeys).passkeys
    const removed = await printOutput(['passkey-remove', 'ada', passkey.id, '--yes', '--json'])
    expect(await problemsOf('passkey-remove', removed)).toBeNull()
    const { stdout } = await machine.run(['doctor', '--json'])
    expect(await problemsOf('doctor', stdout.toString())).toBeNull()
    expect(await problemsOf('key-rotate', await printOutput(['key-rotate', '--yes', '--json']))).toBeNull()
  })
})

test('migrate-from-pocket-id --json matches its schema', async () => {
  await using source = await createSource('archive')
  await using machine = await createMachine('SQLite')
  await writeFile(machine.path('key'), facts.encryptionKey)
  const options = ['--encryption-key-file', machine.path('key'), '--dry-run', '--json']
  const { exit, stdout } = await machine.run(['migrate-from-pocket-id', source.source, ...options])
  expect(exit).toBe(0)
  expect(await problemsOf('migrate-from-pocket-id', stdout.toString())).toBeNull()
})
