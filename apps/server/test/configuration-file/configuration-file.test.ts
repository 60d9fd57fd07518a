import { mkdir, rename, symlink, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, test } from '@jest/globals'
import { UserAgent } from '@pocket/core/testing'
import { newUser } from '@pocket/directory'
import { databaseKinds, eventually } from '@pocket/test-support'
import pg from 'pg'
import { openDatabase } from '../../src/composition/open-database.ts'
import { registerPasskey, startInstance } from '../api/instance.ts'
import { createMachine } from '../backup/test-instance.ts'
import { recordingLogger } from '../database/recording-logger.ts'
import { type RunningApp, startApp } from '../http/app.ts'
import { createFileSite } from './file.ts'

const secret = 'a secret of the client that is long enough'

const home = `
revision: 1
settings:
  appName: Our home
  signupDefaultUserGroupIDs: [family]
groups:
  - name: family
    friendlyName: Family
    requiresTwoPasskeys: true
    customClaims: [{ key: area, value: home }]
users:
  - username: grace
    email: grace@example.com
    firstName: Grace
    groups: [family]
clients:
  - id: jellyfin
    name: Jellyfin
    callbackURLs: [https://tv.example.com/sso/OID/redirect/pocket]
    allowedGroups: [family]
    secrets: ['\${JELLYFIN_SECRET}']
    protocol: { idTokenSignedResponseAlg: ES256 }
  - id: backup
    name: Backup
    callbackURLs: []
    federatedIdentities: [{ issuer: https://ci.example.com, subject: nightly }]
    scim: { endpoint: https://backup.example.com/scim, token: file:token }
apis:
  - resource: https://files.example.com
    name: Files
    permissions: [{ key: files.read, description: Read files }]
    access: [{ client: backup, clientPermissions: [files.read] }]
`

const replacesFile =
  'warning: this file replaces pocket.yaml. A server with pocket.yaml reverts nothing until that file changes.\n'

/** The lines of the log about the file. */
const applied = ({ log }: RunningApp) => log.filter((line) => line.includes('The configuration file was'))

