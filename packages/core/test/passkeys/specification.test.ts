import { readFile } from 'node:fs/promises'
import { beforeAll, describe, expect, test } from '@jest/globals'
import { defaultPasskeyPolicy, type PasskeyPolicy } from '@pocket/core'
import { memoryStores } from '@pocket/core/memory'
import { SettingsService } from '@simplewebauthn/server'
import { InvalidInputError } from '../../src/errors.ts'
import { createAuthentication } from '../../src/passkeys/authentication.ts'
import { createAuthenticatorMetadata } from '../../src/passkeys/authenticator-metadata.ts'
import type { Challenges, OpenedChallenge } from '../../src/passkeys/challenges.ts'
import { parseClientData } from '../../src/passkeys/challenges.ts'
import { createRegistration } from '../../src/passkeys/registration.ts'
import { minute, TestClock } from '../flows/host.ts'
import { type CertifiedKey, createCertificate, createMetadataBlob, createMetadataEntry } from './attestation-maker.ts'

interface Vector {
  readonly name: string
  readonly credentialId: string
  readonly registration: {
    readonly challenge: string
    readonly clientDataJSON: string
    readonly attestationObject: string
  }
  readonly authentication: {
    readonly challenge: string
    readonly clientDataJSON: string
    readonly authenticatorData: string
    readonly signature: string
  }
}

/** The test vectors of WebAuthn Level 3, §16. */
const { rpId, origin, attestationCaCert, vectors } = JSON.parse(
  await readFile(new URL('webauthn-level-3-vectors.json', import.meta.url), 'utf8'),
) as { rpId: string; origin: string; attestationCaCert: string; vectors: readonly Vector[] }

const browserToken = 'the token of this browser'
const hexToBase64url = (hex: string) => Buffer.from(hex, 'hex').toString('base64url')
const accountId = 'ada'
const authority = Buffer.from(attestationCaCert, 'hex')

let metadataRoot: CertifiedKey
let metadataSigner: CertifiedKey

beforeAll(async () => {
  metadataRoot = await createCertificate({ subject: 'CN=Metadata Root' })
  metadataSigner = await createCertificate({ issuer: metadataRoot, subject: 'CN=Metadata' })
  SettingsService.setRootCertificates({ identifier: 'mds', certificates: [metadataRoot.certificate.toString('pem')] })
  for (const identifier of ['apple', 'fido-u2f'] as const)
    SettingsService.setRootCertificates({ identifier, certificates: [authority] })
})

/** The AAGUID is the 16 bytes after RP ID hash, flags and counter (§6.1). */
function readAaguid({ registration: { attestationObject } }: Vector): string {
  const hex = attestationObject.slice(attestationObject.indexOf('bfabc37432958b06'))
  return hex.slice(74, 106).replace(/^(.{8})(.{4})(.{4})(.{4})/, '$1-$2-$3-$4-')
}

