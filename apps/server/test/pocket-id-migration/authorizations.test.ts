import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { databaseKinds } from '@pocket/test-support'
import Database from 'better-sqlite3'
import { createSource, facts } from './fixture.ts'
import { issueTokens } from './issued-tokens.ts'
import { createTarget, passkeysOf, signIn } from './migrated-server.ts'

const { tokens } = facts
const secret = facts.clients.find(({ id }) => id === 'wiki')?.secrets[0]?.value ?? ''
const credentials = { client_id: 'wiki', client_secret: secret }
/** The token with another content and the same signature, which is all that the source stores. */
function forgeToken(jwt = ''): string {
  const [header, payload = '', signature] = jwt.split('.')
  const claims = { ...JSON.parse(Buffer.from(payload, 'base64url').toString()), jti: 'another' }
  return [header, Buffer.from(JSON.stringify(claims)).toString('base64url'), signature].join('.')
}

describe.each(databaseKinds)('authorizations migrated to %s', (kind) => {
  const stack = new AsyncDisposableStack()
  let url: string
  let issued: Awaited<ReturnType<typeof issueTokens>>

  beforeAll(async () => {
    await using source = await createSource('SQLite')
    issued = await issueTokens(source.source, ['marta', 'kai', 'kai2', 'worf'])
    const database = new Database(source.source)
    // The access tokens of the fixture have expired.
    database.exec(`UPDATE oauth2_sessions SET expires_at = 2051222400 WHERE kind = 'access_token'`)
    database.close()
    const target = stack.use(await createTarget(kind))
    const { exit, output } = await target.migrate(source.source, '--json')
    expect(exit).toBe(0)
    const { counts } = JSON.parse(output)
    expect(counts).toMatchObject({
      'refresh token': { found: 17, migrated: 17 },
      'access token': { found: 20, migrated: 18 },
    })
    url = target.url
    stack.use(await target.start())
  })
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

  async function fetchUserInfo(token: string | undefined) {
    const response = await fetch(`${url}/api/oidc/userinfo`, { headers: { authorization: `Bearer ${token}` } })
    return { status: response.status, json: await response.json() }
  }

  test('accepts a valid access token at UserInfo and introspection, and no other with its signature', async () => {
    expect(await fetchUserInfo(tokens.accessToken)).toMatchObject({ status: 200, json: { sub: tokens.sub, quota: 99 } })
    expect(await introspect(tokens.accessToken)).toMatchObject({
      status: 200,
      json: { active: true, sub: tokens.sub, client_id: 'wiki', aud: ['wiki', url] },
    })
    expect(await fetchUserInfo(forgeToken(tokens.accessToken))).toMatchObject({ status: 401 })
    expect(await introspect(forgeToken(tokens.accessToken))).toMatchObject({ status: 200, json: { active: false } })
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
    expect(await fetchUserInfo(tokens.accessToken)).toMatchObject({ status: 401 })
  })

  test('ends the authorization when a refresh token that was used before the migration is used again', async () => {
    expect(await refresh(tokens.replayedRefreshToken)).toMatchObject({ status: 400, json: { error: 'invalid_grant' } })
    expect(await refresh(tokens.rotatedRefreshToken)).toMatchObject({ status: 400, json: { error: 'invalid_grant' } })
  })

  /** The tokens of a user, which work until `end` was awaited. */
  async function expectEnd(user: string, end: (accountId: string) => Promise<number>) {
    const { accountId = '', accessToken, refreshToken } = issued[user] ?? {}
    expect(await fetchUserInfo(accessToken)).toMatchObject({ status: 200, json: { sub: accountId } })
    expect(await introspect(refreshToken)).toMatchObject({ json: { active: true } })
    expect(await end(accountId)).toBeLessThan(300)
    expect(await fetchUserInfo(accessToken)).toMatchObject({ status: 401 })
    expect(await introspect(accessToken)).not.toMatchObject({ json: { active: true } })
    expect(await refresh(refreshToken)).toMatchObject({ status: 400, json: { error: 'invalid_grant' } })
  }

  async function callAsAdministrator(method: string, path: string, body?: object): Promise<Response> {
    const headers = { 'X-API-Key': 'a static API key for tests', 'content-type': 'application/json' }
    return fetch(url + path, { method, headers, ...(body && { body: JSON.stringify(body) }) })
  }

  describe('ends migrated tokens when', () => {
    test('the user withdraws the consent', async () => {
      const [passkey] = passkeysOf('marta')
      if (!passkey) throw new Error('The fixture has no passkey of marta.')
      const { agent } = await signIn(url, passkey)
      await expectEnd('marta', async () => {
        const { status } = await agent.sendJson('DELETE', `${url}/api/oidc/users/me/authorized-clients/wiki`)
        return status
      })
    })

    test('the user is signed out everywhere', () =>
      expectEnd('kai', async (id) => (await callAsAdministrator('DELETE', `/api/users/${id}/sessions`)).status))

    test('the user is disabled', () =>
      expectEnd('kai2', async (id) => {
        const user = (await (await callAsAdministrator('GET', `/api/users/${id}`)).json()) as object
        return (await callAsAdministrator('PUT', `/api/users/${id}`, { ...user, disabled: true })).status
      }))

    test('the user is deleted', () =>
      expectEnd('worf', async (id) => (await callAsAdministrator('DELETE', `/api/users/${id}`)).status))
  })
})
