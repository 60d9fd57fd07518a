import { expect, test } from '@jest/globals'
import { createCookieSignatures } from '../../src/oidc/cookie-signatures.ts'

const { sign, index, verify } = createCookieSignatures('the secret of the cookies')

test('Cookies are signed like those of earlier versions', () => {
  expect(sign('_interaction=an-identifier')).toBe('85x9o_67BZwM1mBv3T8Tk08g0SU')
})

test('A signature is valid only for its cookie and secret', () => {
  const signature = sign('_interaction=an-identifier')
  expect([verify('_interaction=an-identifier', signature), index('_interaction=an-identifier', signature)]).toEqual([
    true,
    0,
  ])
  const other = createCookieSignatures('another secret').sign('_interaction=an-identifier')
  for (const wrong of [sign('_interaction=another'), other, signature.slice(1), '']) {
    expect([verify('_interaction=an-identifier', wrong), index('_interaction=an-identifier', wrong)]).toEqual([
      false,
      -1,
    ])
  }
})