function createFixture(policy: Partial<PasskeyPolicy>) {
  const clock = new TestClock()
  const { passkeys, transaction } = memoryStores()
  let issued: OpenedChallenge = { challenge: '', accountId: null, data: undefined }
  // The vectors contain their own challenges, which no key of ours can open.
  const challenges: Challenges = {
    issue: () => ({ ...issued, expiresAt: clock.now() + minute }),
    open(clientDataJSON) {
      if (parseClientData(clientDataJSON).isFramed)
        throw new InvalidInputError('passkey_rejected', 'The ceremony ran inside a page of another origin.')
      return issued
    },
    spend: async () => {},
    removeSpent: async () => 0,
  }
  const relyingParty = { rpId, rpName: 'Test', origins: [origin], challengeLifetime: minute }
  const algorithms = ['secp256r1_ecdsa_sha256_raw', 'rsassa_pkcsv15_sha256_raw', 'ed25519_eddsa_sha512_raw']
  const entries = vectors.map((vector) => {
    const entry = createMetadataEntry(readAaguid(vector), authority)
    return { ...entry, metadataStatement: { ...entry.metadataStatement, authenticationAlgorithms: algorithms } }
  })
  const context = {
    relyingParty,
    policy: async () => ({ ...defaultPasskeyPolicy, userVerification: 'preferred' as const, ...policy }),
    challenges,
    passkeys,
    clock,
    transaction,
  }
  const metadata = createAuthenticatorMetadata(() => createMetadataBlob(metadataSigner, entries), clock)
  const issue = (challenge: string, purpose: 'registration' | 'authentication') => {
    issued = {
      challenge: hexToBase64url(challenge),
      accountId: purpose === 'registration' ? accountId : null,
      data: undefined,
    }
  }
  const registration = createRegistration(context, metadata)
  const authentication = createAuthentication(context)
  const responseFields = ({ credentialId }: Vector) => ({
    id: hexToBase64url(credentialId),
    rawId: hexToBase64url(credentialId),
    type: 'public-key',
    clientExtensionResults: {},
  })
  return {
    async register(vector: Vector) {
      const { challenge, clientDataJSON, attestationObject } = vector.registration
      issue(challenge, 'registration')
      const response = {
        clientDataJSON: hexToBase64url(clientDataJSON),
        attestationObject: hexToBase64url(attestationObject),
      }
      const result = { ...responseFields(vector), response }
      return (await registration.verify({ purpose: 'registration', browserToken, response: result })).passkey
    },
    async signIn(vector: Vector) {
      const { challenge, clientDataJSON, authenticatorData, signature } = vector.authentication
      issue(challenge, 'authentication')
      const response = {
        clientDataJSON: hexToBase64url(clientDataJSON),
        authenticatorData: hexToBase64url(authenticatorData),
        signature: hexToBase64url(signature),
        userHandle: Buffer.from(accountId).toString('base64url'),
      }
      return authentication.verify({ browserToken, response: { ...responseFields(vector), response } })
    },
    passkeys,
  }
}

type Outcome = { readonly attestation: string | null; readonly proven: boolean } | { readonly refused: RegExp }

/** The expected outcome of each vector with required attestation; otherwise `proven` is ignored. */
const outcomes: Readonly<Record<string, Outcome>> = {
  'none.ES256': { attestation: null, proven: false },
  'packed-self.ES256': { attestation: 'packed', proven: false },
  // The provider rejects ceremonies in embedded pages.
  'none.ES256.crossOrigin': { refused: /inside a page of another origin/ },
  'none.ES256.topOrigin': { refused: /inside a page of another origin/ },
  'none.ES256.long-credential-id': { attestation: null, proven: false },
  'packed.ES256': { attestation: 'packed', proven: true },
  // Algorithms that the provider does not request.
  'packed.ES384': { refused: /public key alg "-35"/ },
  'packed.ES512': { refused: /public key alg "-36"/ },
  'packed.RS256': { attestation: 'packed', proven: true },
  'packed.EdDSA': { attestation: 'packed', proven: true },
  // No list contains the manufacturer of this vector.
  'tpm.ES256': { refused: /TPM manufacturer "id:00000000"/ },
  'android-key.ES256': { attestation: 'android-key', proven: true },
  'apple.ES256': { attestation: 'apple', proven: true },
  // FIDO U2F authenticators have no AAGUID, so the one in this vector is a contradiction.
  'fido-u2f.ES256': { refused: /AAGUID/ },
}