describe.each(databaseKinds)('a configuration file on %s', (kind) => {
  const site = async (yaml: string) => {
    await using stack = new AsyncDisposableStack()
    const file = stack.use(await createFileSite(yaml))
    await writeFile(join(file.folder, 'token'), 'token-of-the-target\n')
    const machine = stack.use(await createMachine(kind))
    const configured = machine.with({ JELLYFIN_SECRET: secret, POCKET_CONFIG_FILE: file.path })
    const run = async (...args: readonly string[]) => {
      const { exit, stdout, stderr } = await configured.run(args)
      return { exit, stdout: stdout.toString(), stderr }
    }
    const owned = stack.move()
    return { file, machine, env: configured.env, run, [Symbol.asyncDispose]: () => owned.disposeAsync() }
  }

  test('creates everything at start, and applying it again changes nothing', async () => {
    await using place = await site(home)
    await using instance = await startInstance(place.env)
    const { administrator: agent, url } = instance
    const get = async (path: string) => (await agent.getJson(url + path)).json()
    expect(applied(instance)).toEqual([expect.stringContaining('"changes":6')])
    expect(await get('/api/oidc/clients/jellyfin')).toMatchObject({
      name: 'Jellyfin',
      isGroupRestricted: true,
      allowedUserGroups: [{ name: 'family', customClaims: [{ key: 'area', value: 'home' }] }],
      credentials: { secrets: [{ prefix: 'a se' }] },
      protocol: { idTokenSignedResponseAlg: 'ES256' },
    })
    expect(await get('/api/oidc/clients/backup/scim-service-provider')).toMatchObject({
      endpoint: 'https://backup.example.com/scim',
    })
    const [api] = Object(await get('/api/apis')).data
    expect(api).toMatchObject({ permissions: [{ key: 'files.read' }] })
    expect(await get(`/api/apis/${api.id}/clients/backup`)).toMatchObject({ clientAccess: true })
    const user = await instance.app.directory.findByName('grace')
    expect(await get(`/api/users/${user?.id}`)).toMatchObject({ firstName: 'Grace', userGroups: [{ name: 'family' }] })
    const changesOfFile = async () => {
      const entries: readonly Record<string, unknown>[] = Object(
        await get('/api/audit-logs/all?pagination[limit]=100'),
      ).data
      return entries.filter(({ username }) => username === 'configuration file').map(({ event }) => event)
    }
    const changes = await changesOfFile()
    expect(changes).toContain('CLIENT_CREATED')

    expect(await place.run('config', 'plan')).toMatchObject({ exit: 0, stdout: expect.stringMatching(/^No changes/) })
    expect(await place.run('config', 'apply')).toMatchObject({ exit: 0, stdout: expect.stringMatching(/^No changes/) })
    await using again = await startApp(place.env)
    expect(applied(again)).toEqual([expect.stringContaining('"changes":0')])
    expect(await changesOfFile()).toEqual(changes)
  })

  test('renames clients and APIs, which keep what refers to them', async () => {
    await using place = await site(home)
    await using instance = await startInstance(place.env)
    const { administrator: agent, url } = instance
    const get = async (path: string) => (await agent.getJson(url + path)).json()
    const [api] = Object(await get('/api/apis')).data
    const errorOf = async (clientId: string) => {
      const authorization = `Basic ${Buffer.from(`${clientId}:${secret.replaceAll(' ', '+')}`).toString('base64')}`
      const body = new URLSearchParams({
        grant_type: 'authorization_code',
        code: 'none',
        redirect_uri: 'https://tv.example.com',
      })
      const response = await fetch(`${url}/api/oidc/token`, { method: 'POST', headers: { authorization }, body })
      return Object(await response.json()).error
    }
    expect([await errorOf('jellyfin'), await errorOf('films')]).toEqual(['invalid_grant', 'invalid_client'])
    await place.file.write(
      home
        .replace('revision: 1', 'revision: 2')
        .replace('id: jellyfin', 'id: films\n    previously: jellyfin')
        .replace('id: backup', 'id: vault\n    previously: backup')
        .replace('client: backup', 'client: vault')
        .replace('resource: https://files', 'previously: https://files.example.com\n    resource: https://store'),
    )
    await eventually(async () => expect(applied(instance)).toHaveLength(2))
    expect(applied(instance)[1]).toContain('"changes":3')
    expect([await errorOf('jellyfin'), await errorOf('films')]).toEqual(['invalid_client', 'invalid_grant'])
    expect(await get('/api/oidc/clients/films')).toMatchObject({ allowedUserGroups: [{ name: 'family' }] })
    expect(await get('/api/oidc/clients/vault/scim-service-provider')).toMatchObject({
      endpoint: 'https://backup.example.com/scim',
    })
    expect(await get(`/api/apis/${api.id}`)).toMatchObject({
      resource: 'https://store.example.com',
      permissions: api.permissions,
    })
    expect(await get(`/api/apis/${api.id}/clients/vault`)).toMatchObject({ clientAccess: true })
    for (const id of ['jellyfin', 'backup'])
      expect((await agent.getJson(`${url}/api/oidc/clients/${id}`)).status).toBe(404)
    expect(await place.run('config', 'plan')).toMatchObject({ exit: 0, stdout: expect.stringMatching(/^No changes/) })
  })

  test('rejects references to the earlier name of an object that the file renames', async () => {
    await using place = await site(home)
    await using running = await startApp(place.env)
    const renamed = home
      .replace('revision: 1', 'revision: 2')
      .replace('name: family', 'name: kin\n    previously: family')
    await place.file.write(renamed)
    const planned = await place.run('config', 'plan')
    expect([planned.exit, planned.stderr.match(/: \S+ refers to "family", which is not in groups/g)]).toEqual([
      1,
      ['settings.signupDefaultUserGroupIDs[0]', 'users[0].groups[0]', 'clients[0].allowedGroups[0]'].map(
        (field) => `: ${field} refers to "family", which is not in groups`,
      ),
    ])
    await place.file.write(renamed.replaceAll('[family]', '[kin]'))
    expect(await place.run('config', 'apply')).toMatchObject({ exit: 0, stderr: '' })
    expect(await running.app.directory.groups.findByName('kin')).toBeDefined()
  })

  test('rejects changes of declared fields, over REST and on pages, and allows all others', async () => {
    await using place = await site(home)
    await using instance = await startInstance(place.env)
    const { administrator: agent, url, app } = instance
    const send = async (method: 'PUT' | 'DELETE' | 'POST' | 'PATCH', path: string, body?: unknown) => {
      const response = await agent.sendJson(method, url + path, { body })
      return [response.status, response.text === '' ? undefined : Object(response.json()).code]
    }
    const managed = [409, 'managed']
    const [group] = (await app.directory.groups.first(1)).items
    const user = await app.directory.findByName('grace')
    const client = { name: 'Jellyfin', callbackURLs: ['https://tv.example.com/sso/OID/redirect/pocket'] }
    const restricted = { ...client, isGroupRestricted: true, pkceEnabled: false }
    expect(await send('PUT', `/api/user-groups/${group?.id}`, { name: 'family', friendlyName: 'Other' })).toEqual(
      managed,
    )
    expect(await send('DELETE', `/api/user-groups/${group?.id}`)).toEqual(managed)
    expect(await send('DELETE', `/api/users/${user?.id}`)).toEqual(managed)
    expect(await send('PUT', `/api/user-groups/${group?.id}/users`, { userIds: [] })).toEqual(managed)
    expect(await send('DELETE', '/api/oidc/clients/jellyfin')).toEqual(managed)
    expect(await send('PUT', '/api/oidc/clients/jellyfin', { ...restricted, name: 'Other' })).toEqual(managed)
    expect(await send('POST', '/api/oidc/clients/jellyfin/secrets')).toEqual(managed)
    expect(await send('PUT', '/api/oidc/clients/jellyfin/allowed-user-groups', { userGroupIds: [] })).toEqual(managed)
    const grace = { username: 'grace', email: 'grace@example.com', firstName: 'Grace', displayName: 'Grace' }
    expect(await send('PUT', `/api/users/${user?.id}`, { ...grace, email: 'other@example.com' })).toEqual(managed)

    // Fields that the file does not declare.
    expect(await send('PUT', '/api/oidc/clients/jellyfin', { ...restricted, description: 'Films' })).toEqual([
      200,
      undefined,
    ])
    expect(await send('PUT', `/api/users/${user?.id}`, { ...grace, lastName: 'Hopper' })).toEqual([200, undefined])
    expect(await place.run('config', 'plan')).toMatchObject({ exit: 0 })

    const page = `${url}/settings/admin/oidc-clients/jellyfin`
    const isMarked = async (path: string) =>
      (await agent.get(`${url}/settings/admin/${path}`)).text.includes('Managed by pocket.yaml')
    for (const path of [
      'oidc-clients/jellyfin',
      `user-groups/${group?.id}`,
      `users/${user?.id}`,
      'application-configuration',
    ])
      expect([path, await isMarked(path)]).toEqual([path, true])
    const [ada] = Object(await (await agent.getJson(`${url}/api/users?search=ada`)).json()).data
    expect(await isMarked(`users/${ada.id}`)).toBe(false)
    const deleted = await agent.postForm(`${page}/remove`, {})
    expect([deleted.status, deleted.text.includes('configuration file')]).toEqual([409, true])
  })

  test('names the declared field of each rejected change as the file does', async () => {
    await using place = await site(home.replace('firstName: Grace', 'customClaims: [{ key: desk, value: a }]'))
    await using instance = await startInstance(place.env)
    const { administrator: agent, url, app } = instance
    const get = async (path: string) => (await agent.getJson(url + path)).json()
    const [group] = (await app.directory.groups.first(1)).items
    const user = await app.directory.findByName('grace')
    const [api] = Object(await get('/api/apis')).data
    const scim = Object(await get('/api/oidc/clients/backup/scim-service-provider'))
    const [jellyfin, backup] = [await get('/api/oidc/clients/jellyfin'), await get('/api/oidc/clients/backup')].map(
      Object,
    )
    const variables: readonly { readonly key: string; readonly value: string }[] = Object(
      await get('/api/application-configuration/all'),
    )
    const settings = Object.fromEntries(variables.map(({ key, value }) => [key, value]))
    const claims = [{ key: 'other', value: 'x' }]
    const clientsPath = '/api/oidc/clients'
    const attempts: readonly (readonly ['PUT' | 'DELETE', string, unknown, string])[] = [
      ['PUT', '/api/application-configuration', { ...settings, appName: 'Other' }, 'appName'],
      ['PUT', `/api/users/${user?.id}`, { ...user, username: 'hopper' }, 'username'],
      ['PUT', `/api/custom-claims/user/${user?.id}`, claims, 'customClaims'],
      ['PUT', `/api/custom-claims/user-group/${group?.id}`, claims, 'customClaims'],
      ['PUT', `/api/user-groups/${group?.id}/allowed-oidc-clients`, { oidcClientIds: [] }, 'allowedGroups'],
      ['PUT', `${clientsPath}/jellyfin`, { ...jellyfin, callbackURLs: ['https://other.example.com'] }, 'callbackURLs'],
      ['PUT', `${clientsPath}/jellyfin`, { ...jellyfin, protocol: { idTokenSignedResponseAlg: 'RS256' } }, 'protocol'],
      ['PUT', `${clientsPath}/backup`, { ...backup, credentials: { federatedIdentities: [] } }, 'federatedIdentities'],
      [
        'PUT',
        `/api/scim/service-provider/${scim.id}`,
        { endpoint: scim.endpoint, token: 'x', oidcClientId: 'backup' },
        'scim',
      ],
      ['DELETE', `/api/scim/service-provider/${scim.id}`, undefined, 'scim'],
      ['PUT', `/api/apis/${api.id}`, { ...api, name: 'Other' }, 'name'],
      ['PUT', `/api/apis/${api.id}/permissions`, { permissions: [] }, 'permissions'],
      ['PUT', `/api/apis/${api.id}/clients/backup`, { clientAccess: false }, 'access'],
      ['DELETE', `/api/apis/${api.id}/clients/backup`, undefined, 'access'],
    ]
    for (const [method, path, body, declared] of attempts) {
      const response = await agent.sendJson(method, url + path, { body })
      expect([path, response.status, response.json()]).toEqual([
        path,
        409,
        expect.objectContaining({ code: 'managed', details: { file: 'pocket.yaml', declared } }),
      ])
    }
    expect(await place.run('clients', 'new-secret', 'jellyfin')).toEqual({
      exit: 1,
      stdout: '',
      stderr: 'Managed by pocket.yaml; change it there: secrets.\n',
    })
    expect(await place.run('config', 'plan')).toMatchObject({ exit: 0 })
    const page = await agent.get(`${url}/settings/admin/oidc-clients/jellyfin`)
    expect(page.text).toMatch(/Managed by pocket\.yaml[^\n]*callbackURLs/)
  })

  test('users change their own fields that the file does not declare, and no others', async () => {
    await using place = await site(home)
    await using instance = await startInstance(place.env)
    const { administrator, url, app } = instance
    const user = await app.directory.findByName('grace')
    const issued = await administrator.sendJson('POST', `${url}/api/users/${user?.id}/one-time-access-token`, {
      body: {},
    })
    const agent = new UserAgent()
    await agent.postJson(`${url}/api/one-time-access-token/${Object(issued.json()).token}`, {})
    await registerPasskey(agent, url)
    const change = async (fields: object) => {
      const grace = {
        username: 'grace',
        email: 'grace@example.com',
        firstName: 'Grace',
        lastName: '',
        displayName: 'Grace',
      }
      return (await agent.sendJson('PUT', `${url}/api/users/me`, { body: { ...grace, ...fields } })).status
    }
    expect(await change({ lastName: 'Hopper', displayName: 'Admiral' })).toBe(200)
    expect(await app.directory.findByName('grace')).toMatchObject({ lastName: 'Hopper', displayName: 'Admiral' })
    expect(await change({ firstName: 'Other' })).toBe(409)
    expect((await agent.get(`${url}/settings/account`)).text).toMatch(/Managed by pocket\.yaml[^\n]*firstName/)
    expect((await administrator.get(`${url}/settings/account`)).text).not.toContain('Managed by')
  })

  test('reports a change made elsewhere as a difference, which an apply reverts', async () => {
    await using place = await site(home)
    await using instance = await startInstance(place.env)
    const { groups } = instance.app.directory
    const [group] = (await groups.first(1)).items
    await groups.update(group?.id ?? '', { name: 'family', friendlyName: 'Strangers' })
    const plan = await place.run('config', 'plan')
    expect(plan.stdout.split('\n')).toEqual([
      '~ groups "family"',
      '    friendlyName: "Strangers" -> "Family"',
      'Plan: 0 to create, 1 to change, 0 to delete.',
      '',
    ])
    expect(plan.exit).toBe(2)
    expect(await groups.findByName('family')).toMatchObject({ friendlyName: 'Strangers' })
    expect(await place.run('config', 'apply')).toMatchObject({ exit: 0, stderr: '' })
    expect(await groups.findByName('family')).toMatchObject({ friendlyName: 'Family' })
  })

  test('the order of access rules is a difference', async () => {
    const rule = (path: string, groups: string) =>
      `{ host: null, path: ${path}, methods: [], allow: users, groups: [${groups}], maxPasskeyAgeMinutes: null }`
    const rules = [rule('/admin/*', 'admins'), rule('/*', '')]
    const yaml = (accessRules: readonly string[]) => `
clients:
  - id: wiki
    name: Wiki
    callbackURLs: []
    protocol: { protectedHosts: [wiki.example.com], accessRules: [${accessRules.join(', ')}] }
`
    await using place = await site(yaml(rules))
    await using running = await startApp(place.env)
    const paths = async () =>
      (await running.app.pocket.clients.find('wiki'))?.protocol.accessRules.map(({ path }) => path)
    expect(await place.run('config', 'plan')).toMatchObject({ exit: 0, stderr: '' })
    const other = join(place.file.folder, 'other.yaml')
    await writeFile(other, yaml(rules.toReversed()))
    expect(await place.run('config', 'plan', other)).toMatchObject({ exit: 2 })
    expect(await place.run('config', 'apply', other)).toMatchObject({ exit: 0, stderr: replacesFile })
    expect(await paths()).toEqual(['/*', '/admin/*'])
  })

  test('service tokens of a client with declared secrets stay, and can be created and removed', async () => {
    await using place = await site(home)
    await using instance = await startInstance(place.env)
    const { administrator: agent, url, app } = instance
    const secretsUrl = `${url}/api/oidc/clients/jellyfin/secrets`
    const create = async (name: string) => {
      const body = { serviceToken: { name, paths: ['/api/*'], methods: ['GET'] } }
      const response = await agent.sendJson('POST', secretsUrl, { body })
      return [response.status, Object(response.json()).id]
    }
    const [created, id] = await create('Backup')
    expect([created, (await create('Other'))[0]]).toEqual([201, 201])
    expect((await agent.sendJson('DELETE', `${secretsUrl}/${id}`)).status).toBe(204)
    expect(await place.run('config', 'plan')).toMatchObject({ exit: 0, stderr: '' })

    const other = join(place.file.folder, 'other.yaml')
    await writeFile(
      other,
      home.replace('revision: 1', 'revision: 2').replace("}']", "}', another secret of this client]"),
    )
    expect(await place.run('config', 'apply', other)).toMatchObject({ exit: 0, stderr: replacesFile })
    const secrets = (await app.pocket.clients.find('jellyfin'))?.secrets ?? []
    expect(secrets.map(({ serviceToken }) => serviceToken?.name ?? null)).toEqual([null, 'Other', null])
  })

  test('every error is reported with its position, and nothing is applied', async () => {
    await using place = await site(`
groups:
  - name: family
    colour: red
  - name: Family
users:
  - username: grace
    groups: [family, strangers]
clients:
  - id: tv
    name: TV
    callbackURLs: [https://tv.example.com/a#b]
    secrets: ['\${UNSET}', short]
  - id: tv
`)
    await using running = await startApp(place.env)
    const ready = await fetch(`${running.url}/readyz`)
    expect([ready.status, await ready.json()]).toEqual([
      200,
      expect.objectContaining({ status: 'degraded', checks: expect.objectContaining({ configuration: 'degraded' }) }),
    ])
    const lines = (text: string) =>
      text
        .trim()
        .split('\n')
        .map((line) => line.replace(/^.*pocket\.yaml:/, ''))
    const withoutDatabase = [
      '4:5: groups[0].colour is not known',
      '5:5: groups[1].name occurs more than once',
      '13:15: clients[0].secrets[0] names the variable UNSET, which is not set',
      '14:5: clients[1].name is required',
      '14:5: clients[1].id occurs more than once',
    ]
    const checked = await place.run('check-config')
    expect([checked.exit, lines(checked.stderr)]).toEqual([2, withoutDatabase])
    const planned = await place.run('config', 'plan')
    expect([planned.exit, lines(planned.stderr)]).toEqual([
      1,
      withoutDatabase.toSpliced(2, 0, '8:22: users[0].groups[1] refers to "strangers", which is not in groups'),
    ])
    // Problems of the schema, of references and of the rules of the REST API; items that refer to one with a problem are not tried.
    await place.file.write(`
groups:
  - { name: family, friendlyName: Family }
  - { name: crew, colour: red }
  - { name: guests }
users:
  - { username: grace, email: nobody@nowhere, locale: '-' }
  - { username: tim, groups: [crew], locale: '-' }
  - { username: zoe, groups: [strangers], locale: '-' }
clients:
  - id: tv
    name: TV
    callbackURLs: ['https://tv.example.com/a#b']
    secrets: [short]
  - id: wiki
    name: Wiki
    callbackURLs: [https://wiki.example.com/cb]
    scim: { endpoint: none }
apis:
  - { resource: https://files.example.com, name: Files, access: [{ client: wiki, clientAccess: true }] }
  - { resource: none, name: Films }
`)
    const refused = await place.run('config', 'apply')
    expect([refused.exit, lines(refused.stderr)]).toEqual([
      1,
      [
        '4:19: groups[1].colour is not known',
        expect.stringMatching(/^7:47: users\[0\]\.locale /),
        '9:31: users[2].groups[0] refers to "strangers", which is not in groups',
        expect.stringMatching(/^13:20: clients\[0\]\.callbackURLs\[0\] /),
        expect.stringMatching(/^18:13: clients\[1\]\.scim\.endpoint /),
        expect.stringMatching(/^21:7: apis\[1\]\.resource /),
      ],
    ])
    expect(await running.app.directory.groups.findByName('family')).toBeUndefined()
    await place.file.write('groups: [{ name: family, friendlyName: Family }]')
    await eventually(async () => {
      expect(await running.app.directory.groups.findByName('family')).toMatchObject({ name: 'family' })
      expect(await (await fetch(`${running.url}/readyz`)).json()).toMatchObject({ status: 'ok' })
    })
  })

  test('apply asks before it removes a secret, a SCIM target or a permission', async () => {
    await using place = await site(home)
    await using running = await startApp(place.env)
    const other = join(place.file.folder, 'other.yaml')
    const newSecret = `${secret}, but another one`
    const changes: readonly (readonly [string, string, string])[] = [
      [`['\${JELLYFIN_SECRET}']`, `['${newSecret}']`, 'secrets: "(secret)" -> "(secret)" # cannot be undone'],
      ['token: file:token', 'token: other', 'scim: .* # cannot be undone'],
      [
        'scim: { endpoint: https://backup.example.com/scim, token: file:token }',
        'scim: null',
        'scim: .* # cannot be undone',
      ],
      [
        'permissions: [{ key: files.read, description: Read files }]\n    access: [{ client: backup, clientPermissions: [files.read] }]',
        'permissions: [{ key: files.write }]',
        'permissions: .* # cannot be undone',
      ],
    ]
    for (const [before, after, line] of changes) {
      const text = home.replace('revision: 1', 'revision: 2').replace(before, after)
      expect(text).toContain(after)
      await writeFile(other, text)
      expect(await place.run('config', 'apply', other)).toMatchObject({
        exit: 2,
        stdout: expect.stringMatching(new RegExp(line.replaceAll(/[()]/g, '\\$&'))),
        stderr: expect.stringContaining('--yes'),
      })
      expect(JSON.parse((await place.run('config', 'plan', other, '--json')).stdout)).toEqual([
        expect.objectContaining({ fields: [expect.objectContaining({ isIrreversible: true })] }),
      ])
    }
    expect(await place.run('config', 'plan')).toMatchObject({ exit: 0 })
    const result = await place.run('config', 'apply', other, '--yes', '--json')
    expect([result.exit, result.stderr, JSON.parse(result.stdout)]).toEqual([
      0,
      replacesFile,
      [expect.objectContaining({ kind: 'apis', action: 'update' })],
    ])
    const api = await running.app.pocket.apis.findByResource('https://files.example.com')
    expect(api?.permissions.map(({ key }) => key)).toEqual(['files.write'])
  })

  test('names permissions that the API does not have, and stops after many problems', async () => {
    await using place = await site('')
    await using _running = await startApp(place.env)
    const other = join(place.file.folder, 'other.yaml')
    await writeFile(
      other,
      home.replace(
        'clientPermissions: [files.read]',
        'clientPermissions: [files.read, x], userDelegatedPermissions: [y]',
      ),
    )
    expect(await place.run('config', 'apply', other)).toMatchObject({
      exit: 1,
      stderr: expect.stringMatching(
        /:32:\d+: apis\[0\]\.access\[0\]\.clientPermissions\[1\] refers to "x", which is not in permissions\n.*:32:\d+: apis\[0\]\.access\[0\]\.userDelegatedPermissions\[0\] refers to "y", which is not in permissions\n$/,
      ),
    })
    const users = Array.from(
      { length: 1000 },
      (_, index) => `  - { username: user-${index}, groups: [group-${index}] }`,
    )
    await writeFile(other, `users:\n${users.join('\n')}`)
    const { exit, stderr } = await place.run('config', 'apply', other)
    expect([exit, stderr.trim().split('\n').length]).toEqual([1, 201])
    expect(stderr).toMatch(/\nand at least 1 more\n$/)
  })

  test('a server applies nothing of a file whose last item is rejected', async () => {
    await using place = await site('groups: [{ name: family }]\napis: [{ resource: none, name: Films }]')
    await using running = await startApp(place.env)
    expect(await (await fetch(`${running.url}/readyz`)).json()).toMatchObject({ status: 'degraded' })
    expect(await running.app.directory.groups.findByName('family')).toBeUndefined()
  })

  test('a file that is swapped by a symbolic link is applied, with renames and removals', async () => {
    await using place = await site('')
    const versions = [
      'groups: [{ name: one }, { name: two }]',
      'groups: [{ name: three, previously: one }]\nprune: true',
    ]
    for (const [index, text] of versions.entries()) {
      await mkdir(join(place.file.folder, `v${index}`))
      await writeFile(join(place.file.folder, `v${index}`, 'pocket.yaml'), text)
    }
    const link = join(place.file.folder, 'data')
    await symlink('v0', link)
    await using running = await startApp({ ...place.env, POCKET_CONFIG_FILE: join(link, 'pocket.yaml') })
    const { groups } = running.app.directory
    const one = await groups.findByName('one')
    await symlink('v1', `${link}.new`)
    await rename(`${link}.new`, link)
    await eventually(async () => expect(await groups.findByName('three')).toMatchObject({ id: one?.id }))
    expect([await groups.findByName('two'), await groups.findByName('one')]).toEqual([undefined, undefined])
  })

  test('more than a fifth of a kind is deleted only with the revision, and never the last administrator', async () => {
    const list = (count: number) => Array.from({ length: count }, (_, index) => `  - name: group-${index}`).join('\n')
    await using place = await site(
      `revision: 1\ngroups:\n${list(5)}\nusers: [{ username: grace, email: grace@example.com, isAdmin: true }]`,
    )
    // Not the server's own file, which it would apply within seconds.
    const other = join(place.file.folder, 'other.yaml')
    const write = (head: string, groups: string) =>
      writeFile(
        other,
        `${head}\ngroups:\n${groups}\nusers: [{ username: grace, email: grace@example.com, isAdmin: true }]`,
      )
    await using running = await startApp(place.env)
    const { groups } = running.app.directory
    await write('revision: 2\nprune: true', list(1))
    expect(await place.run('config', 'apply', other, '--yes')).toMatchObject({
      exit: 1,
      stderr: expect.stringMatching(/other.yaml:2:1: prune would delete 4 of 5 groups; .* \{ revision: 2 \}/),
    })
    await write('revision: 2\nprune: { revision: 1 }', list(1))
    expect(await place.run('config', 'apply', other, '--yes')).toMatchObject({ exit: 1 })
    await write('revision: 2\nprune: { revision: 2 }', list(1))
    expect(await place.run('config', 'apply', other)).toMatchObject({ exit: 2 })
    expect((await groups.first(10)).total).toBe(5)
    const applied = await place.run('config', 'apply', other, '--yes')
    expect([applied.exit, applied.stderr, applied.stdout]).toEqual([
      0,
      replacesFile,
      expect.stringContaining('4 to delete'),
    ])
    expect((await groups.first(10)).total).toBe(1)
    await writeFile(other, 'revision: 3\nprune: true\ngroups: [{ name: group-0 }]')
    expect(await place.run('config', 'apply', other, '--yes')).toMatchObject({
      exit: 1,
      stderr: expect.stringMatching(/other.yaml:2:1: prune .*administrator/),
    })
    expect(await running.app.directory.findByName('grace')).toMatchObject({ administrator: true })
  })

  test('up to a fifth of a kind is deleted without the revision, also if it is more than three objects', async () => {
    const list = (count: number) => Array.from({ length: count }, (_, index) => `  - name: group-${index}`).join('\n')
    await using place = await site(`groups:\n${list(20)}`)
    await using running = await startApp(place.env)
    const other = join(place.file.folder, 'other.yaml')
    await writeFile(other, `prune: true\ngroups:\n${list(16)}`)
    expect(await place.run('config', 'apply', other, '--yes')).toMatchObject({ exit: 0, stderr: replacesFile })
    expect((await running.app.directory.groups.first(1)).total).toBe(16)
  })

  test('a lower revision yields, and the same revision with other content changes nothing', async () => {
    await using place = await site('revision: 2\ngroups: [{ name: new }]')
    await using running = await startApp(place.env)
    const { groups } = running.app.directory
    const other = join(place.file.folder, 'other.yaml')
    const lower = async (text: string) => {
      await writeFile(other, text)
      return place.run('config', 'apply', other)
    }
    expect(await lower('revision: 1\ngroups: [{ name: old }]')).toMatchObject({
      exit: 1,
      stderr: expect.stringContaining('higher revision'),
    })
    expect(await lower('groups: [{ name: old }]')).toMatchObject({ exit: 1 })
    expect(await lower('revision: 2\ngroups: [{ name: old }]')).toMatchObject({
      exit: 1,
      stderr: expect.stringContaining('Increase the revision'),
    })
    expect(await groups.findByName('old')).toBeUndefined()
    await using behind = await startInstance({ ...place.env, POCKET_CONFIG_FILE: other })
    const overview = async () => (await behind.administrator.get(`${behind.url}/settings/admin`)).text
    expect(await overview()).toContain('have the same revision')
    await writeFile(other, 'groups: [{ name: old, colour: red }]')
    await eventually(async () =>
      expect(await overview()).toContain('The configuration file has an error: 1:23 groups[0].colour is not known'),
    )
    expect(await lower('revision: 3\ngroups: [{ name: old }]')).toMatchObject({ exit: 0 })
    expect(await groups.findByName('old')).toMatchObject({ name: 'old' })
  })

  test('of two files without a revision, the one that was applied first is reported', async () => {
    await using place = await site('enforce: true\ngroups: [{ name: one }]')
    await using _running = await startApp(place.env)
    const other = join(place.file.folder, 'other.yaml')
    await writeFile(other, 'groups: [{ name: two }]')
    const isReported = async () =>
      (await place.run('doctor')).stdout.includes('warning  configuration  Another configuration file was applied')
    expect(await isReported()).toBe(false)
    const planned = await place.run('config', 'plan', other)
    expect([planned.exit, planned.stderr.startsWith(replacesFile)]).toEqual([2, true])
    expect(await place.run('config', 'apply', other)).toMatchObject({ exit: 0, stderr: replacesFile })
    expect(await isReported()).toBe(true)
    expect((await place.run('config', 'apply', other)).stderr).toBe('')
  })

  test.each([
    ['with', 'revision: 1\n'],
    ['without', ''],
  ])('two servers with other values for the same file %s a revision do not revert each other', async (_, revision) => {
    await using place = await site(
      `${revision}enforce: true\nclients: [{ id: tv, name: TV, callbackURLs: [], secrets: ['\${JELLYFIN_SECRET}'] }]`,
    )
    const other = place.machine.with({
      POCKET_CONFIG_FILE: place.file.path,
      JELLYFIN_SECRET: `${secret}, but another one`,
    })
    {
      await using _running = await startApp(place.env)
      const result = await other.run(['config', 'apply', '--yes'])
      expect([result.exit, result.stderr]).toEqual(
        revision ? [1, expect.stringContaining('Increase the revision')] : [0, ''],
      )
    }
    const findingOf = async ({ run }: Pick<typeof other, 'run'>) =>
      /configuration +(.*?)\./.exec((await run(['doctor'])).stdout.toString())?.[1]
    const first = place.machine.with(place.env)
    expect([await findingOf(first), await findingOf(other)]).toEqual(
      revision
        ? [undefined, 'Two configuration files have the same revision']
        : ['Another configuration file was applied after that of this server', undefined],
    )

    // The stored digest is readable with the next encryption key only.
    await writeFile(first.path('key'), 'another key for tests that is long enough')
    expect((await first.run(['encryption-key-rotate', '--new-key-file', first.path('key'), '--yes'])).exit).toBe(0)
    const rotated = (revision ? first : other).with({ ENCRYPTION_KEY: 'another key for tests that is long enough' })
    expect((await rotated.run(['config', 'plan'])).exit).toBe(0)
    expect(await findingOf(rotated)).toBeUndefined()
  })

  test('an export refers to no variables and files that are named in stored texts', async () => {
    await using place = await site('')
    await using instance = await startInstance(place.env)
    const texts = [`\${ENCRYPTION_KEY}`, `$\${HOME}`, 'file:/etc/hostname', '$file:x', 'costs $5 {a}', `$$file:\${A}`]
    for (const [index, displayName] of texts.entries())
      await instance.app.directory.create(
        newUser({ username: `user${index}`, email: `u${index}@example.com`, displayName }),
      )
    const { stdout } = await place.run('config', 'export')
    const exported = join(place.file.folder, 'exported.yaml')
    await writeFile(exported, stdout)
    expect(await place.run('config', 'plan', exported)).toMatchObject({
      exit: 0,
      stdout: expect.stringMatching(/^No changes/),
      stderr: replacesFile,
    })
  })

  test('an export applies without a change, and contains no secrets', async () => {
    await using place = await site(home)
    await using instance = await startInstance(place.env)
    const { exit, stdout } = await place.run('config', 'export')
    expect([exit, stdout.includes(secret), stdout.includes('token-of-the-target')]).toEqual([0, false, false])
    expect(stdout).toContain('friendlyName: Family\n    requiresTwoPasskeys: true')
    const exported = join(place.file.folder, 'exported.yaml')
    await writeFile(exported, `revision: 2\n${stdout}`)
    const plan = await place.run('config', 'plan', exported)
    expect([plan.exit, plan.stderr, plan.stdout]).toEqual([0, replacesFile, expect.stringMatching(/^No changes/)])
    expect(applied(instance)).toHaveLength(1)
  })
})

