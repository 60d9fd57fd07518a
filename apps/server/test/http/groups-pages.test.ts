import { expect, test } from '@jest/globals'
import type { UserAgent } from '@pocket/core/testing'
import { newUser } from '@pocket/directory'
import { shareWithAdministrator } from './app.ts'

const groups = '/settings/admin/user-groups'

const { running, agent } = shareWithAdministrator()

const get = async (path: string) => agent.get(running.url + path)
const post = (path: string, fields: Parameters<UserAgent['postForm']>[1]) => agent.postForm(running.url + path, fields)
const idOf = (path: string) => String(path.split('/').at(-1))
const find = (path: string) => running.app.directory.groups.find(idOf(path))
async function addGroup(name: string): Promise<string> {
  const response = await post(`${groups}/new`, { name, friendlyName: `The ${name}` })
  expect(response.status).toBe(303)
  return new URL(String(response.location)).pathname
}

test('explains groups if there are none', async () => {
  expect((await get(groups)).text).toContain('Nothing yet')
})

test('a group is created and renamed, unless it is invalid or was changed concurrently', async () => {
  const refused = await post(`${groups}/new`, { name: '', friendlyName: 'Kept' })
  expect([refused.status, refused.text.includes('value="Kept"')]).toEqual([400, true])
  const path = await addGroup('family')
  expect((await post(`${groups}/new`, { name: 'family', friendlyName: 'Again' })).status).toBe(409)
  const page = (await get(`${path}/settings`)).text
  const version = (/name="version" value="([^"]+)"/.exec(page)?.[1] ?? '').replaceAll('&#34;', '"')
  expect((await post(path, { name: 'family', friendlyName: 'Everybody', version })).status).toBe(303)
  expect((await get(`${path}/settings`)).text).toMatch(/<p>Saved: <strong>/)
  const late = await post(path, { name: 'family', friendlyName: 'Late', version })
  expect([late.status, late.text.includes('Name is now: Everybody')]).toEqual([412, true])
  expect((await find(path))?.friendlyName).toBe('Everybody')
})

test('a group requires two passkeys, and says how many members have fewer', async () => {
  const path = await addGroup('vault')
  const { directory } = running.app
  const bob = await directory.create(newUser({ userName: 'bob', email: 'bob@example.com', displayName: 'Bob' }))
  const ada = (await directory.findByName('ada'))?.id ?? ''
  await directory.groups.setMembers(idOf(path), [ada, bob.id])
  expect((await post(path, { name: 'vault', friendlyName: 'Vault', requiresTwoPasskeys: 'yes' })).status).toBe(303)
  expect((await find(path))?.requiresTwoPasskeys).toBe(true)
  const page = (await get(`${path}/settings`)).text
  expect(page).toMatch(/name="requiresTwoPasskeys" value="yes" checked/)
  expect(page).toContain('Fewer than two passkeys: 2')
  const [, list = ''] = /href="([^"]*fewer-than-two[^"]*)"/.exec(page) ?? []
  const users = (await get(list.replaceAll('&amp;', '&'))).text
  expect(['ada', 'bob'].map((name) => users.includes(`>${name}<`))).toEqual([true, true])
  await post(path, { name: 'vault', friendlyName: 'Vault' })
  expect((await find(path))?.requiresTwoPasskeys).toBe(false)
})

test('groups are filtered by whether they have members, and by their source', async () => {
  const [full, empty] = [await addGroup('full'), await addGroup('empty')]
  const ada = (await running.app.directory.findByName('ada'))?.id ?? ''
  await running.app.directory.groups.setMembers(idOf(full), [ada])
  const searchGroups = async (query: string) => {
    const page = (await get(`${groups}?${query}`)).text
    return [full, empty].map((path) => page.includes(`href="${path}"`))
  }
  expect(await searchGroups('filters[hasMembers]=true')).toEqual([true, false])
  expect(await searchGroups('filters[hasMembers]=false')).toEqual([false, true])
  expect(await searchGroups('filters[isFromLdap]=false')).toEqual([true, true])
  const none = (await get(`${groups}?filters[isFromLdap]=true`)).text
  expect([none.includes('Nothing matches'), none.includes('Nothing yet')]).toEqual([true, false])
})

