import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { SoftwareAuthenticator, type UserAgent } from '@pocket/core/testing'
import { databaseKinds, quickOnly } from '@pocket/test-support'
import { defaultValues, type SettingValues } from '../../src/settings/definitions.ts'
import { createUserAdministration, type UserAdministration } from '../../src/users/user-administration.ts'
import { type Answer, type CalledInstance, findAuditEvents, startCalledInstance } from './calls.ts'
import { registerPasskey } from './instance.ts'
import { createPerson, freshName } from './people.ts'

let instance: CalledInstance
const create = (fields?: Readonly<Record<string, unknown>>) => createPerson(instance, fields)

function read(id: string): Promise<Answer> {
  return instance.call('GET /api/users/{id}', { params: { id } })
}

async function signIn(id: string): Promise<UserAgent> {
  const { json } = await instance.call('POST /api/users/{id}/one-time-access-token', { params: { id }, body: {} })
  const agent = instance.agent()
  const response = await agent.postForm(`${instance.url}/lc`, { code: String(json.token) })
  expect(response.status).toBe(303)
  return agent
}

/** Returns the ID of the credential. */
async function addPasskey(agent: UserAgent): Promise<string> {
  const pageUrl = `${instance.url}/settings/account/passkeys`
  const optionsResponse = await agent.postJson(`${pageUrl}/options`, {})
  const { options } = optionsResponse.json() as { options: Parameters<SoftwareAuthenticator['create']>[0] }
  const response = new SoftwareAuthenticator().create(options, { origin: instance.url })
  expect((await agent.postJson(pageUrl, { response })).status).toBe(200)
  return response.id
}

async function fetchOwnId(agent: UserAgent = instance.administrator): Promise<string> {
  return String((await instance.call('GET /api/users/me', { agent })).json.id)
}

