import { connect } from 'node:net'
import { describe, expect, test } from '@jest/globals'
import { shareBetweenTests } from '@pocket/test-support'
import { authorizationUrl, cookieHeader } from '../api/instance.ts'
import { stopTime } from '../stopped-time.ts'
import { setUpAdministrator, startApp } from './app.ts'

const clients = '/settings/admin/oidc-clients'

async function startWithClients() {
  const running = await startApp()
  const agent = running.agent()
  await setUpAdministrator(agent, running.url)
  const create = (fields: Readonly<Record<string, string>>) => agent.postForm(`${running.url}${clients}/new`, fields)
  return { running, agent, create, [Symbol.asyncDispose]: () => running[Symbol.asyncDispose]() }
}

/** Instances that several tests share: before the set-up, and after it. */
const empty = shareBetweenTests(startApp)
const shared = shareBetweenTests(startWithClients)

describe('an anonymous browser', () => {
  test.each(['/settings/account', clients, `${clients}/x`, `${clients}/new?template=synology-dsm`])(
    'is redirected from %s to the sign-in page, and back afterwards',
    async (path) => {
      const { running } = shared
      const response = await running.agent().get(running.url + path)
      expect([response.status, response.location]).toEqual([
        303,
        `${running.url}/login?${new URLSearchParams({ redirect: path })}`,
      ])
    },
  )
})

