import { beforeAll, describe, expect, test } from '@jest/globals'
import type { UserAgent, UserAgentResponse } from '@pocket/core/testing'
import { databaseKinds, quickOnly, shareBetweenTests } from '@pocket/test-support'
import { findAuditEvents, startCalledInstance } from './calls.ts'
import { freshName } from './people.ts'
import { completeSettings, placeholder, valuesIn } from './setting-calls.ts'

const staticKey = 'a key of the environment'
const passwords = { smtpPassword: 'hunter-two', ldapBindPassword: 'hunter-three' }
const expiresAt = new Date(Date.now() + 86_400_000).toISOString()

describe.each(databaseKinds)('secrets on %s', (kind) => {
  const instance = shareBetweenTests(() => startCalledInstance(kind, { STATIC_API_KEY: staticKey }))
  /** API keys by their permission to read secrets. */
  let keys: Readonly<Record<'static' | 'reading' | 'limited' | 'other', string>>

  beforeAll(async () => {
    const create = async (fields: object) => {
      const body = { name: 'key', expiresAt, ...fields }
      const { json } = await instance.call('POST /api/api-keys', { body })
      return String(json.token)
    }
    keys = {
      static: staticKey,
      reading: await create({ canReadSecrets: true }),
      limited: await create({ canReadSecrets: true, scopes: ['read:settings'] }),
      other: await create({}),
    }
  })

  const send = (key: keyof typeof keys | 'session', method: string, path: string, body?: object) => {
    const agent: UserAgent = key === 'session' ? instance.administrator : instance.agent()
    const options = key === 'session' ? {} : { headers: { 'x-api-key': keys[key] } }
    return agent.sendJson(method, instance.url + path, { ...(body && { body }), options })
  }
  const maskedFields = ({ headers }: UserAgentResponse) => headers.get('pocket-masked')
  const events = () => findAuditEvents(instance, 'secrets_read')

  test.each(['static', 'reading', 'limited'] as const)('shows stored passwords to the %s key', async (key) => {
    await send('static', 'PUT', '/api/application-configuration', completeSettings(passwords))
    const before = events().length
    const response = await send(key, 'GET', '/api/application-configuration/all')
    expect(valuesIn({ response })).toMatchObject(passwords)
    expect(maskedFields(response)).toBeNull()
    expect(events().slice(before)).toMatchObject([{ fields: ['smtpPassword', 'ldapBindPassword'] }])
  })

  test.each(['session', 'other'] as const)('masks stored passwords for the caller %s', async (key) => {
    await send('static', 'PUT', '/api/application-configuration', completeSettings(passwords))
    const before = events().length
    const response = await send(key, 'GET', '/api/application-configuration/all')
    const hidden = { smtpPassword: placeholder, ldapBindPassword: placeholder }
    expect(valuesIn({ response })).toMatchObject(hidden)
    expect(maskedFields(response)).toBe('smtpPassword, ldapBindPassword')
    expect(events()).toHaveLength(before)
    if (key === 'session') return
    const written = await send(key, 'PUT', '/api/application-configuration', valuesIn({ response }))
    expect([written.status, maskedFields(written)]).toEqual([200, 'smtpPassword, ldapBindPassword'])
    const kept = await send('static', 'GET', '/api/application-configuration/all')
    expect(valuesIn({ response: kept })).toMatchObject(passwords)
  })

  test('masks no empty secret', async () => {
    await send('static', 'PUT', '/api/application-configuration', completeSettings())
    const before = events().length
    for (const key of ['other', 'static'] as const)
      expect(maskedFields(await send(key, 'GET', '/api/application-configuration/all'))).toBeNull()
    expect(events()).toHaveLength(before)
  })

  test('shows the token of a SCIM provider, and keeps it when it is sent again', async () => {
    const { id: oidcClientId } = await instance.app.pocket.clients.create({ name: 'Photos', redirectUris: [] })
    const body = { endpoint: 'https://scim.example.com', token: 'scim-token', oidcClientId }
    const created = await send('reading', 'POST', '/api/scim/service-provider', body)
    expect([created.status, created.json()]).toMatchObject([201, { token: 'scim-token' }])
    const { id } = created.json() as { readonly id: string }
    const changes = findAuditEvents(instance, 'scim_provider_updated').length
    const again = await send('reading', 'PUT', `/api/scim/service-provider/${id}`, body)
    expect([again.status, again.json()]).toMatchObject([200, { token: 'scim-token' }])
    expect(findAuditEvents(instance, 'scim_provider_updated')).toHaveLength(changes)
    const path = `/api/oidc/clients/${oidcClientId}/scim-service-provider`
    expect((await send('static', 'GET', path)).json()).toMatchObject({ token: 'scim-token' })
    expect(events().at(-1)).toMatchObject({ fields: ['token'], clientId: oidcClientId })
    for (const key of ['other', 'session'] as const) {
      const response = await send(key, 'GET', path)
      expect([response.json(), maskedFields(response)]).toMatchObject([{ token: placeholder }, 'token'])
    }
  })

  test('shows sign-up tokens', async () => {
    const created = await send('other', 'POST', '/api/signup-tokens', { usageLimit: 1 })
    const { id, token } = created.json() as { readonly id: string; readonly token: string }
    const tokenIn = (response: UserAgentResponse) =>
      (response.json() as { readonly data: readonly { readonly id: string; readonly token: string }[] }).data.find(
        (item) => item.id === id,
      )?.token
    expect(tokenIn(await send('reading', 'GET', '/api/signup-tokens'))).toBe(token)
    expect(events().at(-1)).toMatchObject({ fields: ['token'] })
    for (const key of ['other', 'session'] as const) {
      const response = await send(key, 'GET', '/api/signup-tokens')
      expect([tokenIn(response), maskedFields(response)]).toEqual([placeholder, 'token'])
    }
  })

  test('offers the permission to administrators only', async () => {
    const { agent } = await instance.person(freshName())
    const body = { name: 'key', expiresAt, canReadSecrets: true }
    const response = await instance.call('POST /api/api-keys', { agent, body })
    expect(response).toMatchObject({ status: 403, json: { code: 'forbidden' } })
    const fetchKeysPage = (of: UserAgent) => of.get(`${instance.url}/settings/api-keys`)
    expect((await fetchKeysPage(agent)).text).not.toContain('name="canReadSecrets"')
    const { text } = await fetchKeysPage(instance.administrator)
    expect(text).toContain('name="canReadSecrets"')
    expect(text).toContain('For Terraform and Ansible')
    const fields = { name: 'By form', lifetime: 'month', access: 'everything', canReadSecrets: 'true' }
    await instance.administrator.postForm(`${instance.url}/settings/api-keys`, fields)
    const { json } = await instance.call('GET /api/api-keys')
    expect(json.data).toContainEqual(expect.objectContaining({ name: 'By form', canReadSecrets: true }))
  })
})

quickOnly(test)('masks secrets of the environment for every caller', async () => {
  await using instance = await startCalledInstance('SQLite', { STATIC_API_KEY: staticKey, SMTP_PASSWORD: 'hunter-two' })
  const options = { headers: { 'x-api-key': staticKey } }
  const response = await instance.agent().sendJson('GET', `${instance.url}/api/application-configuration/all`, {
    options,
  })
  expect(valuesIn({ response })).toMatchObject({ smtpPassword: placeholder })
  expect(response.headers.get('pocket-masked')).toBe('smtpPassword')
  expect(findAuditEvents(instance, 'secrets_read')).toEqual([])
})
