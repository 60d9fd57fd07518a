import { beforeAll, describe, expect, test } from '@jest/globals'
import { shareWithAdministrator } from './app.ts'

let pageUrl: string

const { running, agent } = shareWithAdministrator()

beforeAll(async () => {
  pageUrl = `${running.url}/settings/admin/apis`
})

let created = 0
async function create(name = 'Photos') {
  const resource = `https://photos.example/api/${++created}`
  const response = await agent.postForm(`${pageUrl}/new`, { name, resource, accessTokenFormat: 'opaque' })
  expect(response.status).toBe(303)
  const id = response.location?.split('/').at(-1) ?? ''
  return { id, resource, page: `${pageUrl}/${id}`, answer: response }
}
const findApi = (id: string) => running.app.pocket.apis.find(id)
/** Adds permissions one by one. */
async function addPermissions(
  page: string,
  rows: readonly (readonly [key: string, name: string, description: string])[],
) {
  for (const [key, permissionName, description] of rows)
    expect((await agent.postForm(`${page}/permissions`, { key, permissionName, description })).status).toBe(303)
}
const formVersion = (text: string) => (/name="version" value="([^"]+)"/.exec(text)?.[1] ?? '').replaceAll('&#34;', '"')

describe('an API', () => {
  test('is created, listed, changed and deleted', async () => {
    const { id, resource, page, answer } = await create()
    expect((await agent.follow(answer)).text).toContain('<p>Added: <strong>Photos</strong></p>')
    expect(await findApi(id)).toMatchObject({ name: 'Photos', resource, accessTokenFormat: 'opaque' })
    expect((await agent.get(`${pageUrl}?search=photos`)).text).toContain(resource)
    const { id: server } = await running.app.pocket.clients.create({ name: 'Server', redirectUris: [] })
    const change = { name: 'Pictures', accessTokenFormat: 'jwt', accessTokenDurationMinutes: '7' }
    for (const [format, exists] of [
      ['opaque', true],
      ['jwt', false],
    ] as const)
      expect((await agent.get(`${pageUrl}?filters[format]=${format}`)).text.includes(resource)).toBe(exists)
    await agent.postForm(`${page}/settings`, { ...change, resourceServerClientIds: `${server}\r\nnobody` })
    expect(await findApi(id)).toMatchObject({
      name: 'Pictures',
      accessTokenFormat: 'jwt',
      accessTokenDurationMinutes: 7,
      resourceServerClientIds: [server],
    })
    const response = await agent.follow(await agent.postForm(`${page}/remove`, {}))
    expect(response.text).toContain('Deleted: Pictures')
    expect((await agent.get(page)).status).toBe(404)
    for (const event of ['api_created', 'api_updated', 'api_removed'])
      expect(running.log.join('')).toContain(`"audit":"${event}"`)
  })

  test.each([
    [{ name: '', resource: 'https://x.example' }, 'Enter a name.'],
    [{ name: 'Kept', resource: 'nowhere' }, 'Enter a URL such as'],
    [{ name: 'Kept', resource: 'https://x.example', accessTokenDurationMinutes: 'soon' }, 'Enter a number'],
  ])('with %j is rejected next to the field, and the input is kept', async (fields, sentence) => {
    const refused = await agent.postForm(`${pageUrl}/new`, fields)
    expect(refused.status).toBe(400)
    expect(refused.text).toContain(sentence)
    for (const value of Object.values(fields)) expect(refused.text).toContain(`value="${value}"`)
  })

  test('is deleted with other selected ones after a confirmation', async () => {
    const [first, second, kept] = [await create('Faxes'), await create('Scans'), await create('Kept')]
    const chosen = [first, second].map(({ id }) => ['ids', id] as const)
    const asks = await agent.postForm(`${pageUrl}/bulk`, chosen)
    expect(asks.text).toContain('Delete: 2')
    expect(asks.text).toContain('<li>Scans</li>')
    expect(await findApi(first.id)).toBeDefined()
    const done = await agent.postForm(`${pageUrl}/bulk`, [...chosen, ['confirmed', 'yes']])
    expect((await agent.follow(done)).text).toContain('Deleted: 2')
    expect([await findApi(first.id), await findApi(second.id)]).toEqual([undefined, undefined])
    expect(await findApi(kept.id)).toBeDefined()
    expect((await running.agent().postForm(`${pageUrl}/bulk`, chosen)).status).toBe(401)
  })

  test('with a resource that is in use is rejected', async () => {
    const { resource } = await create()
    const again = await agent.postForm(`${pageUrl}/new`, { name: 'Again', resource })
    expect(again.text).toContain('Another API has this resource.')
  })

  test('gets permissions, changes one and deletes selected ones', async () => {
    const { id, page } = await create()
    await addPermissions(page, [
      ['photos:read', 'See photos', 'All of them'],
      ['photos:write', 'Add photos', ''],
      ['photos:delete', 'Delete photos', ''],
    ])
    const [read, , deletes] = (await findApi(id))?.permissions ?? []
    const form = await agent.get(`${page}?permission=${read?.id}`)
    expect(form.text).toContain('value="All of them"')
    const change = { permission: read?.id ?? '', key: 'ignored', permissionName: 'Look', description: '' }
    await agent.postForm(`${page}/permissions`, { ...change, version: formVersion(form.text) })
    expect((await findApi(id))?.permissions[0]).toMatchObject({ ...read, name: 'Look', description: '' })
    const ids = [read, deletes].map((permission) => ['ids', permission?.id ?? ''] as const)
    const confirmation = await agent.postForm(`${page}/bulk`, [['act', 'delete'], ...ids])
    expect(confirmation.text).toContain('Delete: 2')
    const done = await agent.postForm(`${page}/bulk`, [['act', 'delete'], ['confirmed', 'yes'], ...ids])
    expect((await agent.follow(done)).text).toContain('Deleted: 2')
    expect((await findApi(id))?.permissions.map(({ key }) => key)).toEqual(['photos:write'])
  })

  test.each([
    [{ key: 'photos:read', permissionName: 'Again' }, 'A scope appears twice.'],
    [{ key: 'with space', permissionName: 'Spaced' }, 'value="with space"'],
    [{ key: 'photos:new', permissionName: '' }, 'value="photos:new"'],
  ])('rejects the permission %j next to its field', async (fields, text) => {
    const { id, page } = await create()
    await addPermissions(page, [['photos:read', 'See photos', '']])
    const refused = await agent.postForm(`${page}/permissions`, fields)
    expect(refused.status).toBe(400)
    expect(refused.text).toContain(text)
    expect(refused.text).toContain('aria-invalid="true"')
    expect(refused.text).toMatch(/One thing needs to be changed.*href="#f-(?:key|permissionName)"/s)
    expect((await findApi(id))?.permissions).toHaveLength(1)
  })

  test('overwrites a concurrently changed permission only with a confirmation', async () => {
    const { id, page } = await create()
    await addPermissions(page, [['photos:read', 'See photos', '']])
    const [{ id: permission = '' } = {}] = (await findApi(id))?.permissions ?? []
    const version = formVersion((await agent.get(`${page}?permission=${permission}`)).text)
    await agent.postForm(`${page}/permissions`, { permission, permissionName: 'Theirs' })
    const conflict = await agent.postForm(`${page}/permissions`, { permission, permissionName: 'Mine', version })
    expect(conflict.status).toBe(412)
    expect(conflict.text).toContain('Name is now: Theirs')
    expect(conflict.text).toContain('value="Mine"')
    expect((await findApi(id))?.permissions).toMatchObject([{ name: 'Theirs' }])
  })

  test('keeps permissions that are added concurrently', async () => {
    const { id, page } = await create()
    const keys = ['a', 'b', 'c', 'd']
    await Promise.all(keys.map((key) => addPermissions(page, [[key, key.toUpperCase(), '']])))
    expect((await findApi(id))?.permissions.map(({ key }) => key).sort()).toEqual(keys)
  })

  test('lists 500 permissions by page and search', async () => {
    const { id, page } = await create()
    const permissions = Array.from({ length: 500 }, (_, index) => ({ key: `p:${index}`, name: `Part ${index}` }))
    await running.app.pocket.apis.setPermissions(id, permissions)
    const first = await agent.get(page)
    expect(first.text.match(/name="ids"/g)).toHaveLength(20)
    expect(first.text).toContain('All that match: 500')
    const found = await agent.get(`${page}?search=part 49`)
    expect(found.text.match(/name="ids"/g)).toHaveLength(11)
    const matching = { act: 'delete', all: 'yes', list: '?search=part 49' }
    expect((await agent.postForm(`${page}/bulk`, matching)).text).toContain('Delete: 11')
  })

  test('is overwritten after a concurrent change only with a confirmation', async () => {
    const { id, page } = await create()
    const version = formVersion((await agent.get(`${page}/settings`)).text)
    await running.app.pocket.apis.update(id, { name: 'Theirs' })
    const mine = { name: 'Mine', accessTokenFormat: 'jwt' }
    const conflict = await agent.postForm(`${page}/settings`, { ...mine, version })
    expect(conflict.status).toBe(412)
    expect(conflict.text).toContain('Name is now: Theirs')
    expect(conflict.text).toContain('value="Mine"')
    expect(await findApi(id)).toMatchObject({ name: 'Theirs' })
    await agent.postForm(`${page}/settings`, { ...mine, version: formVersion(conflict.text) })
    expect(await findApi(id)).toMatchObject({ name: 'Mine' })
  })

  test('is opened to clients that use a metadata document', async () => {
    const { id, page } = await create()
    const settings = { name: 'Photos', accessTokenFormat: 'jwt' }
    await agent.postForm(`${page}/settings`, { ...settings, allowCimdClients: 'true' })
    await addPermissions(page, [['kept', 'Kept', '']])
    await agent.postForm(`${page}/permissions`, { key: 'a', permissionName: 'A', offered: 'true' })
    const readCimdFlags = async () => {
      const api = await findApi(id)
      return [api?.allowCimdClients, ...(api?.permissions.map((each) => each.allowedForCimdClients) ?? [])]
    }
    expect(await readCimdFlags()).toEqual([true, false, true])
    await agent.postForm(`${page}/settings`, { ...settings, name: 'Pictures', allowCimdClients: 'true' })
    expect(await readCimdFlags()).toEqual([true, false, true])
    await agent.postForm(`${page}/settings`, settings)
    expect(await readCimdFlags()).toEqual([false, false, false])
  })
})