describe('a client', () => {
  test('shows its secret until it is stored', async () => {
    await using fixture = await startWithClients()
    const { agent, create } = fixture
    const created = await create({ name: 'Wiki', redirectUris: 'https://wiki.example/callback', template: 'other' })
    const page = await agent.follow(created)
    const secret = /pk_[\w-]{43}/.exec(page.text)?.[0] ?? ''
    expect(secret).toHaveLength(46)
    // Visiting another page or testing the client does not remove it.
    await agent.get(`${page.url}/access?user=ada`)
    expect((await agent.postForm(`${page.url}/test`, {})).text).toContain(secret)
    const again = await agent.get(page.url)
    expect([again.status, again.text.includes(secret)]).toEqual([200, true])
    expect([again.headers.get('cache-control'), again.headers.get('content-encoding')]).toEqual(['no-store', null])
    for (const tab of ['access', 'activity', 'settings'])
      expect((await agent.get(`${page.url}/${tab}`)).text).not.toContain(secret)
    const stored = await agent.follow(await agent.submit(again, again.form('/stored')))
    expect([stored.text.includes('is hidden now.'), stored.text.includes(secret)]).toEqual([true, false])
    expect((await agent.get(page.url)).text).not.toContain(secret)
    expect(fixture.running.log.join()).not.toContain(secret)
  })

  test('shows each of its new secrets, for ten minutes and only in the session that created them', async () => {
    await using fixture = await startWithClients()
    const { agent, create, running } = fixture
    const page = await agent.follow(await create({ name: 'Wiki', redirectUris: 'https://wiki.example' }))
    await Promise.all([agent.postForm(`${page.url}/secrets`, {}), agent.postForm(`${page.url}/secrets`, {})])
    const secretsIn = (text: string) => new Set(text.match(/pk_[\w-]{43}/g)).size
    expect(secretsIn((await agent.get(page.url)).text)).toBe(3)
    const other = await create({ name: 'Other', redirectUris: 'https://other.example' })
    expect(secretsIn((await agent.follow(other)).text)).toBe(1)
    const cookies = agent.cookies().filter(({ name }) => name.includes('new-secret'))
    expect(cookies).toHaveLength(4)
    // The same person in another session, with the cookies of this one.
    const { code } = await running.app.issueLoginCode('ada')
    await agent.postForm(`${running.url}/logout`, {})
    await agent.postForm(`${running.url}/lc`, { code })
    expect(agent.cookies().filter(({ name }) => name.includes('new-secret'))).toHaveLength(4)
    const later = await agent.get(page.url)
    expect([later.status, secretsIn(later.text)]).toEqual([200, 0])
  })

  test('hides a new secret after ten minutes', async () => {
    await using fixture = await startWithClients()
    const { agent, create } = fixture
    const page = await agent.follow(await create({ name: 'Wiki', redirectUris: 'https://wiki.example' }))
    expect(page.text).toMatch(/pk_[\w-]{43}/)
    // A browser could keep the cookie longer.
    const read = async () => (await fetch(page.url, { headers: { cookie: cookieHeader(agent) } })).text()
    expect(await read()).toMatch(/pk_[\w-]{43}/)
    using _ = stopTime(601_000)
    const later = await read()
    expect([later.includes('>Client secret<'), /pk_[\w-]{43}/.test(later)]).toEqual([true, false])
  })

  test('shows its secret even if several URLs were corrected', async () => {
    const fixture = shared
    const addresses = Array.from(
      { length: 60 },
      (_, index) => `https://nas-number-${index}.some-long-name.example.com:5001/#/signin`,
    )
    const created = await fixture.create({ name: 'NAS', redirectUris: addresses.join('\n'), template: 'synology-dsm' })
    expect((await fixture.agent.follow(created)).text).toMatch(/pk_[\w-]{43}/)
  })

  test('allows no user until an administrator grants access, even for a NAS template', async () => {
    await using fixture = await startWithClients()
    const { agent, create, running } = fixture
    const page = await agent.follow(
      await create({ name: 'Wiki', redirectUris: 'https://wiki.example', template: 'other' }),
    )
    expect(page.text).toContain('No one can use it yet')
    const findWiki = async () => (await running.app.pocket.clients.list()).find(({ name }) => name === 'Wiki')
    expect(await findWiki()).toMatchObject({ isGroupRestricted: true, allowedGroupIds: [] })
    const { id } = await running.app.directory.groups.create({ name: 'family', friendlyName: 'Family' })
    const offered = await agent.getJson(`${running.url}/settings/admin/choices/groups?query=fam`)
    expect(offered.json()).toMatchObject({ items: [{ id, name: 'Family' }] })
    const action = `${page.url}/access`
    expect((await agent.postForm(action, { access: 'groups', groups: id })).status).toBe(303)
    expect(await findWiki()).toMatchObject({ isGroupRestricted: true, allowedGroupIds: [id] })
    expect((await agent.postForm(action, { access: 'everybody', groups: id })).status).toBe(303)
    expect(await findWiki()).toMatchObject({ isGroupRestricted: false, allowedGroupIds: [] })
    expect((await agent.get(page.url)).text).not.toContain('No one can use')
    const created = await create({ name: 'NAS', redirectUris: 'https://nas:5001', template: 'synology-dsm' })
    const nas = await agent.follow(created)
    const listRestricted = async () =>
      (await running.app.pocket.clients.list()).filter((each) => each.isGroupRestricted).map(({ name }) => name)
    expect([nas.text.includes('No one can use it yet'), await listRestricted()]).toEqual([true, ['NAS']])
    // One click, which hides nothing on the page.
    const opened = await agent.follow(await agent.submit(nas, nas.form('/access')))
    const secret = /pk_[\w-]{43}/.exec(nas.text)?.[0] ?? 'none'
    expect([opened.text.includes(secret), opened.text.includes('No one can use')]).toEqual([true, false])
    await create({ name: 'Open', redirectUris: 'https://open', template: 'other', access: 'everybody' })
    expect(await listRestricted()).toEqual([])
  })

  test('shows its operator, as set by the administrator, before consent', async () => {
    await using fixture = await startWithClients()
    const { agent, create, running } = fixture
    const form = { name: 'Wiki', redirectUris: 'https://wiki.example', template: 'other', access: 'everybody' }
    await create({ ...form, operator: 'The <b>platform</b> team' })
    const [client] = await running.app.pocket.clients.list()
    const to = authorizationUrl(running.url, client?.id ?? '', 'https://wiki.example')
    const consent = await agent.follow(await agent.get(to))
    expect(consent.text).toContain('The &lt;b&gt;platform&lt;/b&gt; team')
  })

  test.each([
    [{ name: '', redirectUris: 'https://x' }, 'f-name'],
    [{ name: 'x'.repeat(51), redirectUris: 'https://x' }, 'f-name'],
    [{ name: 'x', redirectUris: '' }, 'f-redirectUris'],
    [{ name: 'x', redirectUris: 'javascript:alert(1)' }, 'f-redirectUris'],
    [{ name: 'x', redirectUris: 'https://x/#/signin' }, 'f-redirectUris'],
    [{ name: 'x', redirectUris: 'https://x\n/callback' }, 'f-redirectUris'],
  ])('with %j is rejected next to the field, and the input is kept', async (fields, id) => {
    const fixture = shared
    const before = await fixture.running.app.pocket.clients.list()
    const page = await fixture.create({ template: 'other', ...fields })
    expect(page.status).toBe(400)
    expect(page.text).toMatch(new RegExp(`id="${id}"[^>]*aria-invalid="true"`))
    expect(page.text).toContain(fields.redirectUris.split('\n')[0])
    expect(await fixture.running.app.pocket.clients.list()).toEqual(before)
  })

  test('can be deleted', async () => {
    const { agent, create, running } = shared
    const page = await agent.follow(await create({ name: 'Gone soon', redirectUris: 'https://x', template: 'other' }))
    const response = await agent.follow(await agent.postForm(`${page.url}/remove`, {}))
    expect(response.text).toContain('Gone soon')
    expect((await agent.get(page.url)).status).toBe(404)
    expect(running.log.join('')).toContain('"audit":"client_removed"')
  })
})

