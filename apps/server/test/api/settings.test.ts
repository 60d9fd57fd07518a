import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, test } from '@jest/globals'
import { MasterKey } from '@pocket/core'
import { createTestDatabase, databaseKinds, quickOnly, shareBetweenTests } from '@pocket/test-support'
import pg from 'pg'
import { InvalidConfigError, loadConfig } from '../../src/composition/config.ts'
import type { Problem } from '../../src/config/reader.ts'
import { pocketIdKeys, settingOf } from '../../src/settings/definitions.ts'
import type { StoredSetting } from '../../src/settings/setting.table.ts'
import { createSettings, type Settings } from '../../src/settings/settings.ts'
import { createFolder } from '../database/folder.ts'
import { setUpAdministrator, startApp } from '../http/app.ts'
import { findAuditEvents, startCalledInstance } from './calls.ts'
import { type Instance, startInstance } from './instance.ts'
import {
  claimsJson,
  completeSettings,
  defaultTexts,
  fieldErrors,
  path,
  placeholder,
  readAll,
  valuesIn,
  write,
} from './setting-calls.ts'

describe.each(databaseKinds)('%s', (kind) => {
  const instance = shareBetweenTests(() => startCalledInstance(kind))

  test('returns the public settings and their types to everyone', async () => {
    const response = await instance.call(`GET ${path}`, { agent: instance.agent() })
    expect([response.status, response.response.json()]).toEqual([
      200,
      [
        { key: 'appName', type: 'string', value: 'Pocket ID' },
        { key: 'homePageUrl', type: 'string', value: '/settings/account' },
        { key: 'accentColor', type: 'string', value: 'default' },
        { key: 'disableAnimations', type: 'bool', value: 'false' },
        { key: 'allowOwnAccountEdit', type: 'bool', value: 'true' },
        { key: 'allowUserSignups', type: 'string', value: 'disabled' },
        { key: 'requireUserEmail', type: 'bool', value: 'true' },
        { key: 'emailOneTimeAccessAsUnauthenticatedEnabled', type: 'bool', value: 'false' },
        { key: 'emailOneTimeAccessAsAdminEnabled', type: 'bool', value: 'false' },
        { key: 'emailVerificationEnabled', type: 'bool', value: 'false' },
        { key: 'ldapEnabled', type: 'bool', value: 'false' },
        { key: 'uiConfigDisabled', type: 'boolean', value: 'false' },
        { key: 'tracingEnabled', type: '', value: 'false' },
      ],
    ])
  })

  test('returns all 47 to administrators', async () => {
    await instance.call(write, { body: completeSettings() })
    const values = valuesIn(await instance.call(readAll))
    expect(Object.keys(values)).toHaveLength(47)
    expect(values).toEqual(defaultTexts)
  })

  test('shows administrators which settings are public', async () => {
    const open = (await instance.call(`GET ${path}`, { agent: instance.agent() })).response.json()
    const all = (await instance.call(readAll)).response.json()
    const keys = (open as readonly { readonly key: string }[]).map(({ key }) => key)
    for (const { key, isPublic } of all as readonly { readonly key: string; readonly isPublic: boolean }[])
      expect([key, isPublic]).toEqual([key, keys.includes(key)])
  })

  test('returns written values, and defaults for empty or absent ones unless they are required', async () => {
    const {
      accentColor: _,
      ldapUserSearchFilter: __,
      ...body
    } = completeSettings({ appName: 'Zoë’s 🔑', smtpPort: '587', smtpHost: 'mail.example.com' })
    const response = await instance.call(write, { body: { ...body, ldapAttributeGroupMember: '', unknown: 'x' } })
    expect(response.status).toBe(200)
    expect(valuesIn(response)).toEqual({
      ...completeSettings(),
      appName: 'Zoë’s 🔑',
      smtpPort: '587',
      smtpHost: 'mail.example.com',
    })
    expect(valuesIn(await instance.call(readAll))).toEqual(valuesIn(response))
    const some = await instance.call(write, { body: { appName: 'Nothing else', smtpTls: null } })
    expect([some.status, fieldErrors(some)]).toEqual([
      400,
      pocketIdKeys.flatMap((key) => (settingOf(key).kind.isOptional || key === 'appName' ? [] : [`${key} required`])),
    ])
    expect(valuesIn(await instance.call(readAll))).toEqual(valuesIn(response))
    const reset = await instance.call(write, { body: completeSettings() })
    expect([reset.status, valuesIn(reset)]).toEqual([200, defaultTexts])
  })

  test('never returns a secret; its placeholder keeps it and an empty value removes it', async () => {
    const put = async (smtpPassword: string) =>
      valuesIn(await instance.call(write, { body: completeSettings({ smtpPassword }) }))
    expect(await put('hunter-two')).toMatchObject({ smtpPassword: placeholder, ldapBindPassword: '' })
    const countChanges = () => findAuditEvents(instance, 'settings_changed').length
    const before = countChanges()
    expect(await put(placeholder)).toMatchObject({ smtpPassword: placeholder })
    expect(countChanges()).toBe(before)
    expect(valuesIn(await instance.call(readAll))).toMatchObject({ smtpPassword: placeholder })
    expect(await put('')).toMatchObject({ smtpPassword: '' })
    expect(await put(placeholder)).toMatchObject({ smtpPassword: '' })
    expect(instance.log.join('\n')).not.toContain('hunter-two')
  })

  test('requires a secret to be entered again for another server', async () => {
    const put = (changes: Parameters<typeof completeSettings>[0]) =>
      instance.call(write, { body: completeSettings(changes) })
    const putServer = (ldapUrl: string, ldapBindPassword = placeholder) => put({ ldapUrl, ldapBindPassword })
    await putServer('ldaps://ldap.example.com', 'hunter-three')
    for (const same of ['ldaps://LDAP.example.com:636', 'ldaps://ldap.example.com/dc=example'])
      expect((await putServer(same)).status).toBe(200)
    const others = ['ldap://ldap.example.com', 'ldaps://ldap.example.com:6360', 'ldaps://evil.example', 'no address']
    for (const other of others) {
      const refused = await putServer(other)
      expect([other, refused.status, fieldErrors(refused)]).toEqual([other, 400, ['ldapBindPassword required']])
    }
    expect(valuesIn(await instance.call(readAll))).toMatchObject({
      ldapUrl: 'ldaps://ldap.example.com/dc=example',
      ldapBindPassword: placeholder,
    })
    expect((await putServer('ldaps://other.example', 'hunter-three')).status).toBe(200)
    // The secret is removed with its server, so that the next server does not receive it.
    expect(valuesIn(await putServer(''))).toMatchObject({ ldapBindPassword: '' })
    const mail = { smtpHost: 'mail.example.com', smtpPort: '465', smtpPassword: 'hunter-four' }
    expect((await put(mail)).status).toBe(200)
    for (const other of [{ smtpHost: 'evil.example' }, { smtpPort: '25' }])
      expect(fieldErrors(await put({ ...mail, smtpPassword: placeholder, ...other }))).toEqual([
        'smtpPassword required',
      ])
    await put({})
  })

  test('reports all errors at once and saves nothing', async () => {
    await instance.call(write, { body: completeSettings() })
    const response = await instance.call(write, {
      body: completeSettings({
        appName: 'x'.repeat(31),
        sessionDuration: 'soon',
        smtpTls: 'ssl',
        smtpHost: 'mail.example.com',
      }),
    })
    expect(response).toMatchObject({ status: 400, json: { code: 'validation_failed' } })
    expect(fieldErrors(response)).toEqual(['appName too_long', 'sessionDuration invalid_format', 'smtpTls oneof'])
    expect(valuesIn(await instance.call(readAll))).toEqual(defaultTexts)
  })

  test('applies a change immediately: the name on pages and the required user fields', async () => {
    const { url, administrator } = instance
    const mailServer = { smtpHost: '127.0.0.1', smtpPort: '9' }
    await instance.call(write, {
      body: completeSettings({ ...mailServer, appName: 'Lighthouse', requireUserEmail: 'false' }),
    })
    expect((await administrator.get(`${url}/account`)).text).toContain('Lighthouse')
    const username = `no-mail-${kind.toLowerCase()}`
    expect(await instance.call('POST /api/users', { body: { username } })).toMatchObject({ status: 201 })
    const defaults = { signupDefaultCustomClaims: claimsJson(['plan', 'free']) }
    await instance.call(write, { body: completeSettings({ ...mailServer, ...defaults }) })
    expect(await instance.call('POST /api/users', { body: { username: `${username}2` } })).toMatchObject({
      status: 400,
    })
    const body = { username: `${username}3`, email: `${username}@example.com` }
    expect(await instance.call('POST /api/users', { body })).toMatchObject({
      json: { customClaims: [{ key: 'plan', value: 'free' }] },
    })
  })
})

