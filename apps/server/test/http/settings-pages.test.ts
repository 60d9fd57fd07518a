import { describe, expect, test } from '@jest/globals'
import type { PageForm, UserAgentResponse } from '@pocket/core/testing'
import { shareBetweenTests } from '@pocket/test-support'
import { type CalledInstance, findAuditEvents, startCalledInstance } from '../api/calls.ts'
import { reauthenticate } from '../api/instance.ts'
import { readAll, valuesIn } from '../api/setting-calls.ts'
import { startMailServer } from '../email/mail-server.ts'
import { recordStatements } from '../sent-statements.ts'

const base = '/settings/admin/application-configuration'
const statements = recordStatements()

type Fields = Readonly<Record<string, string>>

/** The actions of an administrator on the settings pages. */
function settingsPages(instance: CalledInstance) {
  const get = (path: string) => instance.administrator.get(instance.url + path)
  const formOf = (page: UserAgentResponse): PageForm => {
    const form = page.forms().find(({ fields }) => fields.version !== undefined)
    if (!form) throw new Error('The page has no settings.')
    return form
  }
  /** Submits the form; `null` omits a field, like an unchecked box. */
  const send = async (page: UserAgentResponse, changes: Readonly<Record<string, string | null>>) => {
    const { administrator: agent } = instance
    const form = formOf(page)
    const fields = Object.entries({ ...form.fields, ...changes }).filter(
      (field): field is [string, string] => field[1] !== null,
    )
    const post = () => agent.postForm(form.action, Object.fromEntries(fields))
    const result = await post()
    if (result.status !== 401) return agent.follow(result)
    // On a slow machine the set-up can be more than a minute old.
    await reauthenticate(agent, instance.url, instance.administratorAuthenticator)
    return agent.follow(await post())
  }
  return { get, formOf, send, save: async (path: string, changes: Fields) => send(await get(path), changes) }
}

const readSettings = async (instance: CalledInstance) => valuesIn(await instance.call(readAll))
const fetchOwnSettings = async (instance: CalledInstance) => (await instance.call('GET /api/settings')).json

