import { describe, expect, test } from '@jest/globals'
import { SoftwareAuthenticator, type SoftwareAuthenticatorOptions } from '@pocket/core/testing'
import {
  generateAuthenticationOptions,
  generateRegistrationOptions,
  type PublicKeyCredentialCreationOptionsJSON,
  type PublicKeyCredentialRequestOptionsJSON,
  type RegistrationResponseJSON,
  verifyRegistrationResponse,
  type WebAuthnCredential,
} from '@simplewebauthn/server'

const origin = 'https://id.example.com'
const rpID = 'example.com'
const userHandle = Buffer.from('ada').toString('base64url')

function creationOptions(
  change: Partial<PublicKeyCredentialCreationOptionsJSON> = {},
): Promise<PublicKeyCredentialCreationOptionsJSON> {
  const user = { userName: 'ada', userID: new TextEncoder().encode('ada') }
  const authenticatorSelection = { residentKey: 'required', userVerification: 'required' } as const
  return generateRegistrationOptions({ rpName: 'Pocket', rpID, ...user, authenticatorSelection }).then((options) => ({
    ...options,
    ...change,
  }))
}

function requestOptions(
  change: Partial<PublicKeyCredentialRequestOptionsJSON> = {},
): Promise<PublicKeyCredentialRequestOptionsJSON> {
  return generateAuthenticationOptions({ rpID, userVerification: 'required' }).then((options) => ({
    ...options,
    ...change,
  }))
}

function verifyRegistration(response: RegistrationResponseJSON, expectedChallenge: string) {
  return verifyRegistrationResponse({ response, expectedChallenge, expectedOrigin: origin, expectedRPID: rpID })
}

async function register(authenticator: SoftwareAuthenticator): Promise<WebAuthnCredential> {
  const options = await creationOptions({ authenticatorSelection: { userVerification: 'preferred' } })
  const { registrationInfo } = await verifyRegistrationResponse({
    response: authenticator.create(options, { origin }),
    expectedChallenge: options.challenge,
    expectedOrigin: origin,
    expectedRPID: rpID,
    requireUserVerification: false,
  })
  if (registrationInfo === undefined) throw new Error('The registration is not verified')
  return registrationInfo.credential
}

function readErrorName(act: () => unknown): string {
  try {
    act()
  } catch (error) {
    return error instanceof DOMException ? error.name : `not a DOMException: ${error}`
  }
  return 'nothing thrown'
}

describe('valid authenticator', () => {
  test('reports its properties at registration', async () => {
    const aaguid = 'ea9b8d66-4d01-1d21-3ce4-b6b48cb575d4'
    const options = await creationOptions({ extensions: { credProps: true } })
    const device: SoftwareAuthenticatorOptions = { aaguid, backupEligible: false, transports: ['usb'] }
    const response = new SoftwareAuthenticator(device).create(options, { origin })
    const { registrationInfo } = await verifyRegistration(response, options.challenge)
    expect(registrationInfo).toMatchObject({
      fmt: 'none',
      aaguid,
      userVerified: true,
      credentialDeviceType: 'singleDevice',
      credentialBackedUp: false,
      credential: { transports: ['usb'], counter: 0 },
    })
    expect(response.clientExtensionResults).toEqual({ credProps: { rk: true } })
  })

  test('uses the newest passkey, unless another is selected or allowed', async () => {
    const authenticator = new SoftwareAuthenticator()
    const ada = await register(authenticator)
    const graceHandle = Buffer.from('grace').toString('base64url')
    const options = await creationOptions({ user: { id: graceHandle, name: 'grace', displayName: '' } })
    const grace = authenticator.create(options, { origin })
    const allowed = await requestOptions({ allowCredentials: [{ id: ada.id, type: 'public-key' }] })
    const open = await requestOptions()
    expect(authenticator.get(open, { origin }).id).toBe(grace.id)
    expect(authenticator.get(open, { origin, credentialId: ada.id }).id).toBe(ada.id)
    expect(authenticator.get(allowed, { origin }).id).toBe(ada.id)
  })

  test('stores one passkey per user handle, until it is deleted', async () => {
    const authenticator = new SoftwareAuthenticator()
    await register(authenticator)
    const { id } = await register(authenticator)
    expect(authenticator.passkeys).toEqual([{ id, rpId: rpID, userHandle, userName: 'ada' }])
    authenticator.forget(id)
    expect(authenticator.passkeys).toEqual([])
  })

  test('uses the host of the origin if no RP ID is given', async () => {
    const authenticator = new SoftwareAuthenticator()
    authenticator.create(await creationOptions({ rp: { name: 'Pocket' } }), { origin: 'http://localhost:1411' })
    expect(authenticator.passkeys).toMatchObject([{ rpId: 'localhost' }])
  })
})

