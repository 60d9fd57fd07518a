import { beforeAll, expect, test } from '@jest/globals'
import { shareWithAdministrator } from './app.ts'

let client: string
let api: string
const groupIds: string[] = []

const { running, agent } = shareWithAdministrator()

beforeAll(async () => {
  const { directory, pocket } = running.app
  for (let number = 10; number < 30; number++)
    groupIds.push((await directory.groups.create({ name: `team${number}`, friendlyName: `Team ${number}` })).id)
  client = (await pocket.clients.create({ name: 'Wiki', redirectUris: [], isGroupRestricted: true })).id
  api = (await pocket.apis.create({ name: 'Files', resource: 'https://files.example/api' })).id
  await pocket.apis.setPermissions(api, [{ key: 'files:read', name: 'Read files' }])
})

const find = (kind: string, query: string) =>
  agent.getJson(`${running.url}/settings/admin/choices/${kind}?${new URLSearchParams({ query })}`)

test.each<[string, string, object]>([
  ['users', 'AD', { name: 'Ada Lovelace', detail: 'ada' }],
  ['groups', 'team11', { name: 'Team 11', detail: 'Members: 0' }],
  ['clients', 'wik', { name: 'Wiki' }],
  ['restricted-clients', 'wik', { name: 'Wiki' }],
  ['apis', 'files', { name: 'Files', detail: 'https://files.example/api' }],
])('finds %s by a part of their names', async (kind, query, item) => {
  const response = await find(kind, query)
  expect(response.json()).toMatchObject({ items: [item], summary: 'Results: 1' })
  expect(response.headers.get('cache-control')).toBe('no-store')
})

test('finds the permissions of one API by name and key', async () => {
  const found = { items: [{ name: 'Read files', detail: 'files:read' }], summary: 'Results: 1' }
  expect((await find(`permissions:${api}`, 'les:re')).json()).toMatchObject(found)
  expect((await find('permissions:other', 'read')).json()).toMatchObject({ items: [] })
})

test('shows at most eight matches and the number of all', async () => {
  const { items, summary } = (await find('groups', 'team')).json() as { items: readonly object[]; summary: string }
  expect([items.length, summary]).toEqual([8, 'Results: 20. Type more to narrow the results.'])
  expect((await find('groups', '%')).json()).toMatchObject({ items: [], summary: 'Results: 0' })
  expect((await find('nothing', 'team')).status).toBe(404)
  const otherAgent = await running.agent().getJson(`${running.url}/settings/admin/choices/groups?query=team`)
  expect(otherAgent.status).toBe(401)
})

test('chooses several without scripts, on a page that keeps the other fields and stores nothing until it is saved', async () => {
  const page = await agent.get(`${running.url}/settings/admin/oidc-clients/${client}/access`)
  const form = page.form('/access')
  const [, search = ''] = /formaction="([^"]+field=groups[^"]+)"/.exec(page.text) ?? []
  const action = new URL(search.replaceAll('&amp;', '&'), running.url).href
  const begun = await agent.postForm(action, { ...form.fields, access: 'groups', 'choose.groups': 'team1' })
  expect([begun.status, begun.text.match(/name="choose.add"/g)?.length]).toEqual([200, 8])
  const [first = '', second = ''] = groupIds
  const fields = { ...begun.form('/choose/groups').fields, 'choose.groups': 'team1' }
  expect(fields).toMatchObject({ access: 'groups', version: expect.any(String) })
  const one = await agent.postForm(action, { ...fields, 'choose.add': first })
  const readChosen = (text: string) => [...text.matchAll(/name="groups" value="([^"]+)"/g)].map(([, id]) => id)
  expect(readChosen(one.text)).toEqual([first])
  const two = await agent.postForm(action, [
    ...Object.entries(one.form('/choose/groups').fields).filter(([name]) => name !== 'groups'),
    ['groups', first],
    ['choose.add', second],
  ])
  expect(readChosen(two.text)).toEqual([first, second])
  const dropped = await agent.postForm(action, [
    ...Object.entries(two.form('/choose/groups').fields).filter(([name]) => name !== 'groups'),
    ['groups', first],
    ['groups', second],
    ['choose.drop', first],
  ])
  expect(readChosen(dropped.text)).toEqual([second])
  expect(await running.app.pocket.clients.find(client)).toMatchObject({ allowedGroupIds: [] })
  expect(dropped.text).toContain(`formaction="/settings/admin/oidc-clients/${client}/access" formmethod="post"`)
  const saved = await agent.postForm(`${running.url}/settings/admin/oidc-clients/${client}/access`, {
    ...dropped.form('/choose/groups').fields,
    groups: second,
  })
  expect(saved.status).toBe(303)
  expect(await running.app.pocket.clients.find(client)).toMatchObject({ allowedGroupIds: [second] })
})

test('shows the slugs of groups with the same name, and only of those', async () => {
  const { groups } = running.app.directory
  const names = ['twin-one', 'twin-two']
  const [one, two] = await Promise.all(names.map((name) => groups.create({ name, friendlyName: 'Twin' })))
  const url = `${running.url}/settings/admin/oidc-clients/${client}/access`
  const readChips = async (...ids: readonly (string | undefined)[]) => {
    await running.app.pocket.clients.setAllowedGroups(client, ids.map(String))
    const { text } = await agent.get(url)
    return [...text.matchAll(/<li class="tag"[^>]*><bdi>([^<]+)/g)].map(([, name]) => name).sort()
  }
  expect(await readChips(one?.id, groupIds[0])).toEqual(['Team 10', 'Twin'])
  expect(await readChips(one?.id, two?.id)).toEqual(['Twin (twin-one)', 'Twin (twin-two)'])
  const { items } = (await find('groups', 'twin')).json() as { items: readonly { slug: string }[] }
  expect(items.map(({ slug }) => slug).sort()).toEqual(['twin-one', 'twin-two'])
  const page = await agent.get(url)
  const [, search = ''] = /formaction="([^"]+field=groups[^"]+)"/.exec(page.text) ?? []
  const found = await agent.postForm(new URL(search.replaceAll('&amp;', '&'), running.url).href, {
    groups: one?.id ?? '',
    'choose.groups': 'twin',
  })
  expect(found.text).toContain('aria-label="Remove Twin (twin-one)"')
  expect(found.text).toContain('aria-label="Add Twin (twin-two)"')
})

test.each([
  'https://evil.example/settings/admin/x',
  '//evil.example/settings/admin/',
  '/logout',
  '/settings/admin/../../logout',
  '',
])('does not post the form to %s', async (to) => {
  const query = new URLSearchParams({ field: 'groups', to })
  const response = await agent.postForm(`${running.url}/settings/admin/choose/groups?${query}`, {
    groups: groupIds[0] ?? '',
  })
  expect(response.status).toBe(404)
})
