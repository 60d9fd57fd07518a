import { describe, expect, test } from '@jest/globals'
import { databaseKinds, shareBetweenTests } from '@pocket/test-support'
import { startCalledInstance } from './calls.ts'
import { authorizationUrl, type Person, registerPasskey } from './instance.ts'
import { freshName } from './people.ts'

const callback = 'https://app.example/callback'
const deviceGrant = 'urn:ietf:params:oauth:grant-type:device_code'
type Fields = Readonly<Record<string, string>>
type Json = Readonly<Record<string, unknown>>

describe.each(databaseKinds)('client grants on %s', (kind) => {
  const instance = shareBetweenTests(() => startCalledInstance(kind))

  const post = async (path: string, fields: Fields) => {
    const response = await fetch(instance.url + path, { method: 'POST', body: new URLSearchParams(fields) })
    return { status: response.status, json: (await response.json()) as Json }
  }

  async function createClient(fields: Json = {}) {
    const body = { name: freshName(), callbackURLs: [callback], skipConsent: true, ...fields }
    const id = String((await instance.call('POST /api/oidc/clients', { body })).json.id)
    const { json } = await instance.call('POST /api/oidc/clients/{id}/secret', { params: { id } })
    return { id, body, credentials: { client_id: id, client_secret: String(json.secret) } }
  }
  type CreatedClient = Awaited<ReturnType<typeof createClient>>

  /** The grants of a client for a user: tokens, an authorization code and an approved device code. */
  async function issueAccess({ agent }: Person, { id, credentials }: CreatedClient) {
    const requestToken = (fields: Fields) => post('/api/oidc/token', { ...credentials, ...fields })
    const requestCode = async () => {
      const { location } = await agent.get(authorizationUrl(instance.url, id, callback))
      const value = new URL(location ?? '').searchParams.get('code') ?? ''
      return () => requestToken({ grant_type: 'authorization_code', redirect_uri: callback, code: value })
    }
    const { json: tokens } = await (await requestCode())()
    const approveDevice = async () => {
      const { json: device } = await post('/api/oidc/device/authorize', { ...credentials, scope: 'openid' })
      const query = `?code=${device.user_code}`
      return { device, answer: await instance.call('POST /api/oidc/device/verify', { agent, query }) }
    }
    const { device, answer } = await approveDevice()
    expect(answer.status).toBe(204)
    const [accessToken, refreshToken] = [String(tokens.access_token), String(tokens.refresh_token)]
    const bearer = { headers: { authorization: `Bearer ${accessToken}` } }
    const isActive = async (value: string) =>
      (await post('/api/oidc/introspect', { ...credentials, token: value })).json.active ?? false
    return {
      clientId: id,
      approveDevice,
      seen: async () => ({
        userInfo: (await fetch(`${instance.url}/api/oidc/userinfo`, bearer)).status,
        accessToken: await isActive(accessToken),
        refreshToken: await isActive(refreshToken),
      }),
      refresh: () => requestToken({ grant_type: 'refresh_token', refresh_token: refreshToken }),
      exchange: await requestCode(),
      poll: () => requestToken({ grant_type: deviceGrant, device_code: String(device.device_code) }),
    }
  }

  /** A group member, and a client for the group. */
  async function createFixture(requiresTwoPasskeys = false) {
    const name = freshName()
    const newGroup = { name, friendlyName: name, requiresTwoPasskeys }
    const { json: group } = await instance.call('POST /api/user-groups', { body: newGroup })
    const person = await instance.person(freshName())
    if (requiresTwoPasskeys) await registerPasskey(person.agent, instance.url)
    const body = { userGroupIds: [group.id] }
    await instance.call('PUT /api/users/{id}/user-groups', { params: { id: person.id }, body })
    const groupId = String(group.id)
    const client = await createClient({ isGroupRestricted: true, allowedUserGroupIds: [groupId] })
    return { person, groupId, ...(await issueAccess(person, client)) }
  }

  const deleted = { userInfo: 401, accessToken: false, refreshToken: false }

  test('work until access changes', async () => {
    const { seen, refresh, exchange, poll } = await createFixture()
    expect(await seen()).toEqual({ userInfo: 200, accessToken: true, refreshToken: true })
    for (const act of [refresh, exchange, poll]) expect((await act()).status).toBe(200)
  })

  /** Removes the newest passkey, which has started no session. */
  const removePasskey = async ({ id, agent }: Person) => {
    const passkeyId = (await instance.app.pocket.passkeys.list(id)).at(-1)?.id ?? ''
    return instance.call('DELETE /api/webauthn/credentials/{id}', { params: { id: passkeyId }, agent })
  }
  const requirePasskeys = async (id: string, requiresTwoPasskeys: boolean) => {
    const { json } = await instance.call('GET /api/user-groups/{id}', { params: { id } })
    return instance.call('PUT /api/user-groups/{id}', { params: { id }, body: { ...json, requiresTwoPasskeys } })
  }

  test('work with two passkeys for a group that requires them, and end immediately when one is removed', async () => {
    const { person, clientId, seen, refresh, exchange, poll } = await createFixture(true)
    expect(await seen()).toEqual({ userInfo: 200, accessToken: true, refreshToken: true })
    expect((await removePasskey(person)).status).toBe(204)
    const preview = await instance.call('GET /api/oidc/clients/{id}/preview/{userId}', {
      params: { id: clientId, userId: person.id },
      query: '?scopes=openid',
    })
    expect(preview.status).toBe(403)
    // Not revived by another passkey: the grants have ended.
    await registerPasskey(person.agent, instance.url)
    expect(await seen()).toEqual(deleted)
    for (const act of [refresh, exchange, poll])
      expect(await act()).toMatchObject({ status: 400, json: { error: 'invalid_grant' } })
  })

  test('are not given to a device by a user with one of two required passkeys', async () => {
    const { person, approveDevice } = await createFixture(true)
    expect((await removePasskey(person)).status).toBe(204)
    expect((await approveDevice()).answer).toMatchObject({ status: 403, json: { code: 'second_passkey_required' } })
    await registerPasskey(person.agent, instance.url)
    expect((await approveDevice()).answer.status).toBe(204)
  })

  test('end when a group requires two passkeys while one of two is removed', async () => {
    const { person, groupId, seen } = await createFixture(true)
    expect((await requirePasskeys(groupId, false)).status).toBe(200)
    const [required, removed] = await Promise.all([requirePasskeys(groupId, true), removePasskey(person)])
    expect([required.status, removed.status]).toEqual([200, 204])
    await registerPasskey(person.agent, instance.url)
    expect(await seen()).toEqual(deleted)
  })

  test('cannot be renewed while a passkey is removed', async () => {
    const { person, seen, refresh, exchange, poll } = await createFixture(true)
    const [removed, ...responses] = await Promise.all([removePasskey(person), refresh(), exchange(), poll()])
    expect(removed.status).toBe(204)
    await registerPasskey(person.agent, instance.url)
    expect(await seen()).toEqual(deleted)
    const bearers = responses.flatMap(({ json }) =>
      json.access_token === undefined ? [] : [String(json.access_token)],
    )
    for (const bearer of bearers) {
      const headers = { authorization: `Bearer ${bearer}` }
      expect((await fetch(`${instance.url}/api/oidc/userinfo`, { headers })).status).toBe(401)
    }
  })

  test('lead a user with one passkey to a second one, and on to the application', async () => {
    const { person, clientId } = await createFixture(true)
    expect((await removePasskey(person)).status).toBe(204)
    const { agent } = person
    const url = authorizationUrl(instance.url, clientId, callback)
    const isCallback = (reached: string) => reached.startsWith(callback)
    const refused = await agent.follow(await agent.get(url), { until: isCallback })
    expect(refused.text).toContain('opens once you have two passkeys')
    /** Returns from the page that adds a passkey. */
    const returnDenied = async ({ text }: { readonly text: string }) => {
      const [, adding = ''] = /href="(\/signup\/add-passkey[^"]*)"/.exec(text) ?? []
      const backTo = new URL(adding.replaceAll('&amp;', '&'), instance.url).searchParams.get('redirect') ?? ''
      return agent.follow(await agent.get(instance.url + backTo), { until: isCallback })
    }
    const still = await returnDenied(refused)
    expect(still.text).toContain('opens once you have two passkeys')
    await registerPasskey(agent, instance.url)
    const opened = await returnDenied(still)
    expect(new URL(opened.location ?? '').searchParams.has('code')).toBe(true)
    await removePasskey(person)
    const { location } = await agent.get(`${url}&prompt=none`)
    expect(Object.fromEntries(new URL(location ?? '').searchParams)).toMatchObject({
      error: 'access_denied',
      error_description: 'the account needs a second passkey to use this client',
    })
  })

  test.each<[string, (person: Person, groupId: string) => Promise<{ readonly status: number }>]>([
    ['the group requires two passkeys', (_person, groupId) => requirePasskeys(groupId, true)],
    [
      'the person has left the group',
      ({ id }) => instance.call('PUT /api/users/{id}/user-groups', { params: { id }, body: { userGroupIds: [] } }),
    ],
  ])('end at once when %s', async (_what, happens) => {
    const { person, groupId, seen, refresh, exchange, poll } = await createFixture()
    expect((await happens(person, groupId)).status).toBe(200)
    expect(await seen()).toEqual(deleted)
    for (const act of [refresh, exchange, poll])
      expect(await act()).toMatchObject({ status: 400, json: { error: 'invalid_grant' } })
  })

  test('remain valid for members of the groups to which the same call restricts the client', async () => {
    const groupId = String(
      (await instance.call('POST /api/user-groups', { body: { name: freshName(), friendlyName: 'Kept' } })).json.id,
    )
    const person = await instance.person(freshName())
    const other = await instance.person(freshName())
    await instance.call('PUT /api/users/{id}/user-groups', {
      params: { id: person.id },
      body: { userGroupIds: [groupId] },
    })
    const client = await createClient()
    const { id, body } = client
    const [kept, lost] = [await issueAccess(person, client), await issueAccess(other, client)]
    const readStates = async () => [(await kept.seen()).refreshToken, (await lost.seen()).refreshToken]
    expect(await readStates()).toEqual([true, true])
    const update = (extra: object) =>
      instance.call('PUT /api/oidc/clients/{id}', { params: { id }, body: { ...body, ...extra } })
    const changed = await update({ isGroupRestricted: true, allowedUserGroupIds: [groupId, crypto.randomUUID()] })
    expect(changed.json).toMatchObject({ isGroupRestricted: true, allowedUserGroups: [{ id: groupId }] })
    expect(await readStates()).toEqual([true, false])
    // An absent field means unchanged.
    expect((await update({ isGroupRestricted: true })).json).toMatchObject({ allowedUserGroups: [{ id: groupId }] })
    expect(await readStates()).toEqual([true, false])
    expect((await update({ isGroupRestricted: true, allowedUserGroupIds: [] })).json.allowedUserGroups).toEqual([])
    expect(await readStates()).toEqual([false, false])
    const made = { ...body, isGroupRestricted: true, allowedUserGroupIds: [groupId] }
    const created = await instance.call('POST /api/oidc/clients', { body: made })
    expect(created.json).toMatchObject({ isGroupRestricted: true, allowedUserGroups: [{ id: groupId }] })
  })
})