test('finds a client, grants it access for users and for itself, and revokes it', async () => {
  const { id, page } = await create('Files')
  await addPermissions(page, [
    ['a', 'A', ''],
    ['b', 'B', ''],
  ])
  const [first, second] = (await findApi(id))?.permissions ?? []
  const client = await running.app.pocket.clients.create({ name: 'Importer', redirectUris: [] })
  const access = `${page}/clients/${client.id}`
  expect((await agent.get(`${pageUrl}/access?api=${id}`)).location).toBe(`${page}/clients`)
  const chosen = await agent.get(`${pageUrl}/access?${new URLSearchParams({ api: id, client: client.id })}`)
  expect(chosen.location).toBe(access)
  expect((await agent.get(access)).text).toContain('Importer at Files')
  const granted = await agent.postForm(access, [
    ['userDelegatedPermissionIds', first?.id ?? ''],
    ['userDelegatedPermissionIds', second?.id ?? ''],
    ['clientAccess', 'true'],
  ])
  expect((await agent.follow(granted)).text).toContain('For people: 2 of 2 · For itself: 0 of 2')
  const own = await agent.get(`${running.url}/settings/admin/oidc-clients/${client.id}/settings`)
  expect(own.text).toContain('For people: 2 of 2 · For itself: 0 of 2')
  expect((await agent.follow(await agent.postForm(`${access}/remove`, {}))).text).toContain(
    '<p>Removed: <strong>Access · Importer</strong></p>',
  )
  expect(await running.app.pocket.apis.grant(id, client.id)).toBeUndefined()
})