describe('a login code', () => {
  test('never appears in the log', async () => {
    await using running = await startApp()
    await setUpAdministrator(running.agent(), running.url)
    const { url, code } = await running.app.issueLoginCode('ada')
    expect((await running.agent().get(url)).status).toBe(200)
    expect(running.log.join('')).toContain('/lc/[redacted]')
    // A sign-up token follows `/st`.
    for (const path of ['/LC', '//x/lc', '/%6cc', '/lc;', '/./lc', '/x/../lc', '/%6C%63', '/st', '/%73T'])
      await fetch(`${running.url}${path}/${code}`, { headers: { accept: 'text/html' } })
    const operation = `${running.url}/api/one-time-access-token/${code}`
    // Rejected before the code is checked, so it remains valid.
    expect((await fetch(operation, { method: 'POST', headers: { origin: 'https://evil.example' } })).status).toBe(403)
    expect((await running.agent().postJson(operation, {})).status).toBe(200)
    expect(running.log.join('')).not.toContain(code)
  })

  test('is not consumed by a rejected form', async () => {
    const { running } = shared
    const { code } = await running.app.issueLoginCode('ada')
    const agent = running.agent()
    const twice = new URLSearchParams([
      ['code', code],
      ['redirect', 'a'],
      ['redirect', 'b'],
    ])
    const refused = await fetch(`${running.url}/lc`, { method: 'POST', body: twice, redirect: 'manual' })
    expect([refused.status, refused.headers.getSetCookie()]).toEqual([400, []])
    expect((await agent.postForm(`${running.url}/lc`, { code })).status).toBe(303)
  })

  test('keeps the return path in the form if it is wrong', async () => {
    const { running } = shared
    const page = await running.agent().postForm(`${running.url}/lc`, { code: 'AAAAAA', redirect: '/interaction/x' })
    expect([page.status, page.text.includes('value="/interaction/x"')]).toEqual([400, true])
    // A passkey offer here could sign the user in before they read why the code was rejected.
    expect(page.text).not.toContain('webauthn')
    expect((await running.agent().postForm(`${running.url}/lc`, { code: ' ' })).status).toBe(400)
    expect(running.log.join('')).toContain('"audit":"sign_in_failed"')
  })
})

