import { expect, test } from '@jest/globals'
import { createPocket, type NewApiInput, type NewClientInput } from '@pocket/core'
import { memoryStores } from '@pocket/core/memory'
import { shareBetweenTests } from '@pocket/test-support'

const pocket = shareBetweenTests(() =>
  createPocket({
    issuer: 'http://localhost:3000',
    masterKey: 'a master key that is long enough',
    accounts: { find: async (id) => ({ id: Number(id), userName: `user ${id}` }) },
    stores: memoryStores(),
  }),
)

const readFieldErrors = async (failed: Promise<unknown>) => {
  const error: { readonly fields: readonly { field: string; code: string }[] } = await failed.then(
    () => ({ fields: [] }),
    (reason) => reason,
  )
  return error.fields.map(({ field, code }) => `${field} ${code}`)
}

const redirectUris = ['https://app.example/callback']

test.each([
  [{}, ['name required', 'redirectUris required']],
  [undefined, ['input invalid_type']],
  [{ name: 'Photos', redirectUris, isPubic: true }, ['isPubic unknown']],
  [{ name: 'Photos', redirectUris, protocol: { acessRules: [] } }, ['protocol.acessRules unknown']],
  [
    { name: 'Photos', redirectUris, protocol: { protectedHosts: 'wiki.example' } },
    ['protocol.protectedHosts invalid_format'],
  ],
  [{ name: 'Photos', redirectUris, isPublic: 'yes' }, ['isPublic invalid_type']],
  [{ name: 'Photos', redirectUris: 'https://app.example/callback' }, ['redirectUris invalid_type']],
  [{ name: 'Photos', redirectUris: [1] }, ['redirectUris[0] invalid_type']],
] as const)('rejects the client %j', async (input, expected) => {
  expect(await readFieldErrors(pocket.clients.create(input as unknown as NewClientInput))).toEqual(expected)
})

test.each([
  [undefined, ['input invalid_type']],
  [{}, ['name required', 'resource required']],
  [{ name: 'Notes', resource: 'https://notes.example', accesTokenFormat: 'opaque' }, ['accesTokenFormat unknown']],
  [{ name: 'Notes', resource: 'https://notes.example', accessTokenFormat: 'JWT' }, ['accessTokenFormat invalid_type']],
  [
    { name: 'Notes', resource: 'https://notes.example', accessTokenDurationMinutes: 0 },
    ['accessTokenDurationMinutes invalid'],
  ],
  [
    { name: 'Notes', resource: 'https://notes.example', accessTokenDurationMinutes: 525_601 },
    ['accessTokenDurationMinutes invalid'],
  ],
] as const)('rejects the API %j', async (input, expected) => {
  expect(await readFieldErrors(pocket.apis.create(input as unknown as NewApiInput))).toEqual(expected)
})

test('accepts a stored API with its permissions as input', async () => {
  const { id } = await pocket.apis.create({ name: 'Notes', resource: 'https://stored.example' })
  const api = await pocket.apis.setPermissions(id, [{ key: 'read', name: 'Read' }])
  expect((await pocket.apis.update(id, { ...api, name: 'New' })).name).toBe('New')
  expect((await pocket.apis.setPermissions(id, api.permissions)).permissions).toEqual(api.permissions)
})

test.each([
  [undefined, ['permissions invalid_type']],
  [[{ key: 'read' }], ['permissions[0].name required']],
] as const)('rejects the permissions %j', async (input, expected) => {
  const { id } = await pocket.apis.create({ name: 'Notes', resource: `https://${expected[0].length}.example` })
  expect(await readFieldErrors(pocket.apis.setPermissions(id, input as never))).toEqual(expected)
})

test('rejects a service token without its limits', async () => {
  const { id } = await pocket.clients.create({ name: 'Wiki', redirectUris })
  const failed = pocket.clients.addSecret(id, { serviceToken: { name: 'CI' } as never })
  expect(await readFieldErrors(failed)).toEqual(['paths required', 'methods required'])
})

test('says why a redirect URI cannot be registered', async () => {
  const input = { name: 'Photos', redirectUris: ['javascript:alert(1)'] }
  await expect(pocket.clients.create(input)).rejects.toThrow(
    'redirectUris[0] must not have the scheme of a script or a file',
  )
})

test('suggests the field for a misspelled one', async () => {
  const input = { name: 'Photos', redirectUris, isPubic: true } as NewClientInput
  await expect(pocket.clients.create(input)).rejects.toThrow('isPubic is not a field of a client; use isPublic')
  await expect(
    pocket.clients.create({ name: 'Photos', redirectUris, protocol: { acessRules: [] } as NewClientInput['protocol'] }),
  ).rejects.toThrow('protocol.acessRules is not a field of a client; use protocol.accessRules')
})

test('uses the numeric ID of an account as text', async () => {
  const client = await pocket.clients.create({ name: 'Photos', redirectUris })
  const { idToken } = await pocket.previewTokens(client.id, '7', 'openid profile')
  expect(idToken).toMatchObject({ sub: '7', preferred_username: 'user 7' })
  expect((await pocket.issueLoginCode({ id: 7 }, 60_000)).code).toMatch(/^\S+$/)
})
