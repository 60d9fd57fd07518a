import { beforeAll, describe, expect, test } from '@jest/globals'
import { defaultPasskeyPolicy, type PasskeyPolicy } from '@pocket/core'
import { memoryStores } from '@pocket/core/memory'
import {
  type Attest,
  type AttestationStatement,
  type Attested,
  SoftwareAuthenticator,
  type SoftwareAuthenticatorOptions,
} from '@pocket/core/testing'
import { shareBetweenTests, startHttpServer } from '@pocket/test-support'
import { SettingsService } from '@simplewebauthn/server'
import { isoCBOR } from '@simplewebauthn/server/helpers'
import { createAuthenticatorMetadata } from '../../src/passkeys/authenticator-metadata.ts'
import { createRegistration } from '../../src/passkeys/registration.ts'
import { day, minute, startHost, TestClock } from '../flows/host.ts'
import {
  attestAndroidKey,
  attestationSubject,
  attestPackedSelf,
  type CertifiedKey,
  certificateBytes,
  createCertificate,
  createMetadataBlob,
  createMetadataEntry,
  createPacked,
  revocationList,
} from './attestation-maker.ts'
import { testChallenges } from './challenges.ts'
import { createSafetyNet, createSafetyNetAttest, type SafetyNet } from './safety-net-maker.ts'
import { createAttestationKey, createTpm } from './tpm-maker.ts'

const origin = 'https://id.example.com'
const browserToken = 'the token of this browser'
const model = '11111111-2222-4333-8444-555555555555'
const subject = { accountId: 'ada', userName: 'ada', displayName: 'Ada' }
const key = { backupEligible: false, aaguid: model } as const

let root: CertifiedKey
let maker: CertifiedKey
let metadataRoot: CertifiedKey
let metadataSigner: CertifiedKey

beforeAll(async () => {
  root = await createCertificate({})
  maker = await createCertificate({ issuer: root, subject: attestationSubject })
  metadataRoot = await createCertificate({ subject: 'CN=Metadata Root' })
  metadataSigner = await createCertificate({ issuer: metadataRoot, subject: 'CN=Metadata' })
  SettingsService.setRootCertificates({ identifier: 'mds', certificates: [metadataRoot.certificate.toString('pem')] })
})

function createFixture(policy: Partial<PasskeyPolicy> = {}, read?: () => Promise<string>) {
  const clock = new TestClock()
  const { spentChallenges, passkeys, transaction } = memoryStores()
  const metadata = createAuthenticatorMetadata(read, clock)
  const registration = createRegistration(
    {
      relyingParty: { rpId: 'id.example.com', rpName: 'Test', origins: [origin], challengeLifetime: 10 * minute },
      policy: async () => ({ ...defaultPasskeyPolicy, ...policy }),
      challenges: testChallenges(spentChallenges, clock, 10 * minute),
      passkeys,
      clock,
      transaction,
    },
    metadata,
  )
  const options = () => registration.options({ subject, purpose: 'registration', browserToken })
  const register = async (
    created: SoftwareAuthenticatorOptions,
    change: (response: Response) => Response | Promise<Response> = (it) => it,
  ) => {
    const response = await change(new SoftwareAuthenticator(created).create(await options(), { origin }))
    return (await registration.verify({ purpose: 'registration', browserToken, response })).passkey
  }
  return { clock, metadata, options, register }
}

/** The algorithms that only some runtimes support. */
const postQuantum = SettingsService.runtimeSupportsPQC() ? (['ML-DSA-44'] as const) : []

type Response = ReturnType<SoftwareAuthenticator['create']>

