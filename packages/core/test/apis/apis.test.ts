import { expect, test } from '@jest/globals'
import type { ApiAccess, NewApiInput, NewClientInput, PermissionInput } from '@pocket/core'
import { readFieldErrors, sharePocket } from '../memory-pocket.ts'

const pocket = sharePocket()
const none = {
  userDelegatedAccess: false,
  clientAccess: false,
  userDelegatedPermissionIds: [],
  clientPermissionIds: [],
}
const read = { key: 'read', name: 'Read' }
const write = { key: 'write', name: 'Write' }
let count = 0

/** An API with two permissions, and their IDs. */
async function createApi() {
  count += 1
  const { id, resource } = await pocket.apis.create({ name: 'Notes', resource: `https://notes${count}.example` })
  const { permissions } = await pocket.apis.setPermissions(id, [read, write])
  const [readId = '', writeId = ''] = permissions.map((permission) => permission.id)
  return { id, resource, readId, writeId }
}

const createClient = async (input: Partial<NewClientInput> = {}) =>
  (await pocket.clients.create({ name: 'App', redirectUris: [], ...input })).id
const setAccess = (api: string, client: string, access: Partial<ApiAccess>) =>
  pocket.apis.setGrant(api, client, { ...none, ...access })

test.each([
  [undefined, ['input invalid_type']],
  [{}, ['name required', 'resource required']],
  [{ name: '' }, ['name required']],
  [{ name: 'x'.repeat(51) }, ['name too_long']],
  [{ resource: 'no address' }, ['resource invalid_format']],
  [{ resource: '/path' }, ['resource invalid_format']],
  [{ resource: 'https://notes.example/#part' }, ['resource invalid_format']],
  [{ resource: 'javascript:alert(1)' }, ['resource invalid_format']],
  [{ resource: `https://notes.example/${'x'.repeat(350)}` }, ['resource too_long']],
  [{ resource: 'http://localhost:3000/' }, ['resource reserved']],
  [{ accesTokenFormat: 'opaque' }, ['accesTokenFormat unknown']],
  [{ accessTokenFormat: 'JWT' }, ['accessTokenFormat invalid_type']],
  [{ accessTokenDurationMinutes: 0 }, ['accessTokenDurationMinutes invalid']],
  [{ accessTokenDurationMinutes: 525_601 }, ['accessTokenDurationMinutes invalid']],
])('rejects the API %j', async (fields, expected) => {
  const isComplete = fields !== undefined && Object.keys(fields).length > 0
  const input = isComplete ? { name: 'Notes', resource: 'https://notes.example', ...fields } : fields
  expect(await readFieldErrors(pocket.apis.create(input as NewApiInput))).toEqual(expected)
})

test.each([
  [undefined, ['permissions invalid_type']],
  [[{ key: 'read' }], ['permissions[0].name required']],
  [[{ ...read, key: 'with space' }], ['permissions[0].key invalid_format']],
  [[{ ...read, key: 'openid' }], ['permissions[0].key reserved']],
  [[read, read], ['permissions[1].key duplicate']],
  [[{ ...read, name: 'x'.repeat(51) }], ['permissions[0].name too_long']],
  [[read, { ...write, description: 'x'.repeat(201) }], ['permissions[1].description too_long']],
])('rejects the permissions %j', async (permissions, expected) => {
  const { id } = await createApi()
  const failed = pocket.apis.setPermissions(id, permissions as readonly PermissionInput[])
  expect(await readFieldErrors(failed)).toEqual(expected)
})

test('rejects a resource that another API has, regardless of trailing slashes', async () => {
  const { resource } = await createApi()
  const other = await createApi()
  const refusal = { code: 'already_in_use', details: { property: 'resource' } }
  await expect(pocket.apis.create({ name: 'Again', resource: `${resource}//` })).rejects.toMatchObject(refusal)
  await expect(pocket.apis.setResource(other.id, `${resource}/`)).rejects.toMatchObject(refusal)
})

test('accepts a stored API with its permissions as input', async () => {
  const { id } = await createApi()
  const api = await pocket.apis.update(id, { name: 'New', accessTokenDurationMinutes: 5 })
  expect(await pocket.apis.update(id, { ...api, name: 'Newer' })).toMatchObject({
    ...api,
    name: 'Newer',
    updatedAt: expect.any(Number),
  })
  expect((await pocket.apis.setPermissions(id, api.permissions)).permissions).toEqual(api.permissions)
})