quickOnly(describe)('in the database', () => {
  const secrets = { smtpPassword: 'hunter-four', ldapBindPassword: 'hunter-five', smtpUser: 'mailer-name' }

  async function writeSecrets({ url, administrator }: Instance): Promise<void> {
    const response = await administrator.sendJson('PUT', url + path, { body: completeSettings(secrets) })
    expect(response.status).toBe(200)
    expect(response.text).not.toContain('hunter')
  }

  test('of PostgreSQL, no secret is in plain text', async () => {
    await using database = await createTestDatabase()
    await using instance = await startInstance({ DB_CONNECTION_STRING: database.url })
    await writeSecrets(instance)
    const client = new pg.Client(database.url)
    await client.connect()
    const { rows } = await client
      .query('SELECT key, value FROM pocket_setting ORDER BY key')
      .finally(() => client.end())
    expect(rows).toEqual([
      { key: 'ldapBindPassword', value: expect.stringMatching(/^v1\./) },
      { key: 'smtpPassword', value: expect.stringMatching(/^v1\./) },
      { key: 'smtpUser', value: 'mailer-name' },
    ])
  })

  test('of SQLite, no secret is in plain text, and all settings survive a restart', async () => {
    await using folder = await createFolder()
    const file = join(folder.path, 'pocket-id.db')
    {
      await using instance = await startInstance({ DB_CONNECTION_STRING: file })
      await writeSecrets(instance)
    }
    const bytes = await readFile(file, 'latin1')
    expect(bytes).toContain('mailer-name')
    expect(bytes).not.toContain('hunter')

    const key = 'a static key for this test'
    await using again = await startApp({ DB_CONNECTION_STRING: file, STATIC_API_KEY: key, SMTP_USER: 'another-name' })
    const response = await again.agent().getJson(`${again.url}${path}/all`, { headers: { 'x-api-key': key } })
    expect(valuesIn({ response })).toMatchObject({
      ...secrets,
      smtpUser: 'another-name',
    })
  })
})

