import { describe, expect, test } from '@jest/globals'
import type { UserAgent } from '@pocket/core/testing'
import { newUser } from '@pocket/directory'
import { upload } from '../images/uploads.ts'
import { shareWithAdministrator } from './app.ts'

const users = '/settings/admin/users'

const { running, agent } = shareWithAdministrator()

const get = async (path: string) => agent.get(running.url + path)
const post = (path: string, fields: Parameters<UserAgent['postForm']>[1]) => agent.postForm(running.url + path, fields)
const countEvents = (event: string) => running.log.filter((line) => line.includes(`"${event}"`)).length

/** The path of the page of a user who was just created with the form. */
async function addUser(username: string, extra: Readonly<Record<string, string>> = {}): Promise<string> {
  const response = await post(`${users}/new`, {
    username,
    email: `${username}@example.com`,
    firstName: 'Eze',
    ...extra,
  })
  expect(response.status).toBe(303)
  // The page with the sign-in link of the new user.
  const { pathname } = new URL(String(response.location))
  expect(pathname).toMatch(/\/security$/)
  return pathname.replace(/\/security$/, '')
}
const idOf = (path: string) => String(path.split('/').at(-1))
const formVersion = (html: string) => (/name="version" value="([^"]+)"/.exec(html)?.[1] ?? '').replaceAll('&#34;', '"')

describe('the list', () => {
  test('is searched, sorted, filtered and paginated by its URL', async () => {
    for (const name of ['lena', 'lars', 'lotte']) await addUser(name, { displayName: `Lister ${name}` })
    const page = await (await get(`${users}?search=l&sort[column]=displayName&sort[direction]=desc`)).text
    expect(page.indexOf('Lister lotte')).toBeLessThan(page.indexOf('Lister lena'))
    expect(page).toContain('aria-sort="descending"')
    const found = (await get(`${users}?search=lars`)).text
    expect(found).toContain('Lister lars')
    expect(found).not.toContain('Lister lotte')
    expect((await get(`${users}?search=ada+lovelace`)).text).toContain('Ada Lovelace</bdi>')
    const first = (await get(`${users}?limit=2`)).text
    expect(first.match(/name="ids"/g)).toHaveLength(2)
    expect(first).toContain('?limit=2&amp;page=2')
    const administrators = (await get(`${users}?filters[isAdmin]=true&filters[disabled]=`)).text
    expect(administrators.match(/name="ids"/g)).toHaveLength(1)
    expect((await get(`${users}?search=nobody-at-all`)).text).toContain('Nothing matches')
  })

  test('filters users by group and by LDAP as their source', async () => {
    const { directory } = running.app
    const people = [await addUser('insider'), await addUser('outsider')]
    const { id } = await directory.groups.create({ name: 'listed', friendlyName: 'The listed' })
    await directory.groups.setMembers(id, people.slice(0, 1).map(idOf))
    const searchUsers = async (query: string) => {
      const page = (await get(`${users}?limit=100&${query}`)).text
      return people.map((path) => page.includes(`value="${idOf(path)}"`))
    }
    expect(await searchUsers(`filters[group]=${id}`)).toEqual([true, false])
    expect(await searchUsers(`filters[group]=${id}&filters[disabled]=true`)).toEqual([false, false])
    expect(await searchUsers(`filters[group]=${id}&filters[passkeys]=single`)).toEqual([false, false])
    expect((await get(`${users}?filters[group]=${id}`)).text).toContain('Remove “The listed”')
    expect(await searchUsers('filters[isFromLdap]=true')).toEqual([false, false])
    expect(await searchUsers('filters[isFromLdap]=false')).toEqual([true, true])
    expect(await searchUsers('filters[group]=no-such-group')).toEqual([true, true])
  })

  test('filters users without a passkey', async () => {
    await addUser('nopasskey')
    const page = (await get(`${users}?filters[passkeys]=none&limit=100`)).text
    expect(page).toContain('nopasskey')
    expect(page).not.toContain('Ada Lovelace</bdi>')
    const ada = (await running.app.directory.findByName('ada'))?.id ?? ''
    const { count, synced } = (await running.app.pocket.passkeys.summarize([ada]))[0] ?? { count: 0, synced: 0 }
    expect(count).toBe(1)
    const single = (await get(`${users}?filters[passkeys]=single`)).text
    expect([single.includes('Ada Lovelace</bdi>'), single.includes('nopasskey')]).toEqual([true, false])
    const onOneDevice = (await get(`${users}?filters[passkeys]=on-one-device-only`)).text
    expect([onOneDevice.includes('Ada Lovelace</bdi>'), onOneDevice.includes('nopasskey')]).toEqual([
      synced === 0,
      false,
    ])
  })

  test('sorts by the number of passkeys and their last use, with the search and on each page', async () => {
    for (const name of ['ranked1', 'ranked2']) await addUser(name)
    const findFirstName = async (query: string) =>
      /<a class="name"[^>]*><bdi>([^<]+)/.exec((await get(`${users}?${query}`)).text)?.[1]
    for (const column of ['passkeys', 'lastUsed']) {
      const sort = `sort[column]=${column}`
      expect((await get(`${users}?${sort}&search=ranked&limit=1&page=2`)).text.match(/name="ids"/g)).toHaveLength(1)
    }
    expect(await findFirstName('sort[column]=passkeys&sort[direction]=desc')).toBe('Ada Lovelace')
    expect(await findFirstName('sort[column]=passkeys&sort[direction]=asc')).not.toBe('Ada Lovelace')
  })

  test('reverts a bulk disabling, except for users who were disabled before', async () => {
    const names = ['undone1', 'undone2', 'undone3']
    for (const name of names) await addUser(name)
    const people = await Promise.all(names.map((name) => running.app.directory.findByName(name)))
    const ids = people.map((person) => ['ids', person?.id ?? ''] as const)
    await post(`${users}/${people[2]?.id}/disable`, {})
    await get(`${users}/${people[2]?.id}`)
    await post(`${users}/bulk`, [['act', 'disable'], ['list', '?search=undone'], ['confirmed', 'yes'], ...ids])
    const page = (await get(`${users}?search=undone`)).text
    const [, form = ''] = /<form method="post" action="[^"]+\/bulk">(.*?)<\/form>/s.exec(page) ?? []
    expect(form).toContain('Undo')
    const fields = [...form.matchAll(/name="(\w+)" value="([^"]*)"/g)].map(
      ([, name = '', value = '']) => [name, value] as const,
    )
    const undone = await post(`${users}/bulk`, fields)
    expect(undone.location).toContain('?search=undone')
    const after = await Promise.all(names.map((name) => running.app.directory.findByName(name)))
    expect(after.map((person) => person?.disabled)).toEqual([false, false, true])
    expect((await get(`${users}?search=undone`)).text).toContain('Enabled: 2')
  })
})

