import { describe, expect, test } from '@jest/globals'
import { shareBetweenTests } from '@pocket/test-support'
import { stopTime } from '../stopped-time.ts'
import { findAuditEvents, startCalledInstance } from './calls.ts'
import { passkeyAnswer } from './instance.ts'
import { freshName } from './people.ts'

describe('account removal', () => {
  const instance = shareBetweenTests(() => startCalledInstance('SQLite'))

  const setOwnAccountRemoval = (ownAccountRemoval: boolean) =>
    instance.call('PATCH /api/settings', { body: { ownAccountRemoval } })
  const form = { sure: 'yes' }
  const remove = '/settings/account/remove'

  test('denies self-deletion and hides it if the setting is off', async () => {
    await setOwnAccountRemoval(false)
    const { id, agent } = await instance.person(freshName())
    expect((await agent.get(`${instance.url}/settings/account/data`)).text).not.toContain(remove)
    expect((await agent.postForm(instance.url + remove, form)).status).toBe(403)
    const response = await instance.call('DELETE /api/users/me', { agent })
    expect(response).toMatchObject({ status: 403, json: { code: 'account_removal_disabled' } })
    expect(await instance.app.directory.find(id)).toBeDefined()
  })

  test('confirms on the page, requires a passkey and deletes all data of the user', async () => {
    await setOwnAccountRemoval(true)
    const { id, agent, authenticator } = await instance.person(freshName())
    const key = { name: 'Script', expiresAt: new Date(Date.now() + 86_400_000).toISOString() }
    const { token } = (await instance.call('POST /api/api-keys', { body: key, agent })).json
    expect((await agent.get(`${instance.url}/settings/account/data`)).text).toContain(remove)
    // Without the checkbox the request has no effect.
    expect((await agent.postForm(instance.url + remove, {})).status).toBe(303)
    using _ = stopTime(61_000)
    expect((await agent.postForm(instance.url + remove, form)).status).toBe(401)
    expect(await instance.app.directory.find(id)).toBeDefined()
    const response = await passkeyAnswer(agent, instance.url, authenticator)
    expect((await agent.postJson(`${instance.url}/reauthenticate`, { response })).status).toBe(200)
    const result = await agent.postForm(instance.url + remove, form)
    expect([result.status, result.location]).toEqual([303, `${instance.url}/account-removed`])
    expect((await agent.follow(result)).text).toContain('Your account is deleted')
    expect(await instance.app.directory.find(id)).toBeUndefined()
    expect((await agent.getJson(`${instance.url}/api/users/me`)).status).toBe(401)
    const withKey = await instance
      .agent()
      .getJson(`${instance.url}/api/users/me`, { headers: { 'x-api-key': String(token) } })
    expect(withKey.status).toBe(401)
    const again = await agent.postJson(
      `${instance.url}/api/webauthn/login/finish`,
      await passkeyAnswer(agent, instance.url, authenticator),
    )
    expect(again.status).toBe(401)
    expect(findAuditEvents(instance, 'account_removed')).toContainEqual(
      expect.objectContaining({ accountId: id, by: id }),
    )
  })

  test('deletes the user over REST, and keeps the last administrator', async () => {
    await setOwnAccountRemoval(true)
    const { id, agent } = await instance.person(freshName())
    expect((await instance.call('DELETE /api/users/me', { agent })).status).toBe(204)
    expect(await instance.app.directory.find(id)).toBeUndefined()
    const last = await instance.call('DELETE /api/users/me')
    expect(last).toMatchObject({ status: 409, json: { code: 'last_administrator' } })
    expect((await instance.administrator.postForm(instance.url + remove, form)).status).toBe(409)
    expect((await instance.call('GET /api/users/me')).status).toBe(200)
  })
})