test('a membership gets an expiry, is extended, and ends', async () => {
  const path = await addGroup('guests')
  await running.app.directory.create(
    newUser({ userName: 'gina', email: 'gina@example.com', displayName: 'Gina Guest' }),
  )
  const found = (await running.app.directory.findByName('gina'))?.id ?? ''
  expect((await post(`${path}/members`, { users: 'nobody', endsAt: '' })).status).toBe(400)
  const past = await post(`${path}/members`, { users: found, endsAt: '2001-01-01' })
  // The choice is kept.
  expect([past.status, past.text.includes(`name="users" value="${found}"`)]).toEqual([400, true])
  expect(past.text).toContain('<button class="btn primary" type="submit">Add</button>')
  expect((await find(path))?.members).toHaveLength(0)
  expect((await post(`${path}/members`, { users: found, endsAt: '2999-01-31' })).status).toBe(303)
  const withGina = (await get(path)).text
  expect(withGina).toContain('Jan 31, 2999')
  expect(withGina).toContain('Added: Gina Guest')
  const [gina] = (await find(path))?.members ?? []
  expect((await post(`${path}/members/${gina?.id}/end`, { endsAt: '' })).status).toBe(303)
  const extended = (await get(path)).text
  expect(extended).not.toContain('Jan 31, 2999')
  expect(extended).toContain('<p>Saved: <strong>Last day · ')
  expect((await post(`${path}/members/${gina?.id}/remove`, {})).status).toBe(303)
  expect((await get(path)).text).toMatch(/<p>Removed: <strong>/)
  expect((await find(path))?.members).toHaveLength(0)
})

test('the second of two concurrent changes of an expiry shows the first one', async () => {
  const path = await addGroup('seasonal')
  const { directory } = running.app
  const { id } = await directory.create(newUser({ username: 'sven', firstName: 'Sven' }))
  await directory.groups.setMembers(idOf(path), [id])
  const versionIn = (text: string) => {
    const form = text.slice(text.indexOf(`${path}/members/${id}/end`))
    return (/name="version" value="([^"]+)"/.exec(form)?.[1] ?? '').replaceAll('&#34;', '"')
  }
  const version = versionIn((await get(path)).text)
  const setEnd = (endsAt: string, read: string) => post(`${path}/members/${id}/end`, { endsAt, version: read })
  expect((await setEnd('2998-01-31', version)).status).toBe(303)
  const late = await setEnd('2999-01-31', version)
  expect([late.status, late.text.includes('Last day is now: 2998-01-31')]).toEqual([412, true])
  expect([
    late.text.includes('<td role="cell" class="short" data-label="Last day"><form'),
    late.text.includes('value="2999-01-31"'),
  ]).toEqual([true, true])
  const endsAt = async () => (await directory.groups.membership(idOf(path), id))?.endsAt
  expect(await endsAt()).toBe(Date.parse('2998-01-31T23:59:59.999Z'))
  expect((await setEnd('2999-01-31', versionIn(late.text))).status).toBe(303)
  expect(await endsAt()).toBe(Date.parse('2999-01-31T23:59:59.999Z'))
})

test('pages through and searches many members, and adds several', async () => {
  const path = await addGroup('crowd')
  const { directory } = running.app
  const people = Array.from({ length: 23 }, (_, number) => `crowd${String(number).padStart(2, '0')}`)
  const ids: string[] = []
  for (const userName of people)
    ids.push((await directory.create(newUser({ username: userName, firstName: userName }))).id)
  await directory.groups.setMembers(idOf(path), ids.slice(1))
  const first = (await get(path)).text
  expect([first.includes('crowd01'), first.includes('crowd20'), first.includes('crowd21')]).toEqual([true, true, false])
  expect(first).toContain(`href="${path}?page=2#rows"`)
  expect((await get(`${path}?page=2`)).text).toContain('crowd22')
  const searched = (await get(`${path}?search=WD07`)).text
  expect([searched.includes('crowd07'), searched.includes('crowd08'), searched.includes('Matches: 1 of 22')]).toEqual([
    true,
    false,
    true,
  ])
  const guest = await directory.create(newUser({ username: 'crowdguest', firstName: 'Cro' }))
  const chosen = [
    ['users', String(ids[0])],
    ['users', guest.id],
    ['endsAt', '2999-01-31'],
    ['list', '?page=2'],
  ] as const
  const back = await post(`${path}/members`, chosen)
  expect([back.status, back.location]).toEqual([303, `${running.url}${path}?page=2`])
  for (const id of [String(ids[0]), guest.id])
    expect((await directory.groups.membership(idOf(path), id))?.endsAt).toBe(Date.parse('2999-01-31T23:59:59.999Z'))
  const notice = /<p>(Added: 2.*?)<\/p>/s.exec((await get(`${path}?page=2`)).text)?.[1]
  expect(notice?.replaceAll(/<[^>]+>/g, '')).toMatch(/^Added: 2 (crowd00, Cro|Cro, crowd00)$/)
})