test('overwrites concurrently changed access only with a confirmation', async () => {
  const { id, page } = await create('Maps')
  await addPermissions(page, [['a', 'Look', '']])
  const [look] = (await findApi(id))?.permissions ?? []
  const client = await running.app.pocket.clients.create({ name: 'Walker', redirectUris: [] })
  const access = `${page}/clients/${client.id}`
  const version = formVersion((await agent.get(access)).text)
  expect((await agent.postForm(access, { userDelegatedPermissionIds: look?.id ?? '', version })).status).toBe(303)
  const late = await agent.postForm(access, { clientAccess: 'true', version })
  expect(late.status).toBe(412)
  expect(late.text).toContain('For people is now: ✓ Look')
  expect(late.text).toContain('name="clientAccess" value="true" checked')
  expect(await running.app.pocket.apis.grant(id, client.id)).toMatchObject({ clientAccess: false })
  await agent.postForm(access, { clientAccess: 'true', version: formVersion(late.text) })
  const replaced = { clientAccess: true, userDelegatedAccess: false }
  expect(await running.app.pocket.apis.grant(id, client.id)).toMatchObject(replaced)
})

test('returns not found for an unknown client', async () => {
  const { id } = await create()
  expect((await agent.get(`${pageUrl}/${id}/clients/nobody`)).status).toBe(404)
})