describe('attestation format', () => {
  test.each(['ES256', 'Ed25519', 'RS256', ...postQuantum] as const)(
    'accepts none, with a key for %s',
    async (algorithm) => {
      expect(await createFixture().register({ algorithm })).toMatchObject({ attestation: null, attestedAt: null })
    },
  )

  test('verifies packed, with certificates and with self attestation', async () => {
    const { register } = createFixture()
    for (const attest of [await createPacked([maker]), attestPackedSelf])
      expect(await register({ ...key, attest })).toMatchObject({
        attestation: 'packed',
        attestedAt: null,
        aaguid: model,
      })
    const lying = await createPacked([await createCertificate({ issuer: root, subject: attestationSubject })])
    const attestWrongHash: typeof lying = (created) => lying({ ...created, clientDataHash: Buffer.alloc(32) })
    await expect(register({ ...key, attest: attestWrongHash })).rejects.toMatchObject({ code: 'passkey_rejected' })
    const nobody = await createPacked([await createCertificate({ issuer: root, subject: 'CN=Nobody' })])
    await expect(register({ ...key, attest: nobody })).rejects.toMatchObject({ code: 'passkey_rejected' })
  })

  describe('tpm', () => {
    let tpmRoot: CertifiedKey

    beforeAll(async () => {
      tpmRoot = await createCertificate({ subject: 'CN=TPM Root' })
      SettingsService.setRootCertificates({ identifier: 'tpm', certificates: [Buffer.from(certificateBytes(tpmRoot))] })
    })

    test.each(['ES256', 'RS256'] as const)('accepts a key for %s', async (algorithm) => {
      const attest = await createTpm(await createAttestationKey(tpmRoot))
      expect(await createFixture().register({ ...key, algorithm, attest })).toMatchObject({
        attestation: 'tpm',
        aaguid: model,
        attestedAt: null,
      })
    })

    test('proves a model that the metadata lists', async () => {
      const { register } = createFixture({ attestation: 'required' }, () =>
        createMetadataBlob(metadataSigner, [createMetadataEntry(model.replace('1', '9'), tpmRoot)]),
      )
      const attest = await createTpm(await createAttestationKey(tpmRoot))
      const proven = await register({ ...key, aaguid: model.replace('1', '9'), attest })
      expect(proven).toMatchObject({ attestation: 'tpm', attestedAt: expect.any(Number) })
    })

    test('is rejected if another authority issued the certificate', async () => {
      const attest = await createTpm(await createAttestationKey(await createCertificate({ subject: 'CN=TPM Root' })))
      await expect(createFixture().register({ ...key, attest })).rejects.toMatchObject({ code: 'passkey_rejected' })
    })
  })

  describe('android-safetynet', () => {
    let authority: SafetyNet

    beforeAll(async () => {
      authority = await createSafetyNet()
      SettingsService.setRootCertificates({
        identifier: 'android-safetynet',
        certificates: [Buffer.from(authority.root)],
      })
    })

    test('is accepted, and proves no model', async () => {
      const passkey = await createFixture().register({ ...key, attest: createSafetyNetAttest(authority) })
      expect(passkey).toMatchObject({ attestation: 'android-safetynet', attestedAt: null })
    })

    test.each<[string, () => Attest | Promise<Attest>]>([
      ['another nonce', () => createSafetyNetAttest(authority, { nonce: 'bm9uZQ==' })],
      ['another authority', async () => createSafetyNetAttest(await createSafetyNet())],
    ])('is rejected with %s', async (_name, make) => {
      const attest = await make()
      await expect(createFixture().register({ ...key, attest })).rejects.toMatchObject({ code: 'passkey_rejected' })
    })
  })

  test.each(['unknown', 'tpm', 'android-key', 'apple', 'android-safetynet'])(
    'rejects an empty %s statement',
    async (fmt) => {
      const attest = () => ({ fmt, statement: {} })
      await expect(createFixture().register({ attest })).rejects.toMatchObject({ code: 'passkey_rejected' })
    },
  )

  test('rejects the format `none` with a statement, and malformed attestation objects', async () => {
    const { register } = createFixture()
    const attest = () => ({ fmt: 'none', statement: { x: 1 } })
    await expect(register({ attest })).rejects.toMatchObject({ code: 'passkey_rejected' })
    const hexToBase64url = (hex: string) => Buffer.from(hex, 'hex').toString('base64url')
    const malformed = [
      ['truncated', 'o2NmbXRk'],
      ['longer than allowed', 'A'.repeat(70_000)],
      ['empty', 'oA'],
      ['lists in lists, thousands deep', Buffer.alloc(48_000, 0x81).toString('base64url')],
      ['a map that says it has 2^64 entries', hexToBase64url('bbffffffffffffffff')],
      ['a text string with a declared length of 2^32 bytes', hexToBase64url('7affffffff61')],
      ['no map', hexToBase64url('83010203')],
      [
        'parts of other types',
        hexToBase64url('a363666d740167617474 53746d7402686175746844617461 03'.replaceAll(' ', '')),
      ],
    ] as const
    for (const [, attestationObject] of malformed) {
      const change = (it: Response) => ({ ...it, response: { ...it.response, attestationObject } })
      await expect(register({}, change)).rejects.toMatchObject({ code: 'passkey_rejected' })
    }
  })
})

