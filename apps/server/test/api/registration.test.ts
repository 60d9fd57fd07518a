import { describe, expect, test } from '@jest/globals'
import { databaseKinds, quickOnly, shareBetweenTests } from '@pocket/test-support'
import { InvalidConfigError, loadConfig } from '../../src/composition/config.ts'
import { findAuditEvents, lastEntry, startCalledInstance } from './calls.ts'
import { startInstance } from './instance.ts'
import { changeSettings } from './setting-calls.ts'

const metadata = { redirect_uris: ['https://app.example/callback'], client_name: 'An application' }
const someId = '5f0c2a53-2a3e-4c8e-9a62-0a54f1b6f9d1'

describe.each(databaseKinds)('%s', (kind) => {
  const instance = shareBetweenTests(() => startCalledInstance(kind))

  const changeOwnSettings = async (body: object) => {
    expect((await instance.call('PATCH /api/settings', { body })).status).toBe(200)
  }
  const register = async (token?: string) => {
    const headers = token === undefined ? {} : { authorization: `Bearer ${token}` }
    const url = `${instance.url}/api/oidc/register`
    const response = await instance.agent().sendJson('POST', url, { body: metadata, options: { headers } })
    return { status: response.status, body: response.json() as Readonly<Record<string, unknown>> }
  }
  const fetchDiscovery = async () => {
    const response = await instance.agent().getJson(`${instance.url}/.well-known/openid-configuration`)
    return response.json() as Readonly<Record<string, unknown>>
  }

  test('rejects client registration until an administrator enables it, with immediate effect', async () => {
    expect((await register()).status).toBe(404)
    expect(await fetchDiscovery()).not.toHaveProperty('registration_endpoint')
    await changeOwnSettings({ dynamicRegistration: 'with-token' })
    expect(await fetchDiscovery()).toHaveProperty('registration_endpoint')
    expect((await register()).status).toBe(401)
    await changeOwnSettings({ dynamicRegistration: 'open', dynamicRegistrationRestricted: true })
    const { status, body } = await register()
    expect(status).toBe(201)
    const params = { id: String(body.client_id) }
    expect((await instance.call('GET /api/oidc/clients/{id}', { params })).json).toMatchObject({
      name: 'An application',
      clientType: 'standard',
      isGroupRestricted: true,
    })
    const query = '?filters[event]=CLIENT_REGISTERED'
    const { json } = await instance.call('GET /api/audit-logs/all', { query })
    expect(json.data).toMatchObject([{ event: 'CLIENT_REGISTERED', data: { method: 'open' } }])
    await changeOwnSettings({ dynamicRegistration: null, dynamicRegistrationRestricted: null })
    expect((await register()).status).toBe(404)
    expect(await fetchDiscovery()).not.toHaveProperty('registration_endpoint')
  })

  test('shows an initial access token once, counts its uses and can delete it', async () => {
    await changeOwnSettings({ dynamicRegistration: 'with-token' })
    const body = { description: 'For the test suite', usageLimit: 3, ttl: '1h' }
    const { status, json } = await instance.call('POST /api/oidc/initial-access-tokens', { body })
    expect([status, json]).toEqual([
      201,
      expect.objectContaining({ token: expect.stringMatching(/^iat_/), usageLimit: 3, usageCount: 0 }),
    ])
    const attempts = await Promise.all(Array.from({ length: 6 }, () => register(String(json.token))))
    expect(attempts.filter((each) => each.status === 201)).toHaveLength(3)
    const listed = await instance.call('GET /api/oidc/initial-access-tokens')
    expect(listed.json).toEqual([{ ...json, token: '', usageCount: 3 }])
    const { id } = json
    const params = { id: String(id) }
    for (const expected of [204, 204])
      expect((await instance.call('DELETE /api/oidc/initial-access-tokens/{id}', { params })).status).toBe(expected)
    expect((await instance.call('GET /api/oidc/initial-access-tokens')).json).toEqual([])
    expect(findAuditEvents(instance, 'initial_access_token_created')).toMatchObject([{ initialAccessTokenId: id }])
    expect(findAuditEvents(instance, 'initial_access_token_removed')).toHaveLength(1)
    const removal = { changes: { usageLimit: { before: 3, after: null } } }
    expect(await lastEntry(instance, 'INITIAL_ACCESS_TOKEN_REMOVED')).toMatchObject(removal)
    expect(instance.log.join('\n')).not.toContain(String(json.token))
    await changeOwnSettings({ dynamicRegistration: null })
  })

  test.each([
    [{ usageLimit: 0 }, 400],
    [{ usageLimit: 1_000_001 }, 400],
    [{ usageLimit: '1' }, 400],
    [{ ttl: 'soon' }, 400],
    [{ ttl: '800h' }, 400],
    [{ description: 'a'.repeat(151) }, 400],
    [{ description: 'a\u0001b' }, 400],
    [{}, 201],
  ])('responds to %j with %i', async (body, status) => {
    expect((await instance.call('POST /api/oidc/initial-access-tokens', { body })).status).toBe(status)
  })

  test('refreshes only clients with a metadata document', async () => {
    const refresh = async (id: string) =>
      (await instance.call('POST /api/oidc/clients/{id}/refresh', { params: { id } })).json
    expect(await refresh(someId)).toMatchObject({ code: 'not_found' })
    const { json } = await instance.call('POST /api/oidc/clients', { body: { name: 'By hand' } })
    expect(await refresh(String(json.id))).toMatchObject({
      code: 'validation_failed',
      error: expect.stringContaining('metadata document'),
    })
  })

  test('reads metadata documents if enabled, and never from a private address', async () => {
    expect(await fetchDiscovery()).toMatchObject({ client_id_metadata_document_supported: false })
    await changeSettings(instance, { cimdUrlAllowlist: '["https://127.0.0.1/*"]' })
    expect(await fetchDiscovery()).toMatchObject({ client_id_metadata_document_supported: true })
    const query = new URLSearchParams({ client_id: 'https://127.0.0.1/client.json', response_type: 'code' })
    const page = await instance.agent().get(`${instance.url}/authorize?${query}`)
    expect([page.status, page.text]).toEqual([400, expect.stringContaining('its host is in a private network')])
    await changeSettings(instance, { cimdUrlAllowlist: '[]' })
    expect(await fetchDiscovery()).toMatchObject({ client_id_metadata_document_supported: false })
  })
})

quickOnly(test)('lets the environment decide about registration, and stops the start on invalid values', async () => {
  await using instance = await startInstance({ DYNAMIC_REGISTRATION: 'open' })
  const registered = await instance.agent().sendJson('POST', `${instance.url}/api/oidc/register`, { body: metadata })
  expect(registered.status).toBe(201)
  for (const wrong of [{ DYNAMIC_REGISTRATION: 'yes' }, { DYNAMIC_REGISTRATION_RESTRICTED: 'x' }])
    expect(() => loadConfig(wrong, () => Buffer.alloc(0))).toThrow(InvalidConfigError)
})