test.each(['\u0000', 'a\u202Eb', 'a\nb'])('the name %j is rejected on both kinds of database', async (name) => {
  const { agent, create, running } = shared
  expect((await create({ name, redirectUris: 'https://x', template: 'other' })).status).toBe(400)
  for (const path of [
    `${clients}/%00`,
    '/authorize?client_id=%00&response_type=code&scope=openid&redirect_uri=https://x',
  ])
    expect([400, 404]).toContain((await agent.get(running.url + path)).status)
  const [passkey] = await running.app.pocket.passkeys.list((await running.app.directory.list())[0]?.id ?? '')
  const renamed = await agent.postForm(`${running.url}/settings/account/passkeys/${passkey?.id}/rename`, { name })
  expect(renamed.status).toBe(400)
})

test('a notice is shown after an action, not from a link', async () => {
  const { agent, running } = shared
  for (const path of [
    '/settings/account/security?done=passkey_removed&name=Everything',
    `${clients}?removed=Everything`,
  ]) {
    const { text } = await agent.get(running.url + path)
    // The form of the preferences returns to the URL unchanged.
    expect(text.replaceAll(/<input type="hidden"[^>]*>/g, '')).not.toContain('Everything')
  }
})

describe('a response', () => {
  test.each([
    ['/nowhere', 404],
    ['/api/nowhere', 404],
    ['/.well-known/nowhere', 404],
    ['/assets/nowhere.js', 404],
    ['/assets/..%2f..%2fpackage.json', 404],
  ])('to %s is %i', async (path, status) => {
    const running = empty
    expect((await running.agent().get(running.url + path)).status).toBe(status)
  })
})

test('keeps the last passkey, and returns not found for a passkey of another user', async () => {
  const { agent, running } = shared
  const [user] = await running.app.directory.list()
  const [passkey] = await running.app.pocket.passkeys.list(user?.id ?? '')
  const pageUrl = `${running.url}/settings/account/passkeys`
  const refused = await agent.postForm(`${pageUrl}/${passkey?.id}/remove`, {})
  expect([refused.status, refused.text.includes('last_passkey')]).toEqual([409, true])
  for (const act of ['remove', 'rename'])
    expect((await agent.postForm(`${pageUrl}/${crypto.randomUUID()}/${act}`, { name: 'x' })).status).toBe(404)
  expect(await running.app.pocket.passkeys.list(user?.id ?? '')).toHaveLength(1)
})

test.each(['http://[::1', '::', 'ftp://x/', 'mailto:x'])(
  'an invalid request target is redacted in the log too: %s',
  async (target) => {
    const running = empty
    const socket = connect(Number(new URL(running.url).port), '127.0.0.1')
    socket.write(`GET ${target} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n`)
    const chunks: Buffer[] = []
    for await (const chunk of socket) chunks.push(chunk)
    expect(Buffer.concat(chunks).toString()).toMatch(/^HTTP\/1\.1 400 /)
    expect(running.log.filter((line) => line.includes('"level":"error"'))).toEqual([])
  },
)

test('accepts an authorization request posted by another site, and shows an error page for an unreadable one', async () => {
  const running = empty
  const from = 'https://app.example/'
  const posted = await running.agent().postForm(`${running.url}/authorize`, { client_id: 'unknown' }, { from })
  expect([posted.status, posted.location]).toEqual([303, `${running.url}/authorize?client_id=unknown`])
  const headers = { 'content-type': 'application/json' }
  const unread = await running.agent().postForm(`${running.url}/authorize`, {}, { from, headers })
  expect([unread.status, unread.headers.get('content-type')]).toEqual([400, expect.stringMatching(/^text\/html/)])
})

