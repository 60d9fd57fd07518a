import { expect, test } from '@jest/globals'
import { findSecret, mintSecret } from '../../src/clients/secrets.ts'

test('accepts a client secret until it expires, and no other secret', () => {
  const { plain, stored } = mintSecret(1000)
  const secrets = [{ ...stored, expiresAt: 2000 }, mintSecret(1000).stored]
  expect(plain).toMatch(/^pk_[\w-]{43}$/)
  expect(findSecret({ secrets }, plain, 1999)).toBe(secrets[0])
  expect(findSecret({ secrets }, plain, 2000)).toBeUndefined()
  expect(findSecret({ secrets }, `${plain}x`, 1999)).toBeUndefined()
  expect(findSecret({ secrets: [] }, plain, 1999)).toBeUndefined()
})