describe('a user', () => {
  test('keeps the input after a rejection, and explains it next to the field and in a summary', async () => {
    const refused = await post(`${users}/new`, { username: '-x', email: 'no address', displayName: 'Typed' })
    expect(refused.status).toBe(400)
    expect(refused.text).toContain('2 things need to be changed')
    expect(refused.text).toMatch(/value="-x"[^>]*aria-invalid="true"/)
    expect(refused.text).toContain('value="Typed"')
    const taken = await post(`${users}/new`, { username: 'ada', email: 'other@example.com' })
    expect([taken.status, taken.text.includes('This user name is taken')]).toEqual([409, true])
  })

  test('is changed unless it was changed concurrently', async () => {
    const path = await addUser('changing')
    const version = formVersion((await get(path)).text)
    const fields = {
      username: 'changing',
      email: 'changing@example.com',
      firstName: 'New',
      lastName: '',
      displayName: 'New name',
    }
    expect((await post(path, { ...fields, version })).status).toBe(303)
    expect((await get(path)).text).toMatch(/data-outcome>.*?<p>Saved: <strong>/s)
    const late = await post(path, { ...fields, displayName: 'Too late', version })
    expect(late.status).toBe(412)
    expect(late.text).toContain('Another person has changed this.')
    expect(late.text).toContain('Display name is now: New name')
    expect(late.text).toContain('value="Too late"')
    expect((await running.app.directory.findByName('changing'))?.displayName).toBe('New name')
    const again = await post(path, { ...fields, displayName: 'In time', version: formVersion(late.text) })
    expect(again.status).toBe(303)
    expect(countEvents('account_updated')).toBeGreaterThan(0)
  })

  test('saves the profile and the claims together, and neither if one of them is rejected', async () => {
    const path = await addUser('claiming')
    const readUser = async () => {
      const user = await running.app.directory.users.find(idOf(path))
      return [user?.displayName, user?.claims]
    }
    const fields = [
      ['username', 'claiming'],
      ['email', 'claiming@example.com'],
      ['displayName', 'Changed'],
      ['version', formVersion((await get(path)).text)],
    ] as const
    const team = [
      ['key', 'team'],
      ['value', 'a'],
    ] as const
    const before = await readUser()
    const refused = await post(path, [...fields, ...team, ['key', 'team'], ['value', 'b']])
    expect([refused.status, refused.text.includes('A name appears twice')]).toEqual([400, true])
    expect([refused.text.includes('value="Changed"'), refused.text.includes('value="b"')]).toEqual([true, true])
    expect(await readUser()).toEqual(before)
    expect((await post(path, [...fields, ...team, ['key', ''], ['value', '']])).status).toBe(303)
    expect(await readUser()).toEqual(['Changed', [{ key: 'team', value: 'a' }]])
    const late = await post(path, [...fields, ['key', 'team'], ['value', 'late']])
    expect([late.status, late.text.includes('value="late"')]).toEqual([412, true])
    expect(await readUser()).toEqual(['Changed', [{ key: 'team', value: 'a' }]])
    expect((await post(path, { username: 'claiming', email: 'claiming@example.com' })).status).toBe(303)
    expect((await readUser())[1]).toEqual([{ key: 'team', value: 'a' }])
  })

  test('joins and leaves groups, unless they were changed concurrently, and shows why the user can use a client', async () => {
    const path = await addUser('joining')
    const { directory, pocket } = running.app
    const [crew, guests] = [
      await directory.groups.create({ name: 'crew', friendlyName: 'The crew' }),
      await directory.groups.create({ name: 'guests', friendlyName: 'The guests' }),
    ]
    const client = await pocket.clients.create({ name: 'Crew wiki', redirectUris: [], isGroupRestricted: true })
    await pocket.clients.setAllowedGroups(client.id, [crew.id])
    const before = (await get(`${path}/access`)).text
    expect([before.includes('Crew wiki'), before.includes('name="groups" value')]).toEqual([false, false])
    const version = formVersion(before)
    expect((await post(`${path}/groups`, { groups: crew.id, version })).location).toBe(`${running.url}${path}/access`)
    const after = (await get(`${path}/access`)).text
    expect(after).toContain(`name="groups" value="${crew.id}"`)
    expect(after).toMatch(/Crew wiki.*?Member of The crew/s)
    const late = await post(`${path}/groups`, { groups: guests.id, version })
    expect([late.status, late.text.includes(`name="groups" value="${guests.id}"`)]).toEqual([412, true])
    expect((await directory.users.find(idOf(path)))?.groups.map(({ name }) => name)).toEqual(['crew'])
    expect((await post(`${path}/groups`, {})).status).toBe(303)
    expect((await directory.users.find(idOf(path)))?.groups).toEqual([])
  })

  test('shows twenty clients on each page', async () => {
    const path = `${await addUser('paging')}/access`
    const clients = await Promise.all(
      Array.from({ length: 21 }, (_, number) =>
        running.app.pocket.clients.create({ name: `Paged ${number}`, redirectUris: [] }),
      ),
    )
    const first = (await get(path)).text
    expect(first).toContain(`href="${path}?page=2#clients"`)
    const shown = `${first}${(await get(`${path}?page=2`)).text}`
    for (const { id } of clients) expect(shown).toContain(`/oidc-clients/${id}/access?`)
  })

  test('gets a login code that is shown once', async () => {
    const path = await addUser('letin')
    const created = await post(`${path}/sign-in-link`, { kind: 'code', lifetime: '15m' })
    expect([created.status, created.location]).toEqual([303, `${running.url}${path}/security`])
    const page = (await get(`${path}/security`)).text
    const code = /id="sign-in-link-code"[^>]*>([^<]+)</.exec(page)?.[1] ?? ''
    expect(code).toMatch(/^\w{6,}$/)
    expect(page).toContain('role="img" aria-label="QR code of the link"')
    expect((await get(`${path}/security`)).text).not.toContain(code)
    const other = running.agent()
    expect((await other.postForm(`${running.url}/lc`, { code })).status).toBe(303)
    expect((await other.get(`${running.url}/settings/account`)).status).toBe(200)
    const entries = running.log.map((line): Readonly<Record<string, unknown>> => JSON.parse(line))
    const accountId = path.split('/').at(-1)
    const userEntries = entries.filter((entry) => entry.audit !== undefined && entry.accountId === accountId)
    expect(userEntries.slice(-2)).toMatchObject([
      { audit: 'code_issued', by: expect.any(String) },
      { audit: 'signed_in', method: 'code' },
    ])
  })

  test('without an e-mail address gets no link, with an explanation', async () => {
    const { id } = await running.app.directory.create(newUser({ userName: 'unsendable', displayName: 'Una' }))
    const path = `${users}/${id}`
    expect((await get(`${path}/security`)).text).toContain('No e-mail address.')
    expect((await post(`${path}/sign-in-link/send`, { kind: 'invitation', lifetime: '24h' })).status).toBe(409)
  })

  test('has a picture that is uploaded and removed', async () => {
    const path = await addUser('pictured')
    const pixel = 'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=='
    const send = (bytes: Uint8Array | string) =>
      upload(agent, { method: 'POST', url: `${running.url}${path}/picture`, bytes })
    expect((await send(Buffer.from(pixel, 'base64'))).status).toBe(303)
    expect((await get(path)).text).toContain('/profile-picture.png?v=')
    expect((await send('no picture')).status).toBe(415)
    expect((await post(`${path}/picture/remove`, {})).status).toBe(303)
    expect((await get(path)).text).not.toContain('/profile-picture.png?v=')
  })

  test('is disabled, enabled and deleted after a confirmation', async () => {
    const path = await addUser('leaving')
    expect((await post(`${path}/disable`, {})).status).toBe(303)
    expect((await get(path)).text).toContain('<p>Disabled</p>')
    expect((await post(`${path}/enable`, {})).status).toBe(303)
    const asked = (await get(`${path}/remove`)).text
    expect(asked).toContain('Delete Eze?')
    expect(asked).toContain('This can’t be undone.')
    expect((await post(`${path}/remove`, { confirmed: 'yes' })).location).toBe(running.url + users)
    expect((await get(users)).text).toContain('Deleted: Eze')
    expect((await get(path)).status).toBe(404)
    expect(countEvents('account_removed')).toBe(1)
  })
})