describe.each(databaseKinds)('users on %s', (kind) => {
  beforeAll(async () => {
    instance = await startCalledInstance(kind)
  })

  afterAll(async () => instance[Symbol.asyncDispose]())

  test('are created, read, changed and deleted', async () => {
    const id = randomUUID()
    const body = {
      id,
      username: 'Zoe',
      email: 'Zoe@Example.com',
      emailVerified: true,
      firstName: 'Zoe\u0308',
      lastName: 'Müller',
      isAdmin: true,
      locale: 'de',
      disabled: false,
      userGroupIds: [],
      password: 'unknown fields are ignored',
    }
    const expected = {
      id,
      username: 'Zoe',
      email: 'Zoe@Example.com',
      emailVerified: true,
      firstName: 'Zoë',
      lastName: 'Müller',
      displayName: 'Zoë Müller',
      isAdmin: true,
      locale: 'de',
      customClaims: [],
      userGroups: [],
      ldapId: null,
      disabled: false,
    }
    const created = await instance.call('POST /api/users', { body })
    expect([created.status, created.json]).toEqual([201, expected])
    expect((await read(id)).json).toEqual(expected)
    const change = { id: randomUUID(), username: 'zoe2', email: 'zoe@example.com', displayName: 'Z.' }
    const changed = await instance.call('PUT /api/users/{id}', { params: { id }, body: change })
    expect(changed.status).toBe(200)
    expect(changed.json).toEqual({
      ...expected,
      ...{ username: 'zoe2', email: 'zoe@example.com', emailVerified: false, firstName: '', lastName: '' },
      ...{ displayName: 'Z.', isAdmin: false, locale: null },
    })
    const response = await instance.call('DELETE /api/users/{id}', { params: { id } })
    expect([response.status, response.response.text]).toEqual([204, ''])
    const missing = await read(id)
    expect([missing.status, missing.json.code]).toEqual([404, 'user_not_found'])
    const by = await fetchOwnId()
    expect(findAuditEvents(instance, 'account_created').at(-1)).toMatchObject({ accountId: id, method: 'api', by })
    expect(findAuditEvents(instance, 'account_updated').at(-1)).toMatchObject({
      accountId: id,
      fields: expect.arrayContaining(['userName', 'email', 'administrator']),
      by,
    })
    expect(findAuditEvents(instance, 'account_removed').at(-1)).toMatchObject({ accountId: id, by })
  })

  test('are listed by page, searched, sorted and filtered', async () => {
    for (const firstName of ['Lis%t', 'lis_t', 'LIST'])
      await create({ firstName, lastName: 'Listed', emailVerified: firstName === 'LIST' })
    const names = async (query: string) => {
      const { status, json } = await instance.call('GET /api/users', { query })
      expect(status).toBe(200)
      return json
    }
    const all = { search: 'LISTED', 'sort[column]': 'createdAt', 'sort[direction]': 'desc' }
    const page = await names(`?${new URLSearchParams({ ...all, 'pagination[limit]': '2', 'pagination[page]': '9' })}`)
    expect(page).toEqual({
      data: [expect.objectContaining({ firstName: 'Lis%t', userGroups: [], customClaims: [] })],
      pagination: { totalPages: 2, totalItems: 3, currentPage: 2, itemsPerPage: 2 },
    })
    const filtered = { search: 'listed', 'filters[emailVerified][0]': 'true', 'filters[disabled]': 'false' }
    expect(await names(`?${new URLSearchParams(filtered)}`)).toMatchObject({
      data: [{ firstName: 'LIST' }],
      pagination: { totalItems: 1 },
    })
  })

  test('are in groups and have claims', async () => {
    const { id } = await create()
    const names = { name: freshName(), friendlyName: 'Friends' }
    const group = (await instance.call('POST /api/user-groups', { body: names })).json
    const put = (userGroupIds: readonly unknown[]) =>
      instance.call('PUT /api/users/{id}/user-groups', { params: { id }, body: { userGroupIds } })
    const inGroup = {
      ...names,
      ...{ id: group.id, customClaims: [], userCount: 0, ldapId: null, createdAt: group.createdAt },
      requiresTwoPasskeys: false,
    }
    const joined = await put([group.id, randomUUID(), 'nonsense'])
    expect([joined.status, joined.json.userGroups]).toEqual([200, [inGroup]])
    const groups = await instance.call('GET /api/users/{id}/groups', { params: { id } })
    const { userCount: _, ...bare } = inGroup
    expect([groups.status, groups.json]).toEqual([200, [{ ...bare, users: [], allowedOidcClients: [] }]])
    expect((await put([])).json.userGroups).toEqual([])
    const events = findAuditEvents(instance, 'account_groups_changed').filter(({ accountId }) => accountId === id)
    expect(events).toMatchObject([{ added: [group.id] }, { removed: [group.id] }])

    const claims = [
      { key: 'room', value: '5' },
      { key: 'cafe\u0301', value: '👩‍👧' },
    ]
    const params = { userId: id }
    const set = await instance.call('PUT /api/custom-claims/user/{userId}', { params, body: claims })
    const stored = [claims[0], { key: 'café', value: '👩‍👧' }]
    expect([set.status, set.json]).toEqual([200, stored])
    expect((await read(id)).json.customClaims).toEqual(stored)
    expect((await instance.call('GET /api/custom-claims/suggestions')).json).toContain('café')
    expect(findAuditEvents(instance, 'account_claims_changed').at(-1)).toMatchObject({
      accountId: id,
      keys: ['room', 'café'],
    })
    expect((await create({ userGroupIds: [group.id] })).json.userGroups).toEqual([inGroup])
  })

  test('lose their sessions when they are disabled, and must sign in again after they are enabled', async () => {
    const { id, json } = await create()
    const agent = await signIn(id)
    expect(await fetchOwnId(agent)).toBe(id)
    const { username, email } = json
    for (const disabled of [true, false]) {
      const body = { username, email, disabled }
      expect((await instance.call('PUT /api/users/{id}', { params: { id }, body })).json.disabled).toBe(disabled)
      expect((await instance.call('GET /api/users/me', { agent })).status).toBe(401)
    }
    const [off, on] = ['account_disabled', 'account_enabled'].map((event) => findAuditEvents(instance, event).at(-1))
    expect([off, on]).toMatchObject([{ accountId: id }, { accountId: id }])
  })

  test('leave no sessions, passkeys or keys to a later user with the same ID', async () => {
    const { id, json } = await create()
    const agent = await signIn(id)
    const expiresAt = new Date(Date.now() + 86_400_000).toISOString()
    const created = await instance.call('POST /api/api-keys', { agent, body: { name: 'Terraform', expiresAt } })
    const token = String(created.json.token)
    await addPasskey(agent)
    await instance.call('DELETE /api/users/{id}', { params: { id } })
    expect((await create({ id, username: json.username, email: json.email })).status).toBe(201)
    expect((await instance.call('GET /api/users/me', { agent })).status).toBe(401)
    const options = { headers: { 'x-api-key': token } }
    expect((await instance.agent().getJson(`${instance.url}/api/users/me`, options)).status).toBe(401)
    const passkeys = await instance.call('GET /api/users/{id}/webauthn-credentials', { params: { id } })
    expect(passkeys.json).toEqual([])
  })

  test('have passkeys that administrators can see and remove, even the last one', async () => {
    const { id } = await create()
    const agent = await signIn(id)
    const credentialID = await addPasskey(agent)
    const params = { id }
    const listed = await instance.call('GET /api/users/{id}/webauthn-credentials', { params })
    expect([listed.status, listed.json]).toEqual([
      200,
      [
        {
          id: expect.any(String),
          name: expect.any(String),
          credentialID,
          attestationType: 'none',
          transport: expect.any(Array),
          backupEligible: expect.any(Boolean),
          backupState: expect.any(Boolean),
          createdAt: expect.stringMatching(/^\d{4}-\d\d-\d\dT.*Z$/),
        },
      ],
    ])
    const [{ id: credentialId }] = listed.response.json() as [{ id: string }]
    const remove = (of: string) =>
      instance.call('DELETE /api/users/{id}/webauthn-credentials/{credentialId}', { params: { id: of, credentialId } })
    expect((await remove(await fetchOwnId())).json.code).toBe('not_found')
    expect((await remove(id)).status).toBe(204)
    expect((await remove(id)).json.code).toBe('not_found')
    expect((await instance.call('GET /api/users/{id}/webauthn-credentials', { params })).json).toEqual([])
    expect(findAuditEvents(instance, 'passkey_removed').at(-1)).toMatchObject({
      accountId: id,
      passkeyId: credentialId,
    })
  })
})

