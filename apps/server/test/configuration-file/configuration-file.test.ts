import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, test } from '@jest/globals'
import { UserAgent } from '@pocket/core/testing'
import { databaseKinds, eventually } from '@pocket/test-support'
import { registerPasskey, startInstance } from '../api/instance.ts'
import { startApp } from '../http/app.ts'
import { createConfiguredMachine, findAppliedLines, home, replacesFile, secret } from './configured-machine.ts'

describe.each(databaseKinds)('a configuration file on %s', (kind) => {
  const createMachine = (yaml: string) => createConfiguredMachine(kind, yaml)

  test('creates everything at start, and applying it again changes nothing', async () => {
    await using place = await createMachine(home)
    await using instance = await startInstance(place.env)
    const { administrator: agent, url } = instance
    const get = async (path: string) => (await agent.getJson(url + path)).json()
    expect(findAppliedLines(instance)).toEqual([expect.stringContaining('"changes":6')])
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
    const listFileChanges = async () => {
      const entries: readonly Record<string, unknown>[] = Object(
        await get('/api/audit-logs/all?pagination[limit]=100'),
      ).data
      return entries.filter(({ username }) => username === 'configuration file').map(({ event }) => event)
    }
    const changes = await listFileChanges()
    expect(changes).toContain('CLIENT_CREATED')

    expect(await place.run('config', 'plan')).toMatchObject({ exit: 0, stdout: expect.stringMatching(/^No changes/) })
    expect(await place.run('config', 'apply')).toMatchObject({ exit: 0, stdout: expect.stringMatching(/^No changes/) })
    await using again = await startApp(place.env)
    expect(findAppliedLines(again)).toEqual([expect.stringContaining('"changes":0')])
    expect(await listFileChanges()).toEqual(changes)
  })

  test('renames clients and APIs, and keeps the references to them', async () => {
    await using place = await createMachine(home)
    await using instance = await startInstance(place.env)
    const { administrator: agent, url } = instance
    const get = async (path: string) => (await agent.getJson(url + path)).json()
    const [api] = Object(await get('/api/apis')).data
    const fetchTokenError = async (clientId: string) => {
      const authorization = `Basic ${Buffer.from(`${clientId}:${secret.replaceAll(' ', '+')}`).toString('base64')}`
      const body = new URLSearchParams({
        grant_type: 'authorization_code',
        code: 'none',
        redirect_uri: 'https://tv.example.com',
      })
      const response = await fetch(`${url}/api/oidc/token`, { method: 'POST', headers: { authorization }, body })
      return Object(await response.json()).error
    }
    expect([await fetchTokenError('jellyfin'), await fetchTokenError('films')]).toEqual([
      'invalid_grant',
      'invalid_client',
    ])
    await place.file.write(
      home
        .replace('revision: 1', 'revision: 2')
        .replace('id: jellyfin', 'id: films\n    previously: jellyfin')
        .replace('id: backup', 'id: vault\n    previously: backup')
        .replace('client: backup', 'client: vault')
        .replace('resource: https://files', 'previously: https://files.example.com\n    resource: https://store'),
    )
    await eventually(async () => expect(findAppliedLines(instance)).toHaveLength(2))
    expect(findAppliedLines(instance)[1]).toContain('"changes":3')
    expect([await fetchTokenError('jellyfin'), await fetchTokenError('films')]).toEqual([
      'invalid_client',
      'invalid_grant',
    ])
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
    await using place = await createMachine(home)
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
    await using place = await createMachine(home)
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
    await using place = await createMachine(home.replace('firstName: Grace', 'customClaims: [{ key: desk, value: a }]'))
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
    await using place = await createMachine(home)
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
    await using place = await createMachine(home)
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
    const ruleYaml = (path: string, groups: string) =>
      `{ host: null, path: ${path}, methods: [], allow: users, groups: [${groups}], maxPasskeyAgeMinutes: null }`
    const rules = [ruleYaml('/admin/*', 'admins'), ruleYaml('/*', '')]
    const clientsYaml = (accessRules: readonly string[]) => `
clients:
  - id: wiki
    name: Wiki
    callbackURLs: []
    protocol: { protectedHosts: [wiki.example.com], accessRules: [${accessRules.join(', ')}] }
`
    await using place = await createMachine(clientsYaml(rules))
    await using running = await startApp(place.env)
    const paths = async () =>
      (await running.app.pocket.clients.find('wiki'))?.protocol.accessRules.map(({ path }) => path)
    expect(await place.run('config', 'plan')).toMatchObject({ exit: 0, stderr: '' })
    const other = join(place.file.folder, 'other.yaml')
    await writeFile(other, clientsYaml(rules.toReversed()))
    expect(await place.run('config', 'plan', other)).toMatchObject({ exit: 2 })
    expect(await place.run('config', 'apply', other)).toMatchObject({ exit: 0, stderr: replacesFile })
    expect(await paths()).toEqual(['/*', '/admin/*'])
  })

  test('service tokens of a client with declared secrets stay, and can be created and removed', async () => {
    await using place = await createMachine(home)
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
})
