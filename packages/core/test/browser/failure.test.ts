import { describe, expect, jest, test } from '@jest/globals'
import type { AuthenticationCeremony } from '@pocket/core'
import { WebAuthnError } from '@simplewebauthn/browser'
import { isInAppBrowser, toErrorCode } from '../../src/browser/failure.ts'
import { addPasskey, authenticate, autofill, register, signalAccount, signIn } from '../../src/browser/passkey.ts'
import { type CeremonyErrorCode, ceremonyErrorCodes, PasskeyError } from '../../src/browser/passkey-error.ts'

type ErrorCode = WebAuthnError['code']

/** The properties of a DOMException that the code reads. */
const createError = (name: string, message = 'No.') => Object.assign(new Error(message), { name })
const webAuthnError = (code: ErrorCode, cause = createError('NotAllowedError')) =>
  new WebAuthnError({ message: 'No.', code, cause })
const passThrough = (cause: Error) => webAuthnError('ERROR_PASSTHROUGH_SEE_CAUSE_PROPERTY', cause)

const ceremony = { refreshFrom: '/login/ceremony', submitTo: '/login' } as AuthenticationCeremony

describe('browser error', () => {
  test.each<[CeremonyErrorCode, string, unknown]>([
    [
      'canceled',
      'the user cancels',
      createError('NotAllowedError', 'The operation either timed out or was not allowed.'),
    ],
    ['canceled', 'the user cancels, reported by the library', passThrough(createError('NotAllowedError'))],
    ['canceled', 'another ceremony replaces it', webAuthnError('ERROR_CEREMONY_ABORTED', createError('AbortError'))],
    ['canceled', 'the user leaves the page', createError('AbortError')],
    [
      'none_here',
      'a browser that reports no authenticator',
      createError('NotAllowedError', 'No available authenticator.'),
    ],
    ['none_here', 'Android without a passkey', createError('NotAllowedError', 'No passkeys available')],
    ['none_here', 'an authenticator without a matching passkey', createError('InvalidStateError')],
    ['timed_out', 'a browser that reports a timeout', createError('TimeoutError')],
    ['already_registered', 'a second passkey', webAuthnError('ERROR_AUTHENTICATOR_PREVIOUSLY_REGISTERED')],
    ['authenticator_unsuitable', 'no PIN', webAuthnError('ERROR_AUTHENTICATOR_MISSING_USER_VERIFICATION_SUPPORT')],
    [
      'authenticator_unsuitable',
      'no discoverable credentials',
      webAuthnError('ERROR_AUTHENTICATOR_MISSING_DISCOVERABLE_CREDENTIAL_SUPPORT'),
    ],
    [
      'authenticator_unsuitable',
      'no supported algorithm',
      webAuthnError('ERROR_AUTHENTICATOR_NO_SUPPORTED_PUBKEYCREDPARAMS_ALG'),
    ],
    ['authenticator_unsuitable', 'an unmet constraint', createError('ConstraintError')],
    ['authenticator_unsuitable', 'an unsupported parameter', createError('NotSupportedError')],
    ['wrong_address', 'another domain', webAuthnError('ERROR_INVALID_DOMAIN')],
    ['wrong_address', 'another RP ID', webAuthnError('ERROR_INVALID_RP_ID')],
    ['wrong_address', 'an invalid origin', createError('SecurityError')],
    ['unexpected', 'an authenticator failure', createError('UnknownError')],
    ['unexpected', 'no error at all', 'no'],
  ])('is classified as %s: %s', (failure, _name, error) => {
    expect(toErrorCode(error, false)).toBe(failure)
  })

  test('is classified as a timeout after the time limit, because browsers report no reason', () => {
    expect(toErrorCode(createError('NotAllowedError'), true)).toBe('timed_out')
    expect(toErrorCode(passThrough(createError('NotAllowedError')), true)).toBe('timed_out')
    expect(toErrorCode(createError('SecurityError'), true)).toBe('wrong_address')
  })

  test('keeps its cause', () => {
    const cause = createError('SecurityError')
    expect(new PasskeyError('wrong_address', 'No.', { cause }).cause).toBe(cause)
    // A cast: the call of a page without type checking.
    expect(new PasskeyError('wrong_address', 'No.', null as never).fields).toEqual([])
  })
})

test.each<[string, boolean]>([
  [
    'Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1.15 Mobile/15E148 [FBAN/FBIOS;FBAV/480.0]',
    true,
  ],
  ['Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) Mobile/15E148 Instagram 350.0.0', true],
  [
    'Mozilla/5.0 (Linux; Android 15; Pixel 9; wv) AppleWebKit/537.36 Version/4.0 Chrome/131.0 Mobile Safari/537.36',
    true,
  ],
  ['Mozilla/5.0 (iPhone) AppleWebKit/605.1.15 Safari Line/14.0', true],
  ['Mozilla/5.0 (Linux; Android 14) MicroMessenger/8.0', true],
  ['Mozilla/5.0 (Linux; Android 15; Pixel 9) AppleWebKit/537.36 Chrome/131.0 Mobile Safari/537.36', false],
  ['Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) Version/18.0 Mobile/15E148 Safari/604.1', false],
  ['Mozilla/5.0 (X11; Linux x86_64; rv:132.0) Gecko/20100101 Firefox/132.0', false],
])('detects whether %s runs in an embedded browser: %s', (userAgent, inside) => {
  expect(isInAppBrowser(userAgent)).toBe(inside)
})

test('gives each failure exactly one name', () => {
  expect(new Set(ceremonyErrorCodes).size).toBe(ceremonyErrorCodes.length)
})

test.each([signIn, addPasskey])('%p reads no option of `null`', async (run) => {
  await expect(run(null as never)).rejects.not.toThrow('null')
})

// Casts: the calls of a page without type checking.
test.each<[string, () => Promise<unknown>, string]>([
  ['authenticate without a ceremony', () => authenticate(null as never), 'refreshFrom must be of type string.'],
  ['autofill without a ceremony', () => autofill({} as never), 'refreshFrom must be of type string.'],
  [
    'autofill with a controller',
    () => autofill(ceremony, { signal: {} as never }),
    'signal must be of type AbortSignal.',
  ],
  ['register without paths', () => register({} as never), 'optionsFrom must be of type string.'],
  ['signIn with a path', () => signIn('/account' as never), 'options must be of type object.'],
  ['addPasskey with a URL', () => addPasskey({ to: {} as never }), 'to must be of type string.'],
  ['signalAccount without an account', () => signalAccount(null as never), 'rpId must be of type string.'],
  [
    'signalAccount without passkeys',
    () => signalAccount({ rpId: 'a', userId: 'a', userName: 'a', displayName: 'a' } as never),
    'credentialIds must be of type array.',
  ],
])('rejects %s with the name of the argument', async (_name, call, message) => {
  await expect(call()).rejects.toMatchObject({ name: 'PasskeyError', code: 'unexpected', message })
})

test('offers passkeys without options, even for `null`', async () => {
  expect(await autofill(ceremony, null as never)).toBeUndefined()
})

test('requests the options that a ceremony does not contain', async () => {
  Object.assign(globalThis, { isSecureContext: true, PublicKeyCredential: class {} })
  Object.assign(navigator, { cookieEnabled: true })
  using request = jest.spyOn(globalThis, 'fetch').mockResolvedValue(Response.json({}))
  await expect(authenticate({ ...ceremony, expiresAt: Infinity })).rejects.toThrow('The server sent no options.')
  expect(request).toHaveBeenCalledWith('/login/ceremony', expect.anything())
})