describe('settings', () => {
  const instance = shareBetweenTests(() =>
    startCalledInstance('SQLite', { SMTP_FROM: 'login@example.com', SESSION_IDLE_MINUTES: '30' }),
  )
  const pages = settingsPages(instance)

  test('a section saves both kinds of settings together, and no other setting changes', async () => {
    const before = await readSettings(instance)
    const saved = await pages.save(base, {
      appName: 'Our entryPoint',
      accentColor: 'own',
      accentColorOwn: 'rebeccapurple',
      disableAnimations: 'true',
      sessionDuration: '1440',
      ownAccountRemoval: 'true',
      auditLogRetentionDays: '365',
    })
    expect(saved.url).toBe(instance.url + base)
    expect(saved.text).toMatch(/<p>Saved: <strong>/)
    expect(saved.text).toContain('<span>Our entryPoint</span>')
    const signIn = await instance.agent().get(`${instance.url}/login`)
    expect(signIn.text).toMatch(/ · Our entryPoint<\/title>.*<span>Our entryPoint<\/span>/s)
    const changed = {
      appName: 'Our entryPoint',
      accentColor: 'rebeccapurple',
      disableAnimations: 'true',
      sessionDuration: '1440',
    }
    expect(await readSettings(instance)).toEqual({ ...before, ...changed })
    expect(await fetchOwnSettings(instance)).toMatchObject({ ownAccountRemoval: true, auditLogRetentionDays: 365 })
    expect(
      findAuditEvents(instance, 'settings_changed')
        .slice(-1)
        .map(({ keys }) => keys),
    ).toEqual([
      ['appName', 'accentColor', 'disableAnimations', 'sessionDuration', 'ownAccountRemoval', 'auditLogRetentionDays'],
    ])
    const form = pages.formOf(await pages.get(base))
    expect(form.fields).toMatchObject({
      accentColor: 'own',
      accentColorOwn: 'rebeccapurple',
      disableAnimations: 'true',
    })
    // An unchecked box is not sent.
    await pages.send(await pages.get(base), { disableAnimations: null, accentColor: 'default' })
    expect(await readSettings(instance)).toMatchObject({ disableAnimations: 'false', accentColor: 'default' })
  })

  test('errors are shown next to each field, the input is kept, and nothing is saved', async () => {
    const before = await readSettings(instance)
    const refused = await pages.save(base, { appName: '', sessionDuration: 'an hour', auditLogRetentionDays: '0' })
    expect(refused.status).toBe(400)
    expect(refused.text).toContain('3 things need to be changed')
    expect(refused.text).toContain('href="#f-sessionDuration"')
    expect(refused.text).toContain('Enter a whole number from 1 to 5,256,000.')
    expect(refused.text).toContain('Enter a whole number from 1 to 36,500.')
    expect(refused.text).toContain('value="an hour"')
    expect(await readSettings(instance)).toEqual(before)
    expect((await fetchOwnSettings(instance)).auditLogRetentionDays).not.toBe(0)
  })

  test.each([
    [base, { homePageUrl: 'javascript:alert(1)' }, 'Enter a path such as'],
    [base, { accentColor: 'own', accentColorOwn: 'a nice green' }, 'Enter a CSS color'],
    [base, { accentColor: 'own', accentColorOwn: '' }, 'Enter a CSS color'],
    [`${base}/sign-up`, { signupDefaultCustomClaims: 'email = x' }, 'One line is invalid.'],
    [`${base}/sign-up`, { allowUserSignups: 'all' }, 'Choose one of these.'],
    [`${base}/sign-up`, { signupDefaultCustomClaims: '[{"key":1}]' }, 'One line is invalid.'],
    [`${base}/email`, { smtpPort: '70000' }, 'Enter a port from 1 to 65535'],
    [`${base}/oidc`, { cimdUrlAllowlist: 'http://example.com' }, 'Each line must begin with https://'],
    [`${base}/oidc`, { webFingerDomains: 'example.com\nno domain' }, 'no domain isn’t a domain'],
    [`${base}/oidc`, { dynamicRegistration: 'sometimes' }, 'Choose one of these.'],
  ])('%s rejects %j', async (path, changes, sentence) => {
    const refused = await pages.save(path, changes)
    expect([refused.status, refused.text]).toEqual([400, expect.stringContaining(sentence)])
  })

  test('a concurrent change is reported, and can then be overwritten', async () => {
    const [mine, theirs] = [await pages.get(`${base}/oidc`), await pages.get(`${base}/oidc`)]
    const general = await pages.get(base)
    await pages.send(theirs, { dynamicRegistration: 'with-token', webFingerDomains: 'example.org' })
    const conflict = await pages.send(mine, { webFingerDomains: 'example.com\nexample.net' })
    expect(conflict.status).toBe(412)
    expect(conflict.text).toContain('Another person has changed this.')
    expect(conflict.text).toContain('Who may register clients is now: With an initial access token')
    expect(conflict.text).toContain('Domains is now: example.org')
    expect(await fetchOwnSettings(instance)).toMatchObject({ webFingerDomains: ['example.org'] })
    // Another section causes no conflict.
    expect((await pages.send(general, { appName: 'Ours' })).status).toBe(200)
    expect((await pages.send(conflict, {})).text).toContain('<p>Saved: <strong>OpenID Connect</strong></p>')
    expect(await fetchOwnSettings(instance)).toMatchObject({
      webFingerDomains: ['example.com', 'example.net'],
      dynamicRegistration: 'off',
    })
  })

  test('an invalid value does not hide a concurrent change', async () => {
    const [mine, theirs] = [await pages.get(base), await pages.get(base)]
    await pages.send(theirs, { appName: 'Theirs' })
    const refused = await pages.send(mine, { sessionDuration: 'x' })
    expect(refused.status).toBe(400)
    expect((await pages.send(refused, { sessionDuration: '60' })).status).toBe(412)
  })

  test('settings of the environment are locked, and no request changes them', async () => {
    const email = await pages.get(`${base}/email`)
    expect(email.text).toMatch(/<input id="f-smtpFrom"[^>]*value="login@example.com"[^>]* disabled/)
    expect(email.text).toContain('Set by <code>SMTP_FROM</code>.')
    const general = await pages.get(base)
    expect(general.text).toContain('Set by <code>SESSION_IDLE_MINUTES</code>.')
    await pages.send(email, { smtpFrom: 'stranger@example.com', smtpUser: 'login' })
    await pages.send(general, { sessionIdleMinutes: '1' })
    expect(await readSettings(instance)).toMatchObject({ smtpFrom: 'login@example.com', smtpUser: 'login' })
    expect((await fetchOwnSettings(instance)).sessionIdleMinutes).toBe(30)
  })

  test('a secret is stored, never shown, kept if the field is empty, and removed on request', async () => {
    const secret = 'password-of-the-mail-server'
    const saved = await pages.save(`${base}/email`, { smtpPassword: secret })
    expect(saved.text).toContain('Leave empty to keep the stored value.')
    expect(saved.text).not.toContain(secret)
    await pages.save(`${base}/email`, { smtpUser: 'another' })
    expect((await readSettings(instance)).smtpPassword).toBe('XXXXXXXXXX')
    expect((await pages.save(`${base}/email`, { smtpPasswordRemove: 'true' })).text).not.toContain(
      'Leave empty to keep the stored value.',
    )
    expect((await readSettings(instance)).smtpPassword).toBe('')
    expect(instance.log.join()).not.toContain(secret)
  })

  test('groups and claims of new users are selected, and values that the page cannot show are kept', async () => {
    const group = await instance.call('POST /api/user-groups', { body: { name: 'family', friendlyName: 'Family' } })
    const id = String(group.json.id)
    const saved = await pages.save(`${base}/sign-up`, {
      allowUserSignups: 'open',
      signupDefaultUserGroupIDs: id,
      signupDefaultCustomClaims: 'plan = free\nmotto = a = b',
      signUpApproval: 'true',
    })
    expect(saved.text).toMatch(/<p>Saved: <strong>/)
    const claims = '[{"key":"plan","value":"free"},{"key":"motto","value":"a = b"}]'
    expect(await readSettings(instance)).toMatchObject({
      signupDefaultUserGroupIDs: JSON.stringify([id]),
      signupDefaultCustomClaims: claims,
    })
    const odd = '[{"key":"a=b","value":"two\\nlines"}]'
    await instance.call('PUT /api/application-configuration', {
      body: {
        ...(await readSettings(instance)),
        signupDefaultCustomClaims: odd,
        signupDefaultUserGroupIDs: '["gone"]',
      },
    })
    await pages.save(`${base}/sign-up`, {})
    expect(await readSettings(instance)).toMatchObject({
      signupDefaultUserGroupIDs: '["gone"]',
      signupDefaultCustomClaims: odd,
    })
  })

  test('an initial access token for client registration is created, shown once, and deleted', async () => {
    const pagePath = `${base}/oidc/initial-access-tokens`
    const { administrator, url } = instance
    const createToken = (fields: Fields) =>
      administrator.postForm(url + pagePath, { uses: '2', lifetime: 'day', ...fields })
    const created = await administrator.follow(await createToken({ description: 'The build server' }))
    const token = />(iat_[\w-]+)</.exec(created.text)?.[1] ?? ''
    expect(created.text).toContain('<bdi>The build server</bdi>')
    expect(created.text).toContain('Used: 0 of 2')
    const again = await pages.get(`${base}/oidc`)
    expect([token.length > 20, again.text.includes(token)]).toEqual([true, false])
    await pages.send(again, { dynamicRegistration: 'with-token' })
    const register = () =>
      administrator.fetch(`${url}/api/oidc/register`, {
        method: 'POST',
        headers: { 'content-type': 'application/json', authorization: `Bearer ${token}` },
        body: JSON.stringify({ redirect_uris: ['https://app.example.com/cb'] }),
      })
    expect((await register()).status).toBe(201)
    const used = await pages.get(`${base}/oidc`)
    expect(used.text).toContain('Used: 1 of 2')
    const remove = /action="([^"]+initial-access-tokens\/[^"]+\/remove)"/.exec(used.text)?.[1] ?? ''
    const removed = await administrator.follow(await administrator.postForm(url + remove, {}))
    expect(removed.text).toContain('<p>Removed: <strong>The build server</strong></p>')
    expect((await pages.get(`${base}/oidc`)).text).not.toContain('The build server')
    expect((await register()).status).toBe(401)
    expect(findAuditEvents(instance, 'initial_access_token_removed')).toHaveLength(1)
    expect(instance.log.join()).not.toContain(token)

    const refused = await createToken({ description: 'Two of them', uses: 'two' })
    expect([refused.status, refused.text]).toEqual([
      400,
      expect.stringContaining('Enter a number from 1 to 1,000,000.'),
    ])
    expect(refused.text).toContain('value="Two of them"')
    expect(refused.text).toContain('href="#f-token-usageLimit"')
  })

  test.each([[base], [`${base}/sign-up`], [`${base}/email`], [`${base}/oidc`], ['/settings/admin/emails']])(
    '%s uses few database statements for any amount of data',
    async (path) => {
      await pages.get(path)
      expect(await statements.countDuring(() => pages.get(path))).toBeLessThanOrEqual(12)
    },
  )

  test('the signing keys and their rotation dates are shown', async () => {
    const page = await pages.get(`${base}/oidc`)
    const jwks = await (await instance.agent().fetch(`${instance.url}/.well-known/jwks.json`)).json()
    for (const { kid } of (jwks as { keys: { kid: string }[] }).keys) expect(page.text).toContain(`>${kid}<`)
    expect(page.text).toMatch(/>[A-Z][a-z]+ \d+(?:, \d{4})?\s–\s[A-Z][a-z]+ \d+, \d{4}</)
  })

  test('show the title of a group only if it is not that of the page', async () => {
    const { text } = await pages.get(`${base}/sign-up`)
    expect(text.match(/<h1>[^<]+<\/h1>|<h2 id="g-[^<]+<\/h2>/g)).toEqual([
      '<h1>Sign-up</h1>',
      '<h2 id="g-signUp" class="hidden">Sign-up</h2>',
      '<h2 id="g-newUsers">New users</h2>',
    ])
  })

  test('return not found for an unknown page', async () => {
    expect((await pages.get(`${base}/nowhere`)).status).toBe(404)
  })
})

