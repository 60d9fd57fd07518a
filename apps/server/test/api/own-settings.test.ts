import { describe, expect, test } from '@jest/globals'
import { shareBetweenTests } from '@pocket/test-support'
import { InvalidConfigError, loadConfig } from '../../src/composition/config.ts'
import { startCalledInstance } from './calls.ts'
import { startInstance } from './instance.ts'
import { completeSettings } from './setting-calls.ts'

const defaults = {
  auditLogRetentionDays: 90,
  dynamicRegistration: 'off',
  dynamicRegistrationRestricted: false,
  ldapCaCertificate: '',
  ldapStartTls: false,
  ownAccountRemoval: false,
  passkeyAllowedModels: [],
  passkeyDeniedModels: [],
  passkeyAttestation: 'none',
  passkeyNonCompliance: 'keep',
  recoveryByEmail: 'disabled',
  recoveryCodes: 'users',
  sessionIdleMinutes: 0,
  signingAlgorithm: 'RS256',
  signUpApproval: false,
  signUpVerification: false,
  webFingerDomains: [],
  locked: [],
}

describe('the settings of this server', () => {
  const instance = shareBetweenTests(() => startCalledInstance('SQLite'))

  const read = async () => (await instance.call('GET /api/settings')).json
  const change = async (body: unknown) => instance.call('PATCH /api/settings', { body })

  test('starts with the defaults, and changes only the named settings', async () => {
    expect(await read()).toEqual(defaults)
    const changed = await change({ webFingerDomains: ['Example.com', 'b\u00fccher.example', 'example.com'], other: 1 })
    const webFingerDomains = ['example.com', 'xn--bcher-kva.example']
    expect([changed.status, changed.json]).toEqual([200, { ...defaults, webFingerDomains }])
    await change({ auditLogRetentionDays: 7 })
    expect(await read()).toEqual({ ...defaults, webFingerDomains, auditLogRetentionDays: 7 })
    const finger = await fetch(`${instance.url}/.well-known/webfinger?resource=acct:anna@example.com`)
    expect(await finger.json()).toMatchObject({ links: [{ href: instance.url }] })
    // The response can be sent back unchanged.
    expect((await change(await read())).status).toBe(200)
    expect((await change({ webFingerDomains: null, auditLogRetentionDays: null })).json).toEqual(defaults)
  })

  test('is not changed by writes to the settings of Pocket ID', async () => {
    await change({ auditLogRetentionDays: 11 })
    const body = completeSettings({ appName: 'Other' })
    expect((await instance.call('PUT /api/application-configuration', { body })).status).toBe(200)
    expect(await read()).toMatchObject({ auditLogRetentionDays: 11 })
    await change({ auditLogRetentionDays: null })
  })

  test('records each change once in the audit log', async () => {
    await change({ auditLogRetentionDays: 30 })
    await change({ auditLogRetentionDays: 30 })
    await change({ auditLogRetentionDays: null })
    const query = '?filters[event]=SETTINGS_CHANGED&pagination[limit]=2'
    const { json } = await instance.call('GET /api/audit-logs/all', { query })
    expect(json.data).toMatchObject([
      { changes: { auditLogRetentionDays: { before: 30, after: 90 } }, username: 'ada' },
      { changes: { auditLogRetentionDays: { before: 90, after: 30 } } },
    ])
  })

  test.each([
    [{ auditLogRetentionDays: 0 }, 'auditLogRetentionDays'],
    [{ auditLogRetentionDays: 36_501 }, 'auditLogRetentionDays'],
    [{ webFingerDomains: ['example.com', 'not a domain'] }, 'webFingerDomains[1]'],
    [{ sessionIdleMinutes: -1 }, 'sessionIdleMinutes'],
    [{ dynamicRegistration: 'sometimes' }, 'dynamicRegistration'],
    [{ passkeyAllowedModels: ['2fc0579f-8113-47ea-b116-bb5a8db9202a', 'x'] }, 'passkeyAllowedModels[1]'],
    [{ webFingerDomains: ['localhost'] }, 'webFingerDomains[0]'],
    [{ webFingerDomains: [''] }, 'webFingerDomains[0]'],
    [{ webFingerDomains: ['-a.example'] }, 'webFingerDomains[0]'],
    [{ webFingerDomains: Array.from({ length: 101 }, (_, i) => `a${i}.example`) }, 'webFingerDomains'],
  ])('rejects %j', async (body, field) => {
    const refused = await change(body)
    expect([refused.status, refused.json]).toEqual([
      400,
      expect.objectContaining({ code: 'validation_failed', details: { fields: [expect.objectContaining({ field })] } }),
    ])
    expect(await read()).toEqual(defaults)
  })

  test('rejects a wrong type', async () => {
    for (const body of [{ auditLogRetentionDays: '7' }, { webFingerDomains: 'example.com' }, [], 'text'])
      expect((await change(body)).json.code).toBe('invalid_request_body')
  })
})

test('prefers the environment per key, and locks its keys', async () => {
  await using instance = await startInstance({ AUDIT_LOG_RETENTION_DAYS: '3' })
  const send = (body: unknown) => instance.administrator.sendJson('PATCH', `${instance.url}/api/settings`, { body })
  const refused = await send({ auditLogRetentionDays: 4, webFingerDomains: ['example.com'] })
  const details = { key: 'auditLogRetentionDays' }
  expect([refused.status, refused.json()]).toMatchObject([403, { code: 'ui_config_disabled', details }])
  const changed = await send({ auditLogRetentionDays: 3, webFingerDomains: ['example.com'] })
  const webFingerDomains = ['example.com']
  expect([changed.status, changed.json()]).toEqual([
    200,
    { ...defaults, auditLogRetentionDays: 3, webFingerDomains, locked: ['auditLogRetentionDays'] },
  ])
})

test('rejects every change if all settings come from the environment', async () => {
  await using instance = await startInstance({ UI_CONFIG_DISABLED: 'true', WEBFINGER_DOMAINS: 'a.example, B.example' })
  const url = `${instance.url}/api/settings`
  const webFingerDomains = ['a.example', 'b.example']
  const { locked, ...values } = Object((await instance.administrator.getJson(url)).json())
  expect({ ...values, locked: [] }).toEqual({ ...defaults, webFingerDomains })
  expect([...locked].sort()).toEqual(Object.keys(values).sort())
  const refused = await instance.administrator.sendJson('PATCH', url, { body: { auditLogRetentionDays: 1 } })
  expect([refused.status, refused.json()]).toMatchObject([403, { code: 'ui_config_disabled' }])
})

test('stops the start on invalid domains', () => {
  const read = () => loadConfig({ WEBFINGER_DOMAINS: 'example.com,no domain' }, () => Buffer.alloc(0))
  expect(read).toThrow(InvalidConfigError)
  expect(read).toThrow('"no domain" must be the name of a domain')
})