quickOnly(describe)('fields that users change themselves', () => {
  beforeAll(async () => {
    instance = await startCalledInstance('SQLite')
  })

  afterAll(async () => instance[Symbol.asyncDispose]())

  test('give them no rights and do not verify an address', async () => {
    const { id, json } = await create({ emailVerified: true })
    const agent = await signIn(id)
    const updateOwn = (fields: Readonly<Record<string, unknown>>) =>
      instance.call('PUT /api/users/me', {
        agent,
        body: { username: json.username, email: json.email, isAdmin: true, disabled: true, ...fields },
      })
    const named = await updateOwn({ firstName: 'New', emailVerified: false })
    expect([named.status, named.json]).toEqual([200, { ...json, firstName: 'New', displayName: 'New' }])
    await registerPasskey(agent, instance.url)
    const moved = await updateOwn({ email: 'elsewhere@example.com', emailVerified: true })
    expect(moved.json).toMatchObject({ email: 'elsewhere@example.com', emailVerified: false, isAdmin: false })
    const { by, accountId } = findAuditEvents(instance, 'account_updated').at(-1) ?? {}
    expect([by, accountId]).toEqual([undefined, id])
  })

  test('are validated like all others', async () => {
    const agent = await signIn((await create()).id)
    await registerPasskey(agent, instance.url)
    for (const body of [
      { username: 'ada', email: 'x@example.com' },
      { username: freshName(), email: 'ADA@example.com' },
    ])
      expect((await instance.call('PUT /api/users/me', { agent, body })).json.code).toBe('already_in_use')
  })
})