test('a group has claims, and clients for its members', async () => {
  const path = await addGroup('photographers')
  const names = { friendlyName: 'Photographers', name: 'photographers' }
  expect((await post(path, { ...names, key: 'quota', value: '5' })).status).toBe(303)
  expect(await find(path)).toMatchObject({ ...names, claims: [{ key: 'quota', value: '5' }] })
  const refused = await post(path, { ...names, friendlyName: 'Changed', key: 'sub', value: '5' })
  expect([refused.status, refused.text.includes('value="Changed"')]).toEqual([400, true])
  expect(await find(path)).toMatchObject({ ...names, claims: [{ key: 'quota', value: '5' }] })
  const client = await running.app.pocket.clients.create({
    name: 'Immich',
    redirectUris: ['https://photos.example.com/cb'],
    isGroupRestricted: true,
  })
  const open = await running.app.pocket.clients.create({
    name: 'Open',
    redirectUris: ['https://open.example.com/cb'],
  })
  await running.app.pocket.clients.setAllowedGroups(open.id, [idOf(path)])
  expect((await post(`${path}/clients`, { clients: client.id })).status).toBe(303)
  const page = (await get(`${path}/clients`)).text
  expect([page.includes('Immich'), page.includes('>Open<')]).toEqual([true, false])
  expect((await running.app.pocket.clients.find(open.id))?.allowedGroupIds).toEqual([idOf(path)])
  expect((await running.app.pocket.clients.find(client.id))?.allowedGroupIds).toEqual([idOf(path)])
  expect((await post(`${path}/clients`, {})).status).toBe(303)
  expect((await running.app.pocket.clients.find(client.id))?.allowedGroupIds).toEqual([])
})

test('concurrently changed clients of a group are overwritten only with a confirmation', async () => {
  const path = await addGroup('readers')
  const [ours, theirs] = [await createRestrictedClient('Ours'), await createRestrictedClient('Theirs')]
  const chooseClient = (client: string, version: string) => post(`${path}/clients`, { clients: client, version })
  const read = clientsVersion((await get(`${path}/clients`)).text)
  expect((await chooseClient(theirs, read)).status).toBe(303)
  const late = await chooseClient(ours, read)
  expect([late.status, late.text.includes('Clients is now: Theirs')]).toEqual([412, true])
  expect(late.text).toContain(`name="clients" value="${ours}"`)
  expect((await running.app.pocket.clients.allowedTo(idOf(path))).map(({ id }) => id)).toEqual([theirs])
  expect((await chooseClient(ours, clientsVersion(late.text))).status).toBe(303)
  expect((await running.app.pocket.clients.allowedTo(idOf(path))).map(({ id }) => id)).toEqual([ours])
})

async function createRestrictedClient(name: string): Promise<string> {
  return (await running.app.pocket.clients.create({ name, redirectUris: [], isGroupRestricted: true })).id
}

function clientsVersion(text: string): string {
  const form = /\/clients"[^>]*>\s*<input type="hidden" name="version" value="([^"]+)"/.exec(text)
  return (form?.[1] ?? '').replaceAll('&#34;', '"')
}

test('groups are deleted one by one and several at once, after a confirmation', async () => {
  const [one, two, three] = [await addGroup('one'), await addGroup('two'), await addGroup('three')]
  expect((await get(`${one}/remove`)).text).toContain('Delete The one?')
  expect((await post(`${one}/remove`, { confirmed: 'yes' })).status).toBe(303)
  const ids = [two, three].map((path) => ['ids', idOf(path)] as const)
  expect((await post(`${groups}/bulk`, [['act', 'delete'], ...ids])).text).toContain('Delete: 2')
  expect(await find(two)).toBeDefined()
  expect((await post(`${groups}/bulk`, [['act', 'delete'], ['confirmed', 'yes'], ...ids])).status).toBe(303)
  expect((await get(groups)).text).toContain('Deleted: 2')
  expect([await find(one), await find(two), await find(three)]).toEqual([undefined, undefined, undefined])
})
