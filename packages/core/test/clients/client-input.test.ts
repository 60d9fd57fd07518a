import { expect, test } from '@jest/globals'
import type { NewClientInput } from '@pocket/core'
import { readFieldErrors, sharePocket } from '../memory-pocket.ts'

const pocket = sharePocket()
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