test('keeps the ID of a permission while its key is unchanged', async () => {
  const { id, readId, writeId } = await createApi()
  const { permissions } = await pocket.apis.setPermissions(id, [
    { key: 'delete', name: 'Delete' },
    { ...read, name: 'See' },
  ])
  expect(permissions).toMatchObject([{ key: 'delete' }, { id: readId, key: 'read', name: 'See' }])
  expect([readId, writeId]).not.toContain(permissions[0]?.id)
})

test('keeps the offer to clients with a metadata document until the API is closed to them', async () => {
  const { id, readId } = await createApi()
  const setCimdAccess = async (enabled: boolean) => {
    const permissionIds = [readId, crypto.randomUUID()]
    const { allowCimdClients } = await pocket.apis.setCimdAccess(id, { enabled, permissionIds })
    const { permissions } = await pocket.apis.setPermissions(id, [read, write])
    return [allowCimdClients, ...permissions.map(({ allowedForCimdClients }) => allowedForCimdClients)]
  }
  expect(await setCimdAccess(true)).toEqual([true, true, false])
  expect(await setCimdAccess(false)).toEqual([false, false, false])
})

test.each<[string, Partial<NewClientInput>, boolean, boolean]>([
  ['implies access to the API', {}, true, true],
  ['is given to no public client without a user', { isPublic: true }, true, false],
])('a permission %s, and an unknown one is ignored', async (_what, input, userDelegatedAccess, clientAccess) => {
  const { id, readId, writeId } = await createApi()
  const client = await createClient(input)
  const access = await setAccess(id, client, {
    userDelegatedPermissionIds: [readId, crypto.randomUUID()],
    clientAccess: input.isPublic ?? false,
    clientPermissionIds: [writeId],
  })
  expect(access).toMatchObject({
    userDelegatedAccess,
    clientAccess,
    userDelegatedPermissionIds: [readId],
    clientPermissionIds: clientAccess ? [writeId] : [],
  })
  expect(await pocket.apis.grant(id, client)).toEqual(access)
  await setAccess(id, client, {})
  expect(await pocket.apis.grant(id, client)).toBeUndefined()
})

test('access for permissions ends with the last of them, and access without permissions stays', async () => {
  const { id, readId, writeId } = await createApi()
  const [client, other] = [await createClient(), await createClient()]
  const both = [readId, writeId]
  await setAccess(id, client, { userDelegatedPermissionIds: both, clientPermissionIds: [writeId] })
  await setAccess(id, other, { userDelegatedAccess: true, clientPermissionIds: [writeId] })
  const readAccess = () => Promise.all([client, other].map((holder) => pocket.apis.grant(id, holder)))
  await pocket.apis.setPermissions(id, [read])
  const forUsers = { ...none, userDelegatedAccess: true }
  expect(await readAccess()).toMatchObject([{ ...forUsers, userDelegatedPermissionIds: [readId] }, forUsers])
  await pocket.apis.setPermissions(id, [])
  expect(await readAccess()).toMatchObject([undefined, forUsers])
})

test('replaces the permissions of a client at all APIs, and keeps its access without permissions', async () => {
  const [one, two] = [await createApi(), await createApi()]
  const client = await createClient()
  await setAccess(two.id, client, { clientAccess: true, userDelegatedPermissionIds: [two.writeId] })
  const lists = { userDelegatedPermissionIds: [one.readId, crypto.randomUUID()], clientPermissionIds: [one.writeId] }
  await pocket.apis.setPermissionsOfClient(client, lists)
  expect(await pocket.apis.grant(one.id, client)).toMatchObject({
    userDelegatedAccess: true,
    clientAccess: true,
    userDelegatedPermissionIds: [one.readId],
    clientPermissionIds: [one.writeId],
  })
  expect(await pocket.apis.grant(two.id, client)).toMatchObject({ ...none, clientAccess: true })
})

test('names a missing API or client', async () => {
  const { id } = await createApi()
  const missing = crypto.randomUUID()
  const apiNotFound = { code: 'not_found', details: { resource: 'API' } }
  await expect(setAccess(missing, await createClient(), {})).rejects.toMatchObject(apiNotFound)
  await expect(pocket.apis.setPermissions(missing, [])).rejects.toMatchObject(apiNotFound)
  const clientNotFound = { code: 'client_not_found' }
  const nothing = { userDelegatedPermissionIds: [], clientPermissionIds: [] }
  await expect(setAccess(id, missing, {})).rejects.toMatchObject(clientNotFound)
  await expect(pocket.apis.setPermissionsOfClient(missing, nothing)).rejects.toMatchObject(clientNotFound)
})