quickOnly(describe)('with values from the environment', () => {
  const environment = { SMTP_HOST: 'mail.example.com', SMTP_PASSWORD: 'hunter-six', LDAP_ENABLED: '1' }
  const received = { smtpHost: 'mail.example.com', smtpPassword: placeholder, ldapEnabled: 'true' }
  const instance = shareBetweenTests(() => startInstance(environment))

  const put = (body: unknown) => instance.administrator.sendJson('PUT', instance.url + path, { body })

  test('returns the values, except secrets', async () => {
    const response = await instance.administrator.getJson(`${instance.url}${path}/all`)
    expect(valuesIn({ response })).toEqual({ ...defaultTexts, ...received })
  })

  test.each([
    ['sent back as received', received],
    ['sent back as configured', { ...received, smtpPassword: 'hunter-six' }],
    ['left out', { smtpHost: undefined, smtpPassword: undefined, ldapEnabled: undefined }],
  ])('accepts locked values that are %s', async (_, values) => {
    const response = await put(completeSettings({ ...values, smtpUser: 'mailer' }))
    expect([response.status, valuesIn({ response })]).toEqual([
      200,
      { ...defaultTexts, ...received, smtpUser: 'mailer' },
    ])
  })

  test.each([
    ['smtpHost', { ...received, smtpHost: 'other.example.com' }],
    ['smtpPassword', { ...received, smtpPassword: 'other' }],
    ['smtpHost, ldapEnabled', { ...received, smtpHost: 'other.example.com', ldapEnabled: 'false' }],
  ])('does not change %s', async (key, values) => {
    const before = (await instance.administrator.getJson(`${instance.url}${path}/all`)).json()
    const response = await put(completeSettings({ ...values, smtpUser: 'somebody else' }))
    expect(response.status).toBe(403)
    expect(response.json()).toMatchObject({ code: 'ui_config_disabled', details: { key } })
    expect((await instance.administrator.getJson(`${instance.url}${path}/all`)).json()).toEqual(before)
  })

  test('logs no part of the secret', () => {
    expect(instance.log.join('\n')).not.toContain('hunter-six')
  })
})

quickOnly(test)('uses only the environment and the defaults with UI_CONFIG_DISABLED, and rejects writes', async () => {
  await using folder = await createFolder()
  const database = { DB_CONNECTION_STRING: join(folder.path, 'pocket-id.db') }
  {
    await using before = await startInstance(database)
    const body = completeSettings({ appName: 'Stored', smtpHost: 'stored.example.com' })
    expect((await before.administrator.sendJson('PUT', before.url + path, { body })).status).toBe(200)
  }
  const key = 'a static key for this test'
  const environment = { ...database, UI_CONFIG_DISABLED: 'true', APP_NAME: 'Fixed', STATIC_API_KEY: key }
  await using running = await startApp(environment)
  const options = { headers: { 'x-api-key': key } }
  const all = await running.agent().getJson(`${running.url}${path}/all`, options)
  expect(valuesIn({ response: all })).toEqual({ ...defaultTexts, appName: 'Fixed' })
  const open = await running.agent().getJson(running.url + path)
  expect(valuesIn({ response: open })).toMatchObject({ appName: 'Fixed', uiConfigDisabled: 'true' })
  const refused = await running
    .agent()
    .sendJson('PUT', running.url + path, { body: completeSettings({ appName: 'Fixed' }), options })
  // Some programs match this exact message.
  const error = expect.stringContaining('UI configuration is disabled')
  expect([refused.status, refused.json()]).toMatchObject([403, { code: 'ui_config_disabled', error }])
})