describe('the browser rejects', () => {
  test('an excluded passkey', async () => {
    const authenticator = new SoftwareAuthenticator()
    const { id } = await register(authenticator)
    const options = await creationOptions({ excludeCredentials: [{ id, type: 'public-key' }] })
    expect(readErrorName(() => authenticator.create(options, { origin }))).toBe('InvalidStateError')
    expect(new SoftwareAuthenticator().create(options, { origin }).type).toBe('public-key')
  })

  test('a request that no passkey matches', async () => {
    const authenticator = new SoftwareAuthenticator()
    const empty = await requestOptions()
    expect(readErrorName(() => authenticator.get(empty, { origin }))).toBe('NotAllowedError')
    await register(authenticator)
    const foreign = await requestOptions({ allowCredentials: [{ id: 'AAAA', type: 'public-key' }] })
    expect(readErrorName(() => authenticator.get(foreign, { origin }))).toBe('NotAllowedError')
    const elsewhere = await requestOptions({ rpId: 'id.example.com' })
    expect(readErrorName(() => authenticator.get(elsewhere, { origin }))).toBe('NotAllowedError')
  })

  test.each([
    ['a foreign site', 'https://example.net'],
    ['a host name with the same ending', 'https://notexample.com'],
    ['plain http', 'http://id.example.com'],
  ])('an RP ID at %s', async (_, foreignOrigin) => {
    const options = await creationOptions()
    const createPasskey = () => new SoftwareAuthenticator().create(options, { origin: foreignOrigin })
    expect(readErrorName(createPasskey)).toBe('SecurityError')
  })

  test('an IP address in place of a host name', async () => {
    const options = await creationOptions({ rp: { name: 'Pocket', id: '192.0.2.1' } })
    const createPasskey = () => new SoftwareAuthenticator().create(options, { origin: 'https://192.0.2.1' })
    expect(readErrorName(createPasskey)).toBe('SecurityError')
  })

  test('user verification that the authenticator does not support', async () => {
    const authenticator = new SoftwareAuthenticator({ userVerification: false })
    const creation = await creationOptions()
    expect(readErrorName(() => authenticator.create(creation, { origin }))).toBe('NotAllowedError')
    await register(authenticator)
    const request = await requestOptions()
    expect(readErrorName(() => authenticator.get(request, { origin }))).toBe('NotAllowedError')
  })

  test('unsupported algorithms and authenticator attachments', async () => {
    const authenticator = new SoftwareAuthenticator({ algorithm: 'RS256' })
    const otherAlgorithm = await creationOptions({ pubKeyCredParams: [{ alg: -7, type: 'public-key' }] })
    expect(readErrorName(() => authenticator.create(otherAlgorithm, { origin }))).toBe('NotSupportedError')
    const roaming = await creationOptions({ authenticatorSelection: { authenticatorAttachment: 'cross-platform' } })
    expect(readErrorName(() => authenticator.create(roaming, { origin }))).toBe('NotAllowedError')
  })
})
