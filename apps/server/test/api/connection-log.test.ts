import { beforeAll, describe, expect, test } from '@jest/globals'
import { shareBetweenTests } from '@pocket/test-support'
import { startInstance } from './instance.ts'

const registered = 'https://app.example/cb'
const received = 'https://app.example/other?a=1&b="<x>"'

describe('the connection log', () => {
  const instance = shareBetweenTests(() => startInstance())
  let id: string

  beforeAll(async () => {
    const body = { name: 'App', callbackURLs: [registered], skipConsent: true }
    const response = await instance.administrator.postJson(`${instance.url}/api/oidc/clients`, body)
    id = (response.json() as { id: string }).id
  })

  function authorizationUrl(redirectUri: string): string {
    const query = { client_id: id, redirect_uri: redirectUri, response_type: 'code', scope: 'openid' }
    return `${instance.url}/authorize?${new URLSearchParams(query)}`
  }

  const fetchConnectionLog = async (client = id) =>
    instance.administrator.getJson(`${instance.url}/api/oidc/clients/${client}/connection-log`)

  test('shows an administrator all attempts, in the API and on the client page', async () => {
    await instance.administrator.get(authorizationUrl(registered))
    await instance.agent().get(authorizationUrl(`${registered}/wrong`))
    expect((await fetchConnectionLog()).json()).toMatchObject([
      {
        endpoint: 'authorization',
        succeeded: false,
        error: 'invalid_redirect_uri',
        redirectURI: `${registered}/wrong`,
      },
      { endpoint: 'authorization', succeeded: true, username: expect.any(String), pkce: false },
    ])
    const wrong = { client_id: id, grant_type: 'authorization_code', code: 'stolen', access_type: 'offline' }
    const basic = `Basic ${Buffer.from(`${id}:wrong`).toString('base64')}`
    await fetch(`${instance.url}/api/oidc/token`, {
      method: 'POST',
      headers: { authorization: basic },
      body: new URLSearchParams(wrong),
    })
    const page = await instance.administrator.get(`${instance.url}/settings/admin/oidc-clients/${id}/activity`)
    const shown = page.text.slice(page.text.indexOf('id="log"'), page.text.indexOf('id="events"'))
    const shownAttempts = shown.split('<li>').map((each) =>
      each
        .replaceAll('<wbr>', '')
        .replaceAll(/<[^>]+>/g, ' ')
        .replaceAll('&#39;', "'")
        .replaceAll(/\s+/g, ' ')
        .trim(),
    )
    const attempts = (await fetchConnectionLog()).json() as readonly {
      readonly requestId: string
      readonly reason: string | null
    }[]
    const [token, refused] = attempts
    expect(token?.reason).toMatch(/\S/)
    expect(refused?.reason).toMatch(/\S/)
    expect(shownAttempts.slice(1)).toEqual([
      expect.stringMatching(
        /^The client authentication failed. Failed .*Request Token endpoint .*Client authentication client_secret_basic PKCE No IP address \S+ Location Internal network Request ID \S+$/,
      ),
      expect.stringMatching(
        /^The callback URL https:\/\/\S+\/wrong is not registered. Failed .*Request Authorization endpoint .*PKCE No.*Register it$/,
      ),
      expect.stringMatching(/^Authorization endpoint Succeeded .* by \S+ .*Request Authorization endpoint/),
    ])
    for (const part of [token?.reason, token?.requestId, 'invalid_client', 'code (hidden)', 'Ignored access_type'])
      expect(shownAttempts[1]).toContain(part)
    for (const part of [
      refused?.reason,
      refused?.requestId,
      'invalid_redirect_uri',
      `redirect_uri ${registered}/wrong`,
    ])
      expect(shownAttempts[2]).toContain(part)
    expect(page.text).not.toContain('stolen')
    // The page header shows the current state.
    expect(page.text).toMatch(
      /<h1><bdi>App<\/bdi><\/h1>\s*<p><span class="chip warn">[^<]*<\/span> Last sign-in [^.]+ by \S+\. Everyone can use it\./,
    )
    expect((await fetchConnectionLog('nobody')).status).toBe(404)
    expect((await instance.agent().getJson(`${instance.url}/api/oidc/clients/${id}/connection-log`)).status).toBe(401)
  })

  test('shows a rejected redirect URI next to the registered ones, but only to administrators', async () => {
    const otherAgent = await instance.agent().get(authorizationUrl(received))
    expect(otherAgent.status).toBe(400)
    expect(otherAgent.text).not.toContain(registered)
    expect(otherAgent.text).not.toContain('/redirect-uris')
    const page = await instance.administrator.get(authorizationUrl(received))
    expect(page.status).toBe(400)
    expect(page.text).toContain(registered)
    expect(page.text).not.toContain('<x>')
    expect(page.text).toContain('https://app.example/other?a=1&amp;b=')
    const usable = 'https://app.example/other?a=1,2&b=https://app.example/x'
    const offered = await instance.administrator.get(authorizationUrl(usable))
    expect(offered.form('/redirect-uris').fields).toEqual({ redirectUri: usable })
    // The full URI is shown, so that it cannot be confused with another one.
    expect(offered.text).toContain(`<code>${usable.replaceAll('&', '&amp;')}</code>`)
  })

  test('registers it with one button, and the next attempt succeeds', async () => {
    const page = await instance.administrator.get(authorizationUrl(`${registered}/new`))
    const form = page.form('/redirect-uris')
    const action = new URL(form.action, page.url).href
    expect((await instance.agent().postForm(action, form.fields)).status).not.toBe(303)
    const activityUrl = `${instance.url}/settings/admin/oidc-clients/${id}/activity`
    const readEntry = async () => {
      const { text } = await instance.administrator.get(activityUrl)
      return text
        .replaceAll('<wbr>', '')
        .split('<li>')
        .find((entry) => entry.includes(`${registered}/new`))
        ?.replaceAll(/<[^>]+>/g, '')
    }
    expect(await readEntry()).toMatch(/\/new is not registered.*Register it/s)
    expect((await instance.administrator.postForm(action, form.fields)).status).toBe(303)
    expect(await readEntry()).toMatch(/\/new was not registered\. It is now\./)
    expect(await readEntry()).not.toContain('Register it')
    expect((await instance.administrator.get(authorizationUrl(`${registered}/new`))).location).toContain('code=')
    expect((await instance.administrator.getJson(`${instance.url}/api/oidc/clients/${id}`)).json()).toMatchObject({
      callbackURLs: [registered, `${registered}/new`],
    })
  })

  test.each([
    'https://app.example/*',
    'https://app.example/#x',
    'https://app.example@evil.example/',
    'https://app.example\\@evil.example/',
    `https://app.example/${'x'.repeat(2000)}`,
    received,
    'javascript:alert(1)',
    'nothing',
  ])('offers no button for a URI that cannot be registered: %s', async (uri) => {
    const page = await instance.administrator.get(authorizationUrl(uri))
    expect(page.text).not.toContain('/redirect-uris')
    const action = `${instance.url}/settings/admin/oidc-clients/${id}/redirect-uris`
    expect((await instance.administrator.postForm(action, { redirectUri: uri })).status).toBe(400)
  })

  test.each([
    'https://аpp.example/cb',
    'https://evil.example/\u202ebc/elpmaxe.ppa',
    'https://app.example\u3002evil.example/',
  ])('requires an administrator to type a URI that could be misread: %s', async (uri) => {
    const page = await instance.administrator.get(authorizationUrl(uri))
    expect([page.status, page.text.includes('/redirect-uris')]).toEqual([400, false])
  })
})