describe('required attestation', () => {
  const required = { attestation: 'required' } as const

  test('accepts only models that the metadata lists', async () => {
    const { register, clock } = createFixture(required, () =>
      createMetadataBlob(metadataSigner, [
        createMetadataEntry(model, root),
        createMetadataEntry(model.replace('1', '2'), root, 'ATTESTATION_KEY_COMPROMISE'),
      ]),
    )
    const attest = await createPacked([maker])
    const proven = await register({ ...key, attest })
    expect(proven).toMatchObject({ attestation: 'packed', aaguid: model })
    expect(clock.now() - Number(proven.attestedAt)).toBeLessThan(minute)
    const otherRoot = await createCertificate({ subject: 'CN=Other Root, O=Test, C=DE' })
    const otherUser = await createCertificate({ issuer: otherRoot, subject: attestationSubject })
    await expect(register({ ...key, attest: await createPacked([otherUser]) })).rejects.toMatchObject({
      code: 'passkey_rejected',
    })
    for (const refused of [
      {},
      { ...key, attest: attestPackedSelf },
      { ...key, attest, aaguid: model.replace('1', '2') },
      { ...key, attest, aaguid: model.replace('1', '3') },
    ])
      await expect(register(refused)).rejects.toMatchObject({
        code: 'passkey_not_allowed',
        details: { reasons: 'not_attested' },
      })
  })

  test('accepts intermediate authorities up to the root of the metadata', async () => {
    const intermediate = await createCertificate({ issuer: root, subject: 'CN=Intermediate', isAuthority: true })
    const leaf = await createCertificate({ issuer: intermediate, subject: attestationSubject })
    const { register } = createFixture(required, () =>
      createMetadataBlob(metadataSigner, [createMetadataEntry(model, root)]),
    )
    const proven = await register({ ...key, attest: await createPacked([leaf, intermediate]) })
    expect(proven).toMatchObject({ attestedAt: expect.any(Number) })
  })

  const sameName = () => createCertificate({})
  const createCertificateSignedBy = (issuer: CertifiedKey, extra: Parameters<typeof createCertificate>[0] = {}) =>
    createCertificate({ issuer, subject: attestationSubject, ...extra })

  test.each<[string, () => Promise<readonly CertifiedKey[]>]>([
    [
      'a certificate that was signed by a genuine attestation key',
      async () => [await createCertificateSignedBy(maker), maker],
    ],
    [
      'that with an authority in between',
      async () => {
        const forged = await createCertificateSignedBy(maker, { subject: 'CN=Forged', isAuthority: true })
        return [await createCertificateSignedBy(forged), forged, maker]
      },
    ],
    [
      'a root of the same name beside it',
      async () => {
        const other = await sameName()
        return [await createCertificateSignedBy(other), other]
      },
    ],
    ['the genuine root beside it', async () => [await createCertificateSignedBy(await sameName()), root]],
    [
      'an authority of the same name, and the genuine root beside it',
      async () => {
        const other = await sameName()
        return [await createCertificateSignedBy(other), other, root]
      },
    ],
    ['a genuine chain behind it', async () => [await createCertificateSignedBy(await sameName()), maker, root]],
    [
      'an intermediate authority that has expired',
      async () => {
        const intermediate = await createCertificateSignedBy(root, {
          subject: 'CN=Old',
          isAuthority: true,
          valid: [-2 * minute, -minute],
        })
        return [await createCertificateSignedBy(intermediate), intermediate]
      },
    ],
    [
      'a certificate that is not valid yet',
      async () => [await createCertificateSignedBy(root, { valid: [minute, 2 * minute] })],
    ],
    ['the same certificate twice', async () => [maker, maker]],
    [
      'a certificate that may certify others',
      async () => [await createCertificateSignedBy(root, { isAuthority: true })],
    ],
  ])('rejects a forged chain: %s', async (_what, make) => {
    const { register } = createFixture(required, () =>
      createMetadataBlob(metadataSigner, [createMetadataEntry(model, root)]),
    )
    await expect(register({ ...key, attest: await createPacked(await make()) })).rejects.toMatchObject({
      code: 'passkey_rejected',
    })
  })

  test.each([
    ['it is missing', undefined],
    ['it is not a JWT', async () => 'a.b.c'],
    ['another key signed it', async () => createMetadataBlob(await createCertificate({ subject: 'CN=Metadata' }), [])],
    ['it was changed', async () => `${(await createMetadataBlob(metadataSigner, [])).slice(0, -8)}AAAAAAAA`],
  ])('rejects every passkey if the metadata is unusable: %s', async (_, read) => {
    const { register } = createFixture(required, read)
    await expect(register({ ...key, attest: await createPacked([maker]) })).rejects.toMatchObject({
      code: 'misconfigured',
    })
  })

  test.each([
    ['none', 0],
    ['required', 1],
  ] as const)('refreshes the metadata only if the policy uses it: attestation %s', async (attestation, reads) => {
    let count = 0
    const passkeys = {
      policy: async () => ({ ...defaultPasskeyPolicy, attestation }),
      readAuthenticatorMetadata: () => {
        count++
        return createMetadataBlob(metadataSigner, [])
      },
    }
    await using host = await startHost({ options: { passkeys } })
    await host.pocket.refreshAuthenticatorMetadata()
    expect(count).toBe(reads)
  })

  test('refreshes the metadata daily, rejects older versions, and keeps the old one if a fetch fails', async () => {
    let answer = () => createMetadataBlob(metadataSigner, [createMetadataEntry(model, root)], 7)
    const { register, clock, metadata } = createFixture(required, () => answer())
    const attest = await createPacked([maker])
    await register({ ...key, attest })
    answer = () => createMetadataBlob(metadataSigner, [], 6)
    await expect(metadata.refresh()).rejects.toMatchObject({ code: 'misconfigured' })
    answer = () => Promise.reject(new Error('the network went away'))
    clock.pass(2 * day)
    await register({ ...key, attest })
    answer = () => createMetadataBlob(metadataSigner, [createMetadataEntry(model, root, 'REVOKED')], 8)
    clock.pass(2 * day)
    await expect(register({ ...key, attest })).rejects.toMatchObject({ code: 'passkey_not_allowed' })
  })
})

