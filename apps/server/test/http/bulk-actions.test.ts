import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import type { UserAgent } from '@pocket/core/testing'
import { newUser } from '@pocket/directory'
import { databaseOf, type RunningApp, setUpAdministrator, startApp } from './app.ts'

const users = '/settings/admin/users'
const groups = '/settings/admin/user-groups'
const clients = '/settings/admin/oidc-clients'

describe.each(['SQLite', 'PostgreSQL'] as const)('bulk actions on %s', (kind) => {
  const stack = new AsyncDisposableStack()
  let running: RunningApp
  let agent: UserAgent
  let adaId = ''

  beforeAll(async () => {
    running = stack.use(await startApp(await databaseOf(kind, stack)))
    agent = running.agent()
    await setUpAdministrator(agent, running.url)
    adaId = (await running.app.directory.findByName('ada'))?.id ?? ''
  })
  afterAll(() => stack.disposeAsync())

  const directory = () => running.app.directory
  const get = async (path: string) => (await agent.get(running.url + path)).text
  const post = (path: string, fields: readonly (readonly [string, string])[]) =>
    agent.postForm(running.url + path, fields)
  const addUser = async (name: string) =>
    (await directory().create(newUser({ username: name, firstName: 'Bulk', lastName: name }))).id
  const addUsers = (prefix: string, count: number) =>
    Promise.all(Array.from({ length: count }, (_, number) => addUser(`${prefix}${String(number).padStart(2, '0')}`)))
  /** The hidden fields of the confirmation. */
  const readConfirmation = (text: string) => {
    const [form = ''] = /<form class="stack" method="post".*?<\/form>/s.exec(text) ?? []
    return [...form.matchAll(/<input type="hidden" name="([^"]+)" value="([^"]*)">/g)].map(
      ([, name = '', value = '']) => [name, value.replaceAll('&amp;', '&')] as const,
    )
  }
  const isDisabled = async (id: string) => (await directory().find(id))?.disabled

  test('selects all that match, and skips and counts what changed before the confirmation', async () => {
    const ids = await addUsers(`all${kind.toLowerCase()}`, 25)
    const [deleted = '', changed = ''] = ids
    const list = `?search=all${kind.toLowerCase()}&filters[disabled]=false`
    const page = await get(`${users}${list}`)
    expect([page.includes('All that match: 25'), page.includes(`25 of `)]).toEqual([true, true])
    const response = await post(`${users}/bulk`, [
      ['act', 'disable'],
      ['list', list],
      ['all', 'yes'],
      ['ids', ids[3] ?? ''],
    ])
    expect([response.status, response.text.includes('Disable: 25'), await isDisabled(changed)]).toEqual([
      200,
      true,
      false,
    ])
    expect(response.text.match(/<li>Bulk all\w+<\/li>/g)).toHaveLength(25)
    await directory().users.remove(deleted)
    await directory().setDisabled(changed, true)
    const late = await addUser(`all${kind.toLowerCase()}99`)
    expect((await post(`${users}/bulk`, readConfirmation(response.text))).status).toBe(303)
    const done = await get(users)
    expect([done.includes('Disabled: 23'), done.includes('Skipped because they have changed: 2')]).toEqual([true, true])
    const names = /Disabled: 23 <span[^>]*>(.*?)<\/span>/s.exec(done)?.[1]?.replaceAll(/<[^>]+>/g, '')
    expect(names).toMatch(/^(Bulk all\w+, ){4}Bulk all\w+ and 18 more$/)
    expect([await isDisabled(ids[24] ?? ''), await isDisabled(late)]).toEqual([true, false])
  })

  test('names those that were rejected, and keeps the last administrator', async () => {
    const id = await addUser(`refused${kind.toLowerCase()}`)
    await post(`${users}/bulk`, [
      ['act', 'delete'],
      ['ids', id],
      ['ids', adaId],
      ['confirmed', 'yes'],
    ])
    const page = await get(users)
    expect(page).toMatch(/Deleted: Bulk refused/)
    expect(page).toContain('Ada Lovelace</bdi>: Make another person an administrator first')
    expect([await directory().find(id), (await directory().find(adaId))?.administrator]).toEqual([undefined, true])
  })

  test('processes 500 in batches, keeps the last administrator, and reports all batches', async () => {
    const name = `batch${kind.toLowerCase()}`
    const ids = [adaId]
    // The pool has few connections.
    while (ids.length < 500) ids.push(...(await addUsers(`${name}${ids.length}x`, Math.min(25, 500 - ids.length))))
    await directory().users.remove(ids[499] ?? '')
    let response = await post(`${users}/bulk`, [
      ['act', 'delete'],
      ['confirmed', 'yes'],
      ...ids.map((id) => ['ids', id] as const),
    ])
    const titles: string[] = []
    while (response.status === 200) {
      titles.push(/<h1>([^<]+)/.exec(response.text)?.[1] ?? '')
      response = await post(`${users}/bulk`, readConfirmation(response.text))
    }
    expect(titles).toEqual([50, 100, 150, 200, 250, 300, 350, 400, 450].map((done) => `${done} of 500 done`))
    const page = await get(users)
    for (const text of [
      'Deleted: 498',
      'Skipped because they have changed: 1',
      'Ada Lovelace</bdi>: Make another person',
    ])
      expect(page).toContain(text)
    expect((await directory().findMany(ids)).map(({ id }) => id)).toEqual([adaId])
  })

  test('keeps the whole selection while it asks for a passkey', async () => {
    const ids = Array.from({ length: 500 }, (_, number) => String(number))
    const fields = [['act', 'disable'], ...ids.map((id) => ['ids', id] as const)] as const
    const { status, text } = await running.agent().postForm(`${running.url}${users}/bulk`, fields)
    const kept = [...text.matchAll(/name="ids" value="([^"]*)"/g)].map(([, id]) => id)
    expect([status, kept]).toEqual([401, ids])
  })

  test('changes the own account in the last batch, because it may end the session', async () => {
    const ids = [
      adaId,
      ...(await addUsers(`own${kind.toLowerCase()}x`, 25)),
      ...(await addUsers(`own${kind.toLowerCase()}y`, 25)),
    ]
    const fields = [['act', 'disable'], ['confirmed', 'yes'], ...ids.map((id) => ['ids', id] as const)] as const
    const { text } = await post(`${users}/bulk`, fields)
    expect(text).toContain('50 of 51 done')
    expect(readConfirmation(text).filter(([name]) => name === 'ids')).toEqual([['ids', adaId]])
  })

  test('shows the result of the batches so far if the action is stopped', async () => {
    const ids = [
      ...(await addUsers(`stop${kind.toLowerCase()}`, 25)),
      ...(await addUsers(`stopped${kind.toLowerCase()}`, 26)),
    ]
    const fields = [['act', 'disable'], ['confirmed', 'yes'], ...ids.map((id) => ['ids', id] as const)] as const
    expect((await post(`${users}/bulk`, fields)).text).toContain('50 of 51 done')
    expect(await get(users)).toContain('Disabled: 50')
    expect(await isDisabled(ids[50] ?? '')).toBe(false)
  })

  test('changes each item once if the same form is sent twice concurrently', async () => {
    const ids = await addUsers(`twice${kind.toLowerCase()}`, 6)
    const fields = [['act', 'delete'], ['confirmed', 'yes'], ...ids.map((id) => ['ids', id] as const)] as const
    const responses = await Promise.all([post(`${users}/bulk`, fields), post(`${users}/bulk`, fields)])
    expect(responses.map(({ status }) => status)).toEqual([303, 303])
    const removed = running.log.filter(
      (line) => line.includes('"account_removed"') && ids.some((id) => line.includes(id)),
    )
    expect(removed).toHaveLength(6)
  })

  test('adds to chosen groups and removes from them, and asks for a group', async () => {
    const [one, two] = [await addUser(`grouped${kind.toLowerCase()}1`), await addUser(`grouped${kind.toLowerCase()}2`)]
    const kept = (await directory().groups.create({ name: `kept${kind}`, friendlyName: 'Kept' })).id
    const added = (await directory().groups.create({ name: `added${kind}`, friendlyName: 'Added' })).id
    await directory().users.setGroups(one, [kept])
    const fieldsFor = (act: string) =>
      [
        ['act', act],
        ['ids', one],
        ['ids', two],
        ['confirmed', 'yes'],
      ] as const
    const missing = await post(`${users}/bulk`, fieldsFor('add-to-group'))
    expect([missing.status, missing.text.includes('data-picker="/settings/admin/choices/groups"')]).toEqual([400, true])
    await post(`${users}/bulk`, [...fieldsFor('add-to-group'), ['choices', added]])
    const groupNames = async (id: string) =>
      (await directory().users.find(id))?.groups.map(({ friendlyName }) => friendlyName)
    expect([await groupNames(one), await groupNames(two)]).toEqual([['Added', 'Kept'], ['Added']])
    await post(`${users}/bulk`, [...fieldsFor('remove-from-group'), ['choices', added]])
    expect([await groupNames(one), await groupNames(two)]).toEqual([['Kept'], []])
  })

  test('counts only what changed, and those that were so before separately', async () => {
    const prefix = `counted${kind.toLowerCase()}`
    const ids = await addUsers(prefix, 3)
    const [first = ''] = ids
    await directory().setDisabled(first, true)
    const choice = (await directory().groups.create({ name: prefix, friendlyName: 'Counted' })).id
    await directory().groups.setMembers(choice, [first])
    const run = async (act: string, path = users, extra: readonly (readonly [string, string])[] = []) => {
      const fields = [['act', act], ['confirmed', 'yes'], ...ids.map((id) => ['ids', id] as const), ...extra] as const
      expect((await post(`${path}/bulk`, fields)).status).toBe(303)
      const text = (await get(path)).replaceAll(/<[^>]+>/g, '')
      return [/(?:Disabled|Enabled|Changed|Added|Removed|Signed out): \d+|Nothing to change: \d+/g].flatMap(
        (pattern) => [...(text.match(pattern) ?? [])],
      )
    }
    const choices = [['choices', choice]] as const
    expect(await run('disable')).toEqual(['Disabled: 2', 'Nothing to change: 1'])
    expect(await run('disable')).toEqual(['Nothing to change: 3'])
    expect(await run('enable')).toEqual(['Enabled: 3'])
    expect(await run('sign-out')).toEqual(['Nothing to change: 3'])
    expect(await run('add-to-group', users, choices)).toEqual([expect.stringMatching(/: 2$/), 'Nothing to change: 1'])
    expect(await run('remove', `${groups}/${choice}`)).toEqual(['Removed: 3'])
    expect(await run('remove-from-group', users, choices)).toEqual(['Nothing to change: 3'])
    await directory().groups.setMembers(choice, [first])
    await post(
      `${groups}/${choice}/members`,
      ids.map((id) => ['users', id] as const),
    )
    expect((await get(`${groups}/${choice}`)).replaceAll(/<[^>]+>/g, '')).toMatch(/Added: 2.*Nothing to change: 1/s)
  })

  test('keeps more than one batch selected while it asks for the group', async () => {
    const prefix = `unchosen${kind.toLowerCase()}`
    const ids = await addUsers(prefix, 51)
    const selections = [
      ids.map((id) => ['ids', id] as const),
      [['all', 'yes'] as const, ['list', `?search=${prefix}`] as const, ...ids.map((id) => ['ids', id] as const)],
    ]
    for (const selection of selections) {
      const missing = await post(`${users}/bulk`, [['act', 'add-to-group'], ['confirmed', 'yes'], ...selection])
      const kept = readConfirmation(missing.text).filter(([name]) => name === 'ids')
      expect([missing.status, kept.map(([, id]) => id).sort()]).toEqual([400, [...ids].sort()])
    }
  })

  test('signs users out on all devices, from the menu of a row', async () => {
    const name = `leaving${kind.toLowerCase()}`
    const id = await addUser(name)
    const other = running.agent()
    await other.postForm(`${running.url}/lc`, { code: (await running.app.issueLoginCode(name)).code })
    expect((await other.get(`${running.url}/settings/account`)).status).toBe(200)
    const response = await post(`${users}/bulk`, [
      ['one', `sign-out:${id}`],
      ['ids', adaId],
      ['list', '?'],
    ])
    expect(response.text).toContain(`Sign out: Bulk ${name}`)
    await post(`${users}/bulk`, readConfirmation(response.text))
    expect((await other.get(`${running.url}/settings/account`)).status).toBe(303)
    expect((await agent.get(`${running.url}/settings/account`)).status).toBe(200)
  })

  test('gives groups access to clients, and limits clients to groups without taking access away', async () => {
    const { pocket } = running.app
    const createClient = (name: string, isGroupRestricted: boolean) =>
      pocket.clients.create({ name, redirectUris: [], isGroupRestricted })
    const [limited, open] = [await createClient('Limited', true), await createClient('Open', false)]
    const [first, second] = await Promise.all(
      ['first', 'second'].map((name) => directory().groups.create({ name: name + kind, friendlyName: name })),
    )
    const [firstId, secondId] = [first?.id ?? '', second?.id ?? '']
    await post(`${groups}/bulk`, [
      ['act', 'allow-clients'],
      ['ids', firstId],
      ['choices', limited.id],
      ['confirmed', 'yes'],
    ])
    const readAccess = async (id: string) => {
      const client = await pocket.clients.find(id)
      return [client?.isGroupRestricted, [...(client?.allowedGroupIds ?? [])].sort()]
    }
    expect(await readAccess(limited.id)).toEqual([true, [firstId]])
    const both = [
      ['act', 'limit-to-groups'],
      ['ids', limited.id],
      ['ids', open.id],
      ['choices', secondId],
      ['confirmed', 'yes'],
    ] as const
    await post(`${clients}/bulk`, both)
    expect([await readAccess(limited.id), await readAccess(open.id)]).toEqual([
      [true, [firstId, secondId].sort()],
      [true, [secondId]],
    ])
  })

  test('removes all matching members of a group', async () => {
    const ids = await addUsers(`member${kind.toLowerCase()}`, 22)
    const group = (await directory().groups.create({ name: `team${kind}`, friendlyName: 'Team' })).id
    await directory().groups.setMembers(group, [...ids, adaId])
    const response = await post(`${groups}/${group}/bulk`, [
      ['act', 'remove'],
      ['all', 'yes'],
      ['list', `?search=member`],
    ])
    expect(response.text).toContain('Remove: 22')
    await post(`${groups}/${group}/bulk`, readConfirmation(response.text))
    expect((await directory().groups.find(group))?.members.map(({ id }) => id)).toEqual([adaId])
    expect(await get(`${groups}/${group}`)).toContain('Removed: 22')
  })
})