describe('a test e-mail', () => {
  const server = shareBetweenTests(() => startMailServer())
  const instance = shareBetweenTests(() => startCalledInstance('SQLite'))

  test('is sent with the saved settings, and the response of the e-mail server is shown', async () => {
    const pages = settingsPages(instance)
    const settings = {
      smtpHost: '127.0.0.1',
      smtpPort: String(server.port),
      smtpFrom: 'login@example.com',
      act: 'test',
    }
    const none = await pages.save(`${base}/email`, { act: 'test' })
    expect(none.text).toContain('No e-mail server')
    const sent = await pages.save(`${base}/email`, settings)
    expect(sent.text).toContain('Saved. A test e-mail to <strong>ada@example.com</strong>')
    expect((await server.received('ada@example.com')).mail.subject).toBeTruthy()
    server.refuseNext(550)
    const refused = await pages.save(`${base}/email`, settings)
    expect(refused.text).toContain('<strong>The test failed.</strong>')
    expect(refused.text).toMatch(/<code dir="ltr">[^<]*550 Not now<\/code>/)
    expect(refused.text).toContain('The e-mail server rejected the sender or the recipient.')
    // The message is shown once.
    expect((await pages.get(`${base}/email`)).text).not.toContain('550 Not now')
  })

  test('determines the e-mail status on the pages until the next test', async () => {
    const pages = settingsPages(instance)
    const settings = { smtpHost: '127.0.0.1', smtpPort: String(server.port), smtpFrom: 'login@example.com' }
    const readStatus = async () => ({
      lead: /<h1>E-mail<\/h1><p>([^<]*)/.exec((await pages.get(`${base}/email`)).text)?.[1],
      overview: /E-mail<\/a><\/dt><dd>([^<]*)/.exec((await pages.get('/settings/admin')).text)?.[1],
      list: /<h1>E-mails<\/h1><p>([^<]*)/.exec((await pages.get('/settings/admin/emails')).text)?.[1],
    })
    server.refuseNext(550)
    await pages.save(`${base}/email`, { ...settings, act: 'test' })
    expect(await readStatus()).toEqual({
      lead: 'The last e-mail could not be sent.',
      overview: 'Failed: 1',
      list: 'Failed: 1',
    })
    await pages.save(`${base}/email`, { ...settings, act: 'test' })
    expect(await readStatus()).toEqual({
      lead: expect.stringMatching(/^Last sent (?:now|.* ago)$/),
      overview: expect.stringMatching(/^Last sent (?:now|.* ago)$/),
      list: 'Last 30 days',
    })
  })
})