test('offers current algorithms, and ML-DSA if the runtime supports it', async () => {
  const { pubKeyCredParams } = await createFixture().options()
  expect(pubKeyCredParams.map(({ alg }) => alg)).toEqual([...postQuantum.map(() => -48), -8, -7, -257])
})

describe('certificate with a revocation list', () => {
  const requests: (string | undefined)[] = []
  const server = shareBetweenTests(() =>
    startHttpServer((req, res) => {
      requests.push(req.url)
      res.end()
    }),
  )
  let list: ReturnType<typeof revocationList>

  beforeAll(async () => {
    list = revocationList(`${server.url}/list`)
  })

  test('does not make the server send a request for an unknown issuer', async () => {
    const otherUser = await createCertificate({ subject: 'CN=Mallory' })
    const created = await createCertificate({ issuer: otherUser, subject: attestationSubject, extensions: [list] })
    const { register } = createFixture()
    // A model that no other test has added to the metadata, because known metadata would be checked first.
    const unknownModel = { ...key, aaguid: model.replace('1', '7') }
    let attested: Attested | undefined
    const attestAndRecord: Attest = (it) => {
      attested = it
      return { fmt: 'none', statement: {} }
    }
    const attestWithAndroidKey = async (response: Response) => {
      if (attested === undefined) throw new Error('The authenticator made no passkey.')
      const { fmt, statement } = await attestAndroidKey(otherUser, attested, [list])
      return replaceAttestation(response, fmt, statement, attested)
    }
    await expect(register({ ...unknownModel, attest: attestAndRecord }, attestWithAndroidKey)).rejects.toMatchObject({
      code: 'passkey_rejected',
    })
    await expect(register({ ...unknownModel, attest: await createPacked([created]) })).rejects.toMatchObject({
      code: 'passkey_rejected',
    })
    const required = createFixture({ attestation: 'required' }, () => createMetadataBlob(metadataSigner, []))
    await expect(required.register({ ...unknownModel, attest: await createPacked([created]) })).rejects.toMatchObject({
      code: 'passkey_not_allowed',
      details: { reasons: 'not_attested' },
    })
    expect(requests).toEqual([])
  })

  test('makes the server request the list of a model in the metadata', async () => {
    const { register } = createFixture({ attestation: 'required' }, () =>
      createMetadataBlob(metadataSigner, [createMetadataEntry(model.replace('1', '8'), root)]),
    )
    const created = await createCertificate({ issuer: root, subject: attestationSubject, extensions: [list] })
    await register({ ...key, aaguid: model.replace('1', '8'), attest: await createPacked([created]) })
    expect(requests).toEqual(['/list'])
  })
})

type CborValue = Parameters<typeof isoCBOR.encode>[0]

function replaceAttestation(
  response: Response,
  fmt: string,
  statement: AttestationStatement,
  attested: Attested,
): Response {
  const attestationObject = isoCBOR.encode(
    new Map<string, CborValue>([
      ['fmt', fmt],
      ['attStmt', new Map(Object.entries(statement))],
      ['authData', attested.authenticatorData],
    ]),
  )
  const encoded = Buffer.from(attestationObject).toString('base64url')
  return { ...response, response: { ...response.response, attestationObject: encoded } }
}