test('a file that an earlier commit applied is applied again', async () => {
  await using file = await createFileSite('revision: 1\ngroups: [{ name: one }]')
  await using machine = await createMachine('SQLite')
  const { run, config } = machine.with({ POCKET_CONFIG_FILE: file.path })
  expect((await run(['config', 'apply'])).exit).toBe(0)
  await using database = await openDatabase(config, recordingLogger().logger)
  const value = JSON.stringify({ name: 'pocket.yaml', revision: 1, digest: 'of the text' })
  await database.settings.put({ key: 'configurationFile', value })
  expect(await run(['config', 'apply'])).toMatchObject({ exit: 0, stderr: '' })
  expect(await database.managed.appliedFile()).toMatchObject({ revision: 1 })

  await database.settings.put({ key: 'configurationFile', value })
  await using _withoutFile = await startApp(machine.env)
  expect(await database.managed.list()).toEqual([])
})

test('a server without a file marks and rejects what a command applied', async () => {
  await using file = await createFileSite('clients: [{ id: wiki, name: Wiki, callbackURLs: [] }]')
  await using machine = await createMachine('SQLite')
  await using instance = await startInstance(machine.env)
  const { administrator: agent, url } = instance
  expect(await machine.run(['config', 'apply', file.path])).toMatchObject({ exit: 0, stderr: '' })
  const page = `${url}/settings/admin/oidc-clients/wiki`
  await eventually(async () => expect((await agent.get(page)).text).toContain('Managed by pocket.yaml'))
  expect((await agent.sendJson('DELETE', `${url}/api/oidc/clients/wiki`)).status).toBe(409)
})