quickOnly(describe)('settings for users', () => {
  beforeAll(async () => {
    instance = await startCalledInstance('SQLite')
  })

  afterAll(async () => instance[Symbol.asyncDispose]())

  const noUser = { requestId: null, ipAddress: null, userAgent: null }

  function createAdministration(changed: Partial<SettingValues>): UserAdministration {
    const { directory, pocket } = instance.app
    const values = async () => ({ ...defaultValues, ...changed })
    return createUserAdministration({
      directory,
      pocket,
      audit: { record: async () => {} },
      transaction: (work) => work(),
      bootstrapAccounts: { add: async () => {}, remove: async () => {} },
      deleteUserData: async () => {},
      onEnabled: async () => {},
      scheduleDelivery: () => {},
      settings: { values, present: values },
      clock: { now: () => Date.now() },
    })
  }

  test('need no e-mail address without a mail server, on pages and over REST', async () => {
    const { url, administrator: agent } = instance
    const username = freshName()
    const form = await agent.postForm(`${url}/settings/admin/users/new`, { username, email: '', displayName: 'Zoe' })
    const created = await instance.app.directory.findByName(username)
    expect([form.status, created?.email]).toEqual([303, null])
    const own = { username, firstName: 'Zoe', lastName: '', displayName: 'Zoe', email: '' }
    const person = await signIn(created?.id ?? '')
    expect((await person.postForm(`${url}/settings/account`, own)).status).toBe(303)
    expect((await instance.app.directory.findByName(username))?.firstName).toBe('Zoe')
    expect((await instance.call('POST /api/users', { body: { username: freshName() } })).status).toBe(201)
  })

  test('can make the e-mail address optional', async () => {
    const username = freshName()
    const created = await createAdministration({ requireUserEmail: false }).create(
      { id: 'a', origin: noUser },
      { username },
    )
    expect(created).toMatchObject({ userName: username, email: null })
  })

  test('assign groups to new users without a choice, and claims always', async () => {
    const { groups } = instance.app.directory
    const group = await groups.create({ name: 'everybody', friendlyName: 'Everybody' })
    const other = await groups.create({ name: 'chosen', friendlyName: 'Chosen' })
    const defaultClaims = [{ key: 'plan', value: 'free' }]
    const users = createAdministration({
      signupDefaultUserGroupIDs: JSON.stringify([group.id]),
      signupDefaultCustomClaims: JSON.stringify(defaultClaims),
    })
    for (const [userGroupIds, id] of [
      [undefined, group.id],
      [[], group.id],
      [[other.id], other.id],
    ] as const) {
      const body = {
        username: freshName(),
        email: `${freshName()}@example.com`,
        ...(userGroupIds && { userGroupIds: [...userGroupIds] }),
      }
      const created = await users.create({ id: 'a', origin: noUser }, body)
      expect(created).toMatchObject({ groups: [{ id }], claims: defaultClaims })
    }
  })

  test('can limit users to changing their language', async () => {
    const { id, json } = await create()
    const users = createAdministration({ allowOwnAccountEdit: false, requireUserEmail: true })
    const changed = await users.updateOwn({ id, origin: noUser }, { username: 'other', firstName: 'X', locale: 'de' })
    expect(changed).toMatchObject({ userName: json.username, email: json.email, firstName: '', locale: 'de' })
  })

  test('verify an address that a user enters, but not an existing one', async () => {
    const { id, json } = await create()
    const username = String(json.username)
    const users = createAdministration({ emailsVerified: true })
    const updateOwn = (email: string) => users.updateOwn({ id, origin: noUser }, { username, email })
    expect(await updateOwn(String(json.email))).toMatchObject({ emailVerified: false })
    expect(await updateOwn('elsewhere@example.com')).toMatchObject({ emailVerified: true })
  })
})