test('a form whose session has ended is sent after a sign-in', async () => {
  const { running, agent } = shared
  const page = await running
    .agent()
    .postForm(`${running.url}/settings/admin/user-groups/new`, { friendlyName: 'Family' })
  expect(page.status).toBe(401)
  expect(page.text).toContain('Your session has ended')
  const form = page.forms().find(({ action }) => action.endsWith('/settings/admin/user-groups/new'))
  expect(form?.fields).toEqual({ friendlyName: 'Family' })
  // A script and a file upload get the error.
  const json = { headers: { accept: 'application/json' } }
  expect((await running.agent().postForm(`${running.url}/settings/account`, {}, json)).text).toContain('not_signed_in')
  expect((await agent.get(`${running.url}/settings/admin/user-groups`)).text).not.toContain('Family')
})

describe('the frame', () => {
  const errorOf = (text: string) => ({
    hasRail: text.includes('id="rail"'),
    title: /<h1>([^<]*)/.exec(text)?.[1],
    act: /<a class="btn primary" href="([^"]*)">([^<]*)/.exec(text)?.slice(1),
  })

  test('surrounds an error page, which offers a remedy', async () => {
    const { agent, running } = shared
    const get = async (path: string) => errorOf((await agent.get(running.url + path)).text)
    expect(await get(`${clients}/gone`)).toEqual({
      hasRail: true,
      title: 'There’s no such client',
      act: [clients, 'Go to “Clients”'],
    })
    expect((await agent.get(`${running.url}${clients}/gone`)).text).toContain('<code>gone</code>')
    for (const [path, title] of [
      ['/settings/admin/user-groups', 'There’s no such group'],
      ['/settings/admin/apis', 'There’s no such API'],
    ] as const) {
      const { text } = await agent.get(`${running.url}${path}/gone`)
      expect([errorOf(text).title, text.includes('<code>gone</code>')]).toEqual([title, true])
    }
    expect(await get('/settings/admin/nowhere')).toMatchObject({
      hasRail: true,
      act: ['/settings/admin', 'Go to “Overview”'],
    })
    const { id } = await running.app.pocket.clients.create({ name: 'Wiki', redirectUris: [], isPublic: true })
    const refused = await agent.postForm(`${running.url}${clients}/${id}/secrets`, {})
    expect(errorOf(refused.text)).toMatchObject({ hasRail: true, act: [clients, 'Go to “Clients”'] })
    // Without a session there is no navigation.
    expect(errorOf((await running.agent().get(`${running.url}/settings/admin/nowhere`)).text).hasRail).toBe(false)
  })

  test('has at most eight entries, and counts the people who wait for approval', async () => {
    const { agent, running } = shared
    const { text } = await agent.get(`${running.url}/settings/admin/users`)
    const [menu = ''] = /id="rail"[\s\S]*?<\/nav>/.exec(text) ?? []
    expect(menu.match(/<li><a /g)?.length).toBe(8)
    expect(menu).not.toContain('waiting for approval')
    for (const path of ['users', 'approvals', 'invitations']) expect(text).toContain(`href="/settings/admin/${path}"`)
  })

  test('has icons for home screens', async () => {
    const { running } = shared
    const manifest = await (await fetch(`${running.url}/app.webmanifest`)).json()
    const { text } = await running.agent().get(`${running.url}/login`)
    const touchIcon = /rel="apple-touch-icon" href="([^"]+)"/.exec(text)?.[1] ?? ''
    const { icons } = manifest as { readonly icons: readonly { readonly src: string; readonly type: string }[] }
    const types = [touchIcon, ...icons.map(({ src }) => src)].map(
      async (path) => (await fetch(running.url + path)).headers.get('content-type') ?? '',
    )
    expect(await Promise.all(types)).toEqual(['image/png', 'image/svg+xml', 'image/png', 'image/png'])
  })
})
