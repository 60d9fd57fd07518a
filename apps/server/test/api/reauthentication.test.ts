import { afterEach, describe, expect, jest, test } from '@jest/globals'
import type { SoftwareAuthenticator, UserAgent } from '@pocket/core/testing'
import { advanceClock } from '../stopped-time.ts'
import { findAuditEvents, startCalledInstance } from './calls.ts'
import { reauthenticate, registerPasskey, signInWithPasskey } from './instance.ts'
import { freshName } from './people.ts'
import { completeSettings } from './setting-calls.ts'

type Fields = Readonly<Record<string, string>>

const newKeyFields = () => ({ name: 'For a script', expiresAt: new Date(Date.now() + 86_400_000).toISOString() })

afterEach(() => void jest.restoreAllMocks())

describe('reauthentication', () => {
  test('requires a passkey check of the same user within the last minute for sensitive actions', async () => {
    await using instance = await startCalledInstance('SQLite')
    const { url } = instance
    const { agent, authenticator } = await instance.person(freshName())
    const person = { agent }
    // A passkey was registered in this session recently.
    expect((await instance.call('POST /api/api-keys', { body: newKeyFields(), ...person })).status).toBe(201)
    const second = await registerPasskey(agent, url)
    expect(second.answer.status).toBe(200)
    const credential = { id: String((second.answer.json() as { id: string }).id) }
    advanceClock(61_000)
    const stale = {
      create: await instance.call('POST /api/api-keys', { body: newKeyFields(), ...person }),
      add: await instance.call('GET /api/webauthn/register/start', person),
      remove: await instance.call('DELETE /api/webauthn/credentials/{id}', { params: credential, ...person }),
    }
    for (const { status, json } of Object.values(stale))
      expect([status, json.code]).toEqual([401, 'reauthentication_required'])

    const otherUser = await instance.person(freshName())
    expect((await reauthenticate(agent, url, otherUser.authenticator)).status).toBe(401)
    expect((await instance.call('POST /api/api-keys', { body: newKeyFields(), ...person })).status).toBe(401)

    expect((await reauthenticate(agent, url, authenticator)).status).toBe(204)
    expect((await instance.call('POST /api/api-keys', { body: newKeyFields(), ...person })).status).toBe(201)
    const removed = await instance.call('DELETE /api/webauthn/credentials/{id}', { params: credential, ...person })
    expect(removed.status).toBe(204)
    expect(findAuditEvents(instance, 'reauthenticated')).toHaveLength(1)
    // After the clock is set back, an earlier passkey check does not stay recent for longer.
    advanceClock(-70_000)
    expect((await instance.call('POST /api/api-keys', { body: newKeyFields(), ...person })).status).toBe(401)
  })

  test('applies to settings that decide who can sign in, and keeps the values of a form', async () => {
    await using instance = await startCalledInstance('SQLite')
    const { url, administrator: agent } = instance
    const { token } = (await instance.call('POST /api/api-keys', { body: newKeyFields() })).json as { token: string }
    const settings: readonly (readonly [method: string, path: string, body: object])[] = [
      ['PUT', '/api/application-configuration', { ...completeSettings(), smtpHost: 'mail.example.com' }],
      ['PATCH', '/api/settings', { dynamicRegistration: 'open' }],
      ['PATCH', '/api/settings', { recoveryCodes: 'everyone' }],
    ]
    const forms: readonly (readonly [path: string, fields: Fields])[] = [
      ['/settings/api-keys', { name: 'Script' }],
      ['/settings/admin/users/new', { username: freshName(), isAdmin: 'yes' }],
    ]
    advanceClock(61_000)
    for (const [method, path, body] of settings) {
      const response = await agent.sendJson(method, url + path, { body })
      expect([response.status, response.json()]).toMatchObject([401, { code: 'reauthentication_required' }])
    }
    for (const [path, fields] of forms) {
      const response = await agent.postForm(url + path, fields)
      expect([response.status, response.text]).toEqual([401, expect.stringContaining('Confirm that it’s you')])
      const goesOn = response.forms().find(({ action }) => new URL(action, url).href === url + path)
      expect([path, goesOn?.fields]).toEqual([path, fields])
    }
    const options = { headers: { 'x-api-key': token } }
    const body = { auditLogRetentionDays: 31 }
    expect((await instance.agent().sendJson('PATCH', `${url}/api/settings`, { body, options })).status).toBe(200)
  })

  test('holds fifteen minutes for settings, clients and groups, and one for secrets and redirect URIs', async () => {
    await using instance = await startCalledInstance('SQLite')
    const { url, administrator: agent } = instance
    const base = { name: 'Wiki', callbackURLs: ['https://wiki.example/cb'] }
    const client = String((await instance.call('POST /api/oidc/clients', { body: base })).json.id)
    const createSpareClient = async () =>
      String((await instance.call('POST /api/oidc/clients', { body: base })).json.id)
    const [spare, otherSpare] = [await createSpareClient(), await createSpareClient()]
    const { id: person } = await instance.person(freshName())
    const group = (await instance.app.directory.groups.create({ name: freshName(), friendlyName: 'Readers' })).id
    const groupPage = `/settings/admin/user-groups/${group}`
    const clientPath = `/api/oidc/clients/${client}`
    const clientPage = `/settings/admin/oidc-clients/${client}`
    const requestStatus = async (method: string, path: string, body?: object) =>
      (await agent.sendJson(method, url + path, body ? { body } : {})).status
    const formStatus = async (path: string, fields: Readonly<Record<string, string>>) =>
      (await agent.postForm(url + path, fields)).status
    const settingsPage = '/settings/admin/application-configuration'
    const sendQuarterHourChanges = async () => [
      await requestStatus('PATCH', '/api/settings', { auditLogRetentionDays: 31 }),
      await requestStatus('PUT', '/api/application-configuration', { ...completeSettings(), appName: 'Home' }),
      await requestStatus('PUT', clientPath, { ...base, name: 'Notes' }),
      await requestStatus('POST', '/api/oidc/clients', { ...base, name: 'New' }),
      await requestStatus('PUT', `${clientPath}/allowed-user-groups`, { userGroupIds: [] }),
      await requestStatus('POST', `/api/users/${person}/one-time-access-token`, {}),
      await requestStatus('DELETE', `/api/oidc/clients/${otherSpare}`),
      await formStatus(`${clientPage}/access`, { access: 'everybody' }),
      await formStatus(`${clientPage}/settings`, { section: 'identity', name: 'Notes' }),
      await formStatus('/settings/admin/oidc-clients/bulk', { act: 'delete', ids: spare, confirmed: 'yes' }),
      await requestStatus('PUT', `/api/user-groups/${group}`, { name: group, friendlyName: 'Readers' }),
      await requestStatus('PUT', `/api/user-groups/${group}/allowed-oidc-clients`, { oidcClientIds: [] }),
      await formStatus(groupPage, { name: group, friendlyName: 'Readers' }),
      await formStatus(`${groupPage}/clients`, { clients: client }),
      await formStatus('/settings/admin/user-groups/bulk', {
        act: 'allow-clients',
        ids: group,
        choices: client,
        confirmed: 'yes',
      }),
    ]
    const sendMinuteChanges = async () => [
      await requestStatus('PUT', clientPath, { ...base, callbackURLs: ['https://notes.example/cb'] }),
      await requestStatus('PUT', clientPath, { ...base, protocol: { protectedHosts: ['notes.example'] } }),
      await requestStatus('POST', `${clientPath}/secrets`, {}),
      await formStatus(`${clientPage}/secrets`, {}),
      await formStatus(`${clientPage}/redirect-uris`, { redirectUri: 'https://notes.example/cb' }),
      await formStatus(`${clientPage}/settings`, { section: 'addresses', redirectUris: 'https://notes.example/cb' }),
      await formStatus(`${settingsPage}/email`, {
        smtpHost: 'mail.example.com',
        smtpFrom: 'a@example.com',
        smtpTls: 'tls',
      }),
      await formStatus(`${settingsPage}/sign-up`, { allowUserSignups: 'open' }),
    ]
    advanceClock(14 * 60_000)
    expect(await sendQuarterHourChanges()).toEqual([
      200, 200, 200, 201, 200, 201, 204, 303, 303, 303, 200, 200, 303, 303, 303,
    ])
    expect(await sendMinuteChanges()).toEqual(Array.from({ length: 8 }, () => 401))
    advanceClock(2 * 60_000)
    expect(await sendQuarterHourChanges()).toEqual(Array.from({ length: 15 }, () => 401))
  })

  test('is valid only for the user, browser and session that obtained it', async () => {
    await using instance = await startCalledInstance('SQLite')
    const { url } = instance
    const { agent, authenticator } = await instance.person(freshName())
    const other = instance.agent()
    const signIn = async (by: UserAgent, as: SoftwareAuthenticator) => {
      expect((await signInWithPasskey(by, url, as)).status).toBe(200)
    }
    await signIn(other, authenticator)
    const otherUser = await instance.person(freshName())
    const waiting = await instance.call('POST /api/device-login/requests', { agent: instance.agent() })
    const approval = { code: waiting.json.userCode, decision: 'approve' }
    const approve = (by: UserAgent, cookie?: string) =>
      by.postJson(`${url}/api/device-login/verification/decision`, approval, { headers: cookie ? { cookie } : {} })
    const cookieValue = (by: UserAgent, name: string) => by.cookies().find((each) => each.name === name)?.value
    advanceClock(61_000)
    expect((await reauthenticate(agent, url, authenticator)).status).toBe(204)
    expect((await instance.call('POST /api/api-keys', { body: newKeyFields(), agent: other })).status).toBe(401)
    const proof = `reauthentication_token=${cookieValue(agent, 'reauthentication_token')}`
    for (const session of [other, otherUser.agent].map((by) => cookieValue(by, 'access_token')))
      expect((await approve(instance.agent(), `access_token=${session}; ${proof}`)).status).toBe(401)
    // Another user in the same browser, with a passkey check of their own.
    await signIn(agent, otherUser.authenticator)
    expect(cookieValue(agent, 'reauthentication_token')).toBeDefined()
    expect((await approve(agent)).json()).toMatchObject({ code: 'reauthentication_required' })
  })

  test('lets a session from a login code register a passkey without a check, although the user has others', async () => {
    await using instance = await startCalledInstance('SQLite')
    const name = freshName()
    await instance.person(name)
    const { code } = await instance.app.issueLoginCode(name)
    const agent = instance.agent()
    await agent.postForm(`${instance.url}/lc`, { code })
    advanceClock(61_000)
    expect((await instance.call('POST /api/api-keys', { body: newKeyFields(), agent })).json.code).toBe(
      'passkey_required',
    )
    const [lost] = (await agent.getJson(`${instance.url}/api/webauthn/credentials`)).json() as { id: string }[]
    const remove = () =>
      instance.call('DELETE /api/webauthn/credentials/{id}', { params: { id: lost?.id ?? '' }, agent })
    expect((await remove()).status).toBe(401)
    expect((await registerPasskey(agent, instance.url)).answer.status).toBe(200)
    expect((await remove()).status).toBe(204)
  })
})