test('of two servers that start concurrently, one applies the file', async () => {
  await using file = await createFileSite('groups: [{ name: one }, { name: two }]')
  await using machine = await createMachine('PostgreSQL')
  await using first = await startApp(machine.env)
  const { env } = machine.with({ APP_URL: first.url, POCKET_CONFIG_FILE: file.path })
  const started = await Promise.all([startApp(env), startApp(env), startApp(env)])
  await using stack = new AsyncDisposableStack()
  for (const running of started) stack.use(running)
  const counts = started.flatMap(applied).map((line) => JSON.parse(line).changes)
  expect(counts.sort()).toEqual([0, 0, 2])
  expect((await first.app.directory.groups.first(10)).total).toBe(2)
})

test('a plan and an apply are repeated while another process keeps the database busy', async () => {
  await using file = await createFileSite('clients: [{ id: wiki, name: Wiki, callbackURLs: [] }]')
  await using machine = await createMachine('PostgreSQL')
  await (await startApp(machine.env))[Symbol.asyncDispose]()
  const { DB_CONNECTION_STRING: url } = machine.env
  const configured = machine.with({
    DB_CONNECTION_STRING: `${url}?statement_timeout=1000`,
    POCKET_CONFIG_FILE: file.path,
  })
  const other = new pg.Client({ connectionString: url })
  await other.connect()
  await using stack = new AsyncDisposableStack()
  stack.defer(() => other.end())
  const isWaited = async () => {
    const { rows } = await other.query(
      'SELECT 1 FROM pg_locks JOIN pg_database ON oid = database WHERE NOT granted AND datname = current_database()',
    )
    return rows.length > 0
  }
  for (const [command, exit] of [
    ['plan', 2],
    ['apply', 0],
  ] as const) {
    await other.query('BEGIN')
    await other.query('LOCK TABLE pocket_client IN EXCLUSIVE MODE')
    const running = configured.run(['config', command])
    // The first attempt waits until its statement has taken too long.
    await eventually(async () => expect(await isWaited()).toBe(true))
    await eventually(async () => expect(await isWaited()).toBe(false))
    await other.query('ROLLBACK')
    expect(await running).toMatchObject({
      exit,
      stdout: expect.any(Buffer),
      stderr: expect.not.stringContaining('pocket.yaml'),
    })
  }
  expect((await configured.run(['config', 'plan'])).exit).toBe(0)
})
