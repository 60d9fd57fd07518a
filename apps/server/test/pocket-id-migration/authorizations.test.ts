import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { longTestTimeout } from '@pocket/test-support'
import Database from 'better-sqlite3'
import { createSource, facts } from './fixture.ts'
import { createTarget, passkeysOf, signIn } from './migrated-server.ts'

const { tokens } = facts
const secret = facts.clients.find(({ id }) => id === 'wiki')?.secrets[0]?.value ?? ''
const credentials = { client_id: 'wiki', client_secret: secret }
const stack = new AsyncDisposableStack()
let url: string
let folder: string

beforeAll(async () => {
  await using source = await createSource('SQLite')
  const database = new Database(source.source)
  // The access tokens of the fixture have expired.
  database.exec(`UPDATE oauth2_sessions SET expires_at = 2051222400 WHERE kind = 'access_token'`)
  database.close()
  const target = stack.use(await createTarget('SQLite'))
  const { exit, output } = await target.migrate(source.source, '--json')
  expect(exit).toBe(0)
  const { counts } = JSON.parse(output)
  expect(counts).toMatchObject({
    'refresh token': { found: 13, migrated: 13 },
    'access token': { found: 16, migrated: 14 },
  })
  url = target.url
  folder = target.folder
  stack.use(await target.start())
}, longTestTimeout)
afterAll(() => stack.disposeAsync())

async function post(path: string, fields: Readonly<Record<string, string | undefined>>) {
  const body = new URLSearchParams(Object.entries(fields).map(([key, value]) => [key, value ?? '']))
  const response = await fetch(url + path, { method: 'POST', body })
  return { status: response.status, json: (await response.json()) as Readonly<Record<string, unknown>> }
}

function refresh(token: unknown) {
  return post('/api/oidc/token', { ...credentials, grant_type: 'refresh_token', refresh_token: String(token) })
}

function introspect(token: string | undefined) {
  return post('/api/oidc/introspect', { ...credentials, token })
}

async function userInfo(token: string | undefined) {
  const response = await fetch(`${url}/api/oidc/userinfo`, { headers: { authorization: `Bearer ${token}` } })
  return { status: response.status, json: await response.json() }
}

/** The token with another content and the same signature, which is all that the source stores. */
function forged(jwt = ''): string {
  const [header, payload = '', signature] = jwt.split('.')
  const claims = { ...JSON.parse(Buffer.from(payload, 'base64url').toString()), jti: 'another' }
  return [header, Buffer.from(JSON.stringify(claims)).toString('base64url'), signature].join('.')
}

test('accepts a running access token at UserInfo and introspection, and no other with its signature', async () => {
  expect(await userInfo(tokens.accessToken)).toMatchObject({ status: 200, json: { sub: tokens.sub, quota: 99 } })
  expect(await introspect(tokens.accessToken)).toMatchObject({
    status: 200,
    json: { active: true, sub: tokens.sub, client_id: 'wiki', aud: ['wiki', url] },
  })
  expect(await userInfo(forged(tokens.accessToken))).toMatchObject({ status: 401 })
  expect(await introspect(forged(tokens.accessToken))).toMatchObject({ status: 200, json: { active: false } })
})

test('accepts a refresh token, replaces it by its own, and rejects it afterwards', async () => {
  const first = await refresh(tokens.refreshToken)
  expect(first).toMatchObject({ status: 200, json: { scope: tokens.scope, token_type: 'Bearer' } })
  const claims = JSON.parse(Buffer.from(String(first.json.id_token).split('.')[1] ?? '', 'base64url').toString())
  expect(claims).toMatchObject({ sub: tokens.sub, aud: 'wiki', amr: ['phr'], auth_time: 1_795_887_311 })
  expect(first.json.refresh_token).not.toMatch(/^pocket_id_rt_/)
  expect(await refresh(first.json.refresh_token)).toMatchObject({ status: 200 })
  expect(await refresh(tokens.refreshToken)).toMatchObject({ status: 400, json: { error: 'invalid_grant' } })
  // The reuse of a token ends the authorization (RFC 9700, 4.14.2).
  expect(await userInfo(tokens.accessToken)).toMatchObject({ status: 401 })
})

test('ends the authorization when a refresh token that was used before the migration is used again', async () => {
  expect(await refresh(tokens.replayedRefreshToken)).toMatchObject({ status: 400, json: { error: 'invalid_grant' } })
  expect(await refresh(tokens.rotatedRefreshToken)).toMatchObject({ status: 400, json: { error: 'invalid_grant' } })
})

test('ends migrated tokens when the user withdraws the consent', async () => {
  const database = new Database(`${folder}/data/pocket-id.db`, { readonly: true })
  const count = (username: string) =>
    database
      .prepare(`SELECT COUNT(*) FROM pocket_artifact WHERE account_id = (SELECT id FROM pocket_user WHERE user_name = ?)
        AND model IN ('Grant', 'RefreshToken', 'AccessToken') AND client_id = 'wiki'`)
      .pluck()
      .get(username)
  expect(count('marta')).toBeGreaterThan(0)
  const [passkey] = passkeysOf('marta')
  if (!passkey) throw new Error('The fixture has no passkey of marta.')
  const { agent } = await signIn(url, passkey)
  const withdrawn = await agent.sendJson('DELETE', `${url}/api/oidc/users/me/authorized-clients/wiki`)
  expect({ status: withdrawn.status, left: count('marta') }).toEqual({ status: 204, left: 0 })
  database.close()
})
