import { beforeAll, expect, test } from '@jest/globals'
import { shareBetweenTests } from '@pocket/test-support'
import { startInstance } from './instance.ts'
import { cachedDifferences, type Document, type FindDifferences } from './response-differences.ts'

const someId = '5f0c2a53-2a3e-4c8e-9a62-0a54f1b6f9d1'

const instance = shareBetweenTests(() => startInstance())
let differences: FindDifferences

beforeAll(async () => {
  differences = cachedDifferences(
    (await instance.administrator.getJson(`${instance.url}/api/openapi.json`)).json() as Document,
  )
})

async function createObject(path: string, body: object): Promise<string> {
  const response = await instance.administrator.postJson(`${instance.url}${path}`, body)
  expect([response.status, response.text]).toEqual([201, expect.any(String)])
  return (response.json() as { id: string }).id
}

async function preview(client: string, user: string, scopes: string) {
  const query = new URLSearchParams({ scopes })
  const response = await instance.administrator.getJson(
    `${instance.url}/api/oidc/clients/${client}/preview/${user}?${query}`,
  )
  expect(differences('GET /api/oidc/clients/{id}/preview/{userId}', response)).toEqual([])
  return response
}

const person = { username: 'hedy', email: 'hedy@example.com', firstName: 'Hedy', lastName: 'Koch' }

test('shows the token contents of a user for a client', async () => {
  const user = await createObject('/api/users', person)
  const client = await createObject('/api/oidc/clients', { name: 'NAS' })
  const response = await preview(client, user, 'openid profile unknown')
  expect(response.status).toBe(200)
  const instant = expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/)
  const received = { sub: user, name: 'Hedy Koch', preferred_username: 'hedy' }
  expect(response.json()).toMatchObject({
    idToken: { ...received, iss: instance.url, aud: [client], type: 'id-token', exp: instant },
    accessToken: { iat: instant, exp: instant, sub: user, client_id: client, scope: 'openid profile' },
    userInfo: received,
  })

  const restricted = await createObject('/api/oidc/clients', { name: 'Closed', isGroupRestricted: true })
  const refused = await preview(restricted, user, 'openid')
  expect([refused.status, refused.json()]).toMatchObject([403, { code: 'oidc_access_denied' }])
  expect((await preview(client, someId, 'openid')).status).toBe(404)
  expect((await preview(someId, user, 'openid')).status).toBe(404)
  expect((await preview(client, user, ' ')).status).toBe(400)
})

test('shows administrators whether a user may use the client, why, and what it receives', async () => {
  const group = await createObject('/api/user-groups', { name: 'crew', friendlyName: 'Crew' })
  const client = await createObject('/api/oidc/clients', { name: 'Files' })
  /** Without marks where a line may break. */
  const page = async (query: Record<string, string>) => {
    const url = `${instance.url}/settings/admin/oidc-clients/${client}/access?${new URLSearchParams(query)}`
    return (await instance.administrator.get(url)).text.replaceAll('<wbr>', '')
  }
  const grace = await createObject('/api/users', {
    ...person,
    username: 'grace',
    email: 'grace@example.com',
    lastName: '<b>',
  })
  const previewPage = await page({})
  expect(previewPage).not.toContain('preferred_username')
  // The page offers the most common scopes.
  expect(previewPage).toMatch(/name="scope"[^>]* value="openid profile email groups"/)
  const shown = await page({ user: grace, scope: 'openid profile' })
  expect(shown).toContain('can use it, as everyone can.')
  expect(shown).toMatch(/<dt><code>preferred_username<\/code><\/dt><dd><bdi>grace<\/bdi><\/dd>/)
  const parts = [
    ...shown
      .slice(shown.indexOf('id="check"'))
      .matchAll(/<summary class="small">([^<]+)<[^>]*>(?:(?!<summary).)*?<pre>(.*?)<\/pre>/gs),
  ].map(([, name, json]) => [
    name,
    JSON.parse((json ?? '').replaceAll('&#34;', '"').replaceAll('&lt;', '<').replaceAll('&gt;', '>')),
  ])
  expect(parts).toEqual([
    ['ID token', expect.objectContaining({ aud: client, family_name: '<b>' })],
    ['UserInfo', expect.objectContaining({ family_name: '<b>' })],
    ['Access token', expect.objectContaining({ client_id: client, scope: 'openid profile' })],
  ])
  expect(shown).not.toContain('<b>')
  expect(shown).not.toContain('grace@example.com')
  expect(await page({ user: '<i>nobody' })).toContain('There’s no such user')
  await instance.administrator.sendJson('PUT', `${instance.url}/api/oidc/clients/${client}`, {
    body: { name: 'Files', isGroupRestricted: true },
  })
  await instance.administrator.sendJson('PUT', `${instance.url}/api/oidc/clients/${client}/allowed-user-groups`, {
    body: { userGroupIds: [group] },
  })
  const refused = await page({ user: 'grace' })
  expect(refused).toContain('can’t use it: in none of the allowed groups.')
  expect(refused).not.toContain('preferred_username')
})

test('ends in the act that gives a user access, and shows the answer again', async () => {
  const { administrator, app, url } = instance
  const client = await createObject('/api/oidc/clients', { name: 'Shut', isGroupRestricted: true })
  const grace = await createObject('/api/users', { ...person, username: 'hopper', email: 'hopper@example.com' })
  const page = await administrator.get(`${url}/settings/admin/oidc-clients/${client}/access?user=${grace}`)
  expect(page.text).toContain('<a href="#f-groups">Choose groups</a>')
  const ids: string[] = []
  for (const name of ['One', 'Two', 'Three', 'Four', 'Five', 'Six'])
    ids.push((await app.directory.groups.create({ name: `mend-${name}`, friendlyName: name })).id)
  await app.pocket.clients.setAllowedGroups(client, ids)
  const refused = await administrator.get(page.url)
  expect(refused.text.match(/Add to a group: \w+/g)?.map((label) => label.slice(16))).toEqual([
    'Five',
    'Four',
    'One',
    'Six',
    'Three',
  ])
  expect(refused.text).toContain(`<a href="/settings/admin/users/${grace}/access">Give access</a>`)
  const press = async (shown: Awaited<ReturnType<typeof administrator.get>>, action: string) => {
    const { fields } = shown.form(action)
    return administrator.follow(await administrator.postForm(url + action, fields))
  }
  const added = await press(refused, `/settings/admin/user-groups/${ids[2]}/members`)
  expect([added.url.includes(`/${client}/access`), added.text.includes('can use it: member of Three.')]).toEqual([
    true,
    true,
  ])
  await app.directory.setDisabled(grace, true)
  const enabled = await press(await administrator.get(page.url), `/settings/admin/users/${grace}/enable`)
  expect([enabled.url.includes(`/${client}/access`), enabled.text.includes('can use it: member of Three.')]).toEqual([
    true,
    true,
  ])
  for (const path of [`users/${grace}/disable`, `user-groups/${ids[0]}/members`]) {
    const fields = { users: grace, returnTo: 'https://evil.example/' }
    const { location } = await administrator.postForm(`${url}/settings/admin/${path}`, fields)
    expect(location).toMatch(`${url}/settings/admin/`)
  }
})
