import { expect, test } from '@jest/globals'
import { hash } from 'bcryptjs'
import { findSecret, mintSecret, rehashSecret } from '../../src/clients/secrets.ts'

test('accepts a client secret until it expires, and no other secret', async () => {
  const { plain, stored } = mintSecret(1000)
  const secrets = [{ ...stored, expiresAt: 2000 }, mintSecret(1000).stored]
  expect(plain).toMatch(/^pk_[\w-]{43}$/)
  expect(await findSecret({ secrets }, plain, 1999)).toBe(secrets[0])
  expect(await findSecret({ secrets }, plain, 2000)).toBeUndefined()
  expect(await findSecret({ secrets }, `${plain}x`, 1999)).toBeUndefined()
  expect(await findSecret({ secrets: [] }, plain, 1999)).toBeUndefined()
})

test('accepts a secret that another provider hashed with bcrypt, and hashes it anew', async () => {
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