quickOnly(describe)('the environment', () => {
  const load = (environment: Readonly<Record<string, string>>, file = '') =>
    loadConfig(environment, () => Buffer.from(file)).settings

  const problemsOf = (environment: Readonly<Record<string, string>>): readonly Problem[] => {
    try {
      load(environment)
      return []
    } catch (error) {
      if (error instanceof InvalidConfigError) return error.problems
      throw error
    }
  }

  test('names all 47 settings', () => {
    expect(new Set(pocketIdKeys.map((key) => settingOf(key).variable)).size).toBe(47)
  })

  test('reports all errors together with those of other variables, without secrets', () => {
    const wrong = {
      PORT: 'x',
      APP_NAME: 'x'.repeat(31),
      SESSION_DURATION: '0',
      SMTP_TLS: 'ssl',
      EMAILS_VERIFIED: 'maybe',
      SIGNUP_DEFAULT_CUSTOM_CLAIMS: '[{}]',
      LDAP_BIND_PASSWORD: `hunter-seven${'x'.repeat(4096)}`,
      UI_CONFIG_DISABLED: 'perhaps',
    }
    const problems = problemsOf(wrong)
    expect(problems.map(({ variable }) => variable).sort()).toEqual(Object.keys(wrong).sort())
    expect(JSON.stringify(problems)).not.toContain('hunter-seven')
  })
})

quickOnly(describe)('several replicas', () => {
  const masterKey = MasterKey.from('a key for tests that is long enough')
  const rows = new Map<string, string>()
  const actor = { id: 'a', origin: { requestId: null, ipAddress: null, userAgent: null } }
  let broken = false
  const reported: unknown[] = []

  const list = async (): Promise<readonly StoredSetting[]> => {
    if (broken) throw new Error('The database is unreachable.')
    return [...rows].map(([key, value]) => ({ key, value }))
  }
  const createReplica = (): Promise<Settings> =>
    createSettings({
      store: {
        list,
        listCached: list,
        lock: async () => {},
        put: async ({ key, value }) => void rows.set(key, value),
        remove: async (key) => void rows.delete(key),
      },
      masterKey,
      environment: { uiConfigDisabled: false, fixed: {} },
      audit: { record: async () => {} },
      transaction: (work) => work(),
      onError: (error) => reported.push(error),
    })

  test('read the stored values, and keep the last ones while the database is down', async () => {
    const [one, other] = [await createReplica(), await createReplica()]
    await one.change(actor, { appName: 'New', smtpPassword: 'secret' }, { keys: [] })
    expect(await one.values()).toMatchObject({ appName: 'New', smtpPassword: 'secret' })
    broken = true
    await expect(other.values()).rejects.toThrow('unreachable')
    expect(await other.lastKnown()).toMatchObject({ appName: 'Pocket ID' })
    expect(reported).toHaveLength(1)
    broken = false
    expect(await other.values()).toMatchObject({ appName: 'New', smtpPassword: 'secret' })
    await one.change(actor, { appName: 'Pocket ID', smtpPassword: '' }, { keys: [] })
    expect(rows.size).toBe(0)
  })
})

quickOnly(test)('use the session lifetime from the start, and show the name to authenticators', async () => {
  await using running = await startApp({ SESSION_DURATION: '5', APP_NAME: 'Lighthouse' })
  const agent = running.agent()
  const fields = { username: 'ada', firstName: 'Ada', lastName: 'Lovelace', email: 'ada@example.com' }
  const optionsResponse = await agent.postJson(`${running.url}/login/setup/options`, fields)
  expect(optionsResponse.json()).toMatchObject({ options: { rp: { name: 'Lighthouse' } } })
  const from = Date.now()
  await setUpAdministrator(agent, running.url)
  const listed = await agent.getJson(`${running.url}/api/sessions`)
  const [{ expiresAt = '' } = {}] = listed.json() as readonly { readonly expiresAt?: string }[]
  const expires = Date.parse(expiresAt)
  // Sessions expire at whole seconds.
  expect(expires).toBeGreaterThanOrEqual(from + 299_000)
  expect(expires).toBeLessThanOrEqual(Date.now() + 301_000)
})