describe('if all settings come from the environment', () => {
  test('all fields are locked, and the e-mail server can still be tested', async () => {
    await using instance = await startCalledInstance('SQLite', { UI_CONFIG_DISABLED: 'true' })
    const pages = settingsPages(instance)
    const page = await pages.get(base)
    expect(page.text).toContain(
      '<code>UI_CONFIG_DISABLED</code> is set: change settings by their environment variables.',
    )
    expect(page.text).not.toContain('>Save<')
    for (const path of [base, ...['sign-up', 'email', 'ldap', 'oidc'].map((section) => `${base}/${section}`)]) {
      const [, form = ''] = /<form id="settings"(.*?)<\/form>/s.exec((await pages.get(path)).text) ?? []
      expect(form).toContain('<code>UI_CONFIG_DISABLED</code>')
      const controls = form
        .replaceAll(/<fieldset[^>]* disabled.*?<\/fieldset>/gs, '')
        .match(/<(?:input|select|textarea|button)(?! type="hidden")[^>]*>/g)
      expect(controls?.filter((control) => !/ (?:disabled|readonly)/.test(control)) ?? []).toEqual([])
    }
    await pages.send(page, { appName: 'Mine', auditLogRetentionDays: '1' })
    expect(await readSettings(instance)).toMatchObject({ appName: 'Pocket ID' })
    expect((await fetchOwnSettings(instance)).auditLogRetentionDays).toBe(90)
    expect((await pages.save(`${base}/email`, { act: 'test' })).text).toContain('No e-mail server')
  })
})
