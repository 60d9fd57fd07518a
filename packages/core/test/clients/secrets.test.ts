import { expect, test } from '@jest/globals'
import { hash } from 'bcryptjs'
import { createSecretUses } from '../../src/clients/secret-uses.ts'
import { findSecret, mintSecret, rehashSecret } from '../../src/clients/secrets.ts'
import { memoryStores } from '../../src/memory/index.ts'
import { client } from '../../src/testing/contracts/client-store.ts'

test('accepts a client secret until it expires, and no other secret', async () => {
  const { plain, stored } = mintSecret(1000)
  const secrets = [{ ...stored, expiresAt: 2000 }, mintSecret(1000).stored]
  expect(plain).toMatch(/^pk_[\w-]{43}$/)
  expect(await findSecret({ secrets }, plain, 1999)).toBe(secrets[0])
  expect(await findSecret({ secrets }, plain, 2000)).toBeUndefined()
  expect(await findSecret({ secrets }, `${plain}x`, 1999)).toBeUndefined()
  expect(await findSecret({ secrets: [] }, plain, 1999)).toBeUndefined()
})

test('accepts a secret that another provider hashed with bcrypt, and rehashes it', async () => {
  const secret = {
    ...mintSecret(1000).stored,
    hash: await hash('a secret of version 1', 4),
    algorithm: 'bcrypt' as const,
  }
  expect(await findSecret({ secrets: [secret] }, 'another secret', 1000)).toBeUndefined()
  expect(await findSecret({ secrets: [secret] }, secret.hash, 1000)).toBeUndefined()
  expect(await findSecret({ secrets: [secret] }, 'a secret of version 1', 1000)).toBe(secret)
  const rehashed = rehashSecret(secret, 'a secret of version 1')
  expect(rehashed).not.toHaveProperty('algorithm')
  expect(await findSecret({ secrets: [rehashed] }, 'a secret of version 1', 1000)).toBe(rehashed)
})

test('rehashes only the used secret', async () => {
  const stores = memoryStores()
  const [other, used] = [mintSecret(1000), mintSecret(1000)]
  const imported = { ...used.stored, hash: await hash(used.plain, 4), algorithm: 'bcrypt' as const }
  await stores.clients.insert(client('wiki', { secrets: [other.stored, imported] }))
  const fail = (error: unknown) => {
    throw error
  }
  const uses = createSecretUses({ stores, clock: { now: () => 1000 }, onError: fail })
  uses.rehash('wiki', imported.id, used.plain)
  await uses.whenIdle()
  const [first, second] = (await stores.clients.find('wiki'))?.secrets ?? []
  expect(first).toEqual(other.stored)
  expect(second).not.toHaveProperty('algorithm')
})
