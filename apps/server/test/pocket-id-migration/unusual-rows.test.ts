import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { databaseKinds } from '@pocket/test-support'
import Database from 'better-sqlite3'
import { createSource } from './fixture.ts'
import { createTarget, passkeysOf, signIn } from './migrated-server.ts'

const orders = 'https://api.example.com/orders'
const parts = 'https://api.example.com/parts'
const ordersId = '3dd79b75-a81c-49d7-b216-231e5ddc0d78'
const longName = 'n'.repeat(120)
const longText = 'd'.repeat(151)

describe.each(databaseKinds)('unusual rows migrated to %s', (kind) => {
  const stack = new AsyncDisposableStack()
  let url: string
  let findings: readonly Readonly<Record<string, string>>[]
  let dryRun: string
  let run: string

  beforeAll(async () => {
    await using source = await createSource('SQLite')
    const database = new Database(source.source)
    const addApi = database.prepare('INSERT INTO apis (id, created_at, name, audience) VALUES (?, 1795887310, ?, ?)')
    addApi.run(randomUUID(), 'Orders with a slash', `${orders}/`)
    const partsId = randomUUID()
    addApi.run(partsId, 'Parts', `${parts}/`)
    database.prepare(`INSERT INTO oidc_clients_allowed_apis VALUES ('wiki', ?, 'user')`).run(partsId)
    addApi.run(randomUUID(), 'No audience', '/')
    const consent = database.prepare(
      `UPDATE user_authorized_oidc_clients SET scope = CAST(? AS BLOB) WHERE client_id = 'wiki'
        AND user_id = (SELECT id FROM users WHERE username = 'jonas')`,
    )
    consent.run(JSON.stringify(['openid', `${parts}/\x1f`, `${orders}/\x1f`]))
    database.exec(`INSERT INTO scim_service_providers (id, created_at, endpoint, token, oidc_client_id)
      SELECT '${randomUUID()}', created_at + 1, 'https://second.example.com/scim', token, oidc_client_id
      FROM scim_service_providers`)
    database.exec(`INSERT INTO oidc_clients_allowed_user_groups (oidc_client_id, user_group_id)
      SELECT 'wiki', id FROM user_groups WHERE name = 'staff'`)
    database.prepare(`UPDATE oidc_clients SET name = ?, description = ? WHERE id = 'spa'`).run(longName, longText)
    database.prepare('UPDATE webauthn_credentials SET name = ?').run(longName)
    database.prepare('UPDATE api_keys SET name = ?').run(longName)
    database.close()
    const target = stack.use(await createTarget(kind))
    dryRun = (await target.migrate(source.source, '--dry-run', '--json')).output
    const { exit, output } = await target.migrate(source.source, '--json')
    expect({ exit, output }).toMatchObject({ exit: 0 })
    run = output
    findings = JSON.parse(output).findings
    url = target.url
    stack.use(await target.start())
  })
  afterAll(() => stack.disposeAsync())

  async function get(path: string) {
    const response = await fetch(url + path, { headers: { 'X-API-Key': 'a static API key for tests' } })
    return response.json()
  }

  test('reports the same in a dry run', () => {
    expect(JSON.parse(dryRun)).toEqual(JSON.parse(run))
  })

  test('leaves out an API whose audience differs in the trailing slash only, or is not a URI', async () => {
    const { data } = (await get('/api/apis')) as { data: { id: string; resource: string }[] }
    expect(data.map(({ resource }) => resource).sort()).toEqual([orders, parts, 'urn:example:invoices'])
    expect(data.find(({ resource }) => resource === orders)?.id).toBe(ordersId)
    expect(
      findings
        .filter(({ subject }) => subject === 'API')
        .map(({ name, outcome }) => `${name} ${outcome}`)
        .sort(),
    ).toEqual(['No audience left out', 'Orders with a slash left out', 'Parts changed'])
  })

  test('keeps a consent to an API that lost its trailing slash, and transfers none to another API', async () => {
    const [passkey] = passkeysOf('jonas')
    if (!passkey) throw new Error('The fixture has no passkey of jonas.')
    const { agent } = await signIn(url, passkey)
    const redirectUri = 'https://wiki.example.com/cb'
    const authorize = async (resource: string) => {
      const parameters = { response_type: 'code', scope: 'openid', prompt: 'none', code_challenge_method: 'S256' }
      const challenge = { code_challenge: 'E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM' }
      const query = { client_id: 'wiki', redirect_uri: redirectUri, resource, ...parameters, ...challenge }
      const done = await agent.follow(await agent.get(`${url}/authorize?${new URLSearchParams(query)}`), {
        until: (location) => location.startsWith(redirectUri),
      })
      const result = new URL(done.location ?? '').searchParams
      return result.has('code') ? 'code' : result.get('error')
    }
    expect(await authorize(`${parts}/`)).toBe('code')
    expect(await authorize(orders)).toBe('consent_required')
  })

  test('migrates every SCIM target of a client', async () => {
    expect(JSON.parse(run).counts['SCIM target']).toEqual({ found: 2, migrated: 2 })
    expect(await get('/api/oidc/clients/wiki/scim-service-provider')).toMatchObject({
      endpoint: 'https://wiki.example.com/scim/v2',
    })
  })

  test('keeps the groups of a client whose restriction is off', async () => {
    expect(await get('/api/oidc/clients/wiki')).toMatchObject({
      isGroupRestricted: false,
      allowedUserGroups: [{ name: 'staff' }],
    })
  })

  test('reports the names and descriptions that it cuts', async () => {
    expect(await get('/api/oidc/clients/spa')).toMatchObject({
      name: longName.slice(0, 50),
      description: longText.slice(0, 150),
    })
    const changed = findings.filter(({ name }) => name === longName)
    expect(changed.map(({ subject, outcome }) => `${subject} ${outcome}`).sort()).toEqual([
      ...Array.from({ length: 3 }, () => 'api key changed'),
      'client changed',
      'client changed',
      ...Array.from({ length: 7 }, () => 'passkey changed'),
    ])
  })
})