test.each(vectors.map((vector) => [vector.name, vector] as const))('%s', async (name, vector) => {
  const outcome = outcomes[name]
  if (outcome === undefined) throw new Error(`There is no expected outcome for ${name}.`)
  const required = createFixture({ attestation: 'required' })
  if ('refused' in outcome) {
    const message = expect.stringMatching(outcome.refused)
    await expect(required.register(vector)).rejects.toMatchObject({ code: 'passkey_rejected', message })
    return
  }
  const { attestation, proven } = outcome
  if (proven) expect(await required.register(vector)).toMatchObject({ attestation, attestedAt: expect.any(Number) })
  else
    await expect(required.register(vector)).rejects.toMatchObject({
      code: 'passkey_not_allowed',
      details: { reasons: 'not_attested' },
    })

  const { register, signIn, passkeys } = createFixture({ attestation: 'none' })
  const passkey = await register(vector)
  expect(passkey).toMatchObject({ attestation, aaguid: readAaguid(vector), attestedAt: null })
  await passkeys.insert(passkey)
  expect(await signIn(vector)).toMatchObject({ passkey: { accountId }, counterRegressed: false })
})

describe('rejects a vector with one changed bit:', () => {
  const sound = vectors.filter(({ name }) => 'attestation' in (outcomes[name] ?? {}))
  const attested = sound.filter(({ name }) => !name.startsWith('none'))
  const flipBit = (hex: string, at: number) =>
    hex.slice(0, at) + (Number.parseInt(hex[at] ?? '0', 16) ^ 1).toString(16) + hex.slice(at + 1)

  test.each(attested.map((vector) => [vector.name, vector] as const))('%s, the client data', async (_name, vector) => {
    const { clientDataJSON } = vector.registration
    // Changes a digit of the last word, so that the JSON stays valid.
    const changed = { ...vector.registration, clientDataJSON: flipBit(clientDataJSON, clientDataJSON.length - 7) }
    const { register } = createFixture({ attestation: 'none' })
    await expect(register({ ...vector, registration: changed })).rejects.toMatchObject({ code: 'passkey_rejected' })
  })

  test.each(attested.map((vector) => [vector.name, vector] as const))('%s, the key', async (_name, vector) => {
    const { attestationObject } = vector.registration
    const changed = {
      ...vector.registration,
      attestationObject: flipBit(attestationObject, attestationObject.length - 9),
    }
    const { register } = createFixture({ attestation: 'none' })
    await expect(register({ ...vector, registration: changed })).rejects.toMatchObject({ code: 'passkey_rejected' })
  })

  test.each(sound.map((vector) => [vector.name, vector] as const))('%s, the signature', async (_name, vector) => {
    const { register, signIn, passkeys } = createFixture({ attestation: 'none' })
    await passkeys.insert(await register(vector))
    const { signature } = vector.authentication
    const changed = { ...vector.authentication, signature: flipBit(signature, signature.length - 1) }
    await expect(signIn({ ...vector, authentication: changed })).rejects.toMatchObject({ code: 'passkey_rejected' })
  })
})

test('accepts fido-u2f.ES256 without the AAGUID, which its signature does not cover', async () => {
  const vector = vectors.find(({ name }) => name === 'fido-u2f.ES256')
  if (vector === undefined) throw new Error('The vector is missing.')
  const model = readAaguid(vector).replaceAll('-', '')
  const attestationObject = vector.registration.attestationObject.replace(model, '0'.repeat(32))
  const { register, signIn, passkeys } = createFixture({ attestation: 'none' })
  const passkey = await register({ ...vector, registration: { ...vector.registration, attestationObject } })
  expect(passkey).toMatchObject({ attestation: 'fido-u2f', deviceType: 'singleDevice' })
  await passkeys.insert(passkey)
  expect(await signIn(vector)).toMatchObject({ passkey: { accountId } })
})

test('rejects a passkey that becomes backup eligible after its registration', async () => {
  const [vector] = vectors
  if (vector === undefined) throw new Error('There are no vectors.')
  const { register, signIn, passkeys } = createFixture({})
  await passkeys.insert({ ...(await register(vector)), deviceType: 'singleDevice' })
  await expect(signIn(vector)).rejects.toMatchObject({ code: 'passkey_rejected' })
})

test('covers all formats with vectors in the specification', () => {
  expect(vectors.map(({ name }) => name).toSorted()).toEqual(Object.keys(outcomes).toSorted())
})
