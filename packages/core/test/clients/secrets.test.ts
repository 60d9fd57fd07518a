import { expect, test } from '@jest/globals'
import { holdsSecret, mintSecret } from '../../src/clients/secrets.ts'

test('a secret counts until it ends, and no other does', () => {
  const { plain, stored } = mintSecret(1000)
  const secrets = [{ ...stored, expiresAt: 2000 }, mintSecret(1000).stored]
  expect(plain).toMatch(/^pk_[\w-]{43}$/)
  expect(holdsSecret({ secrets }, plain, 1999)).toBe(true)
  expect(holdsSecret({ secrets }, plain, 2000)).toBe(false)
  expect(holdsSecret({ secrets }, `${plain}x`, 1999)).toBe(false)
  expect(holdsSecret({ secrets: [] }, plain, 1999)).toBe(false)
})
