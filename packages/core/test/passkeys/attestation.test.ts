import { beforeAll, describe, expect, test } from '@jest/globals'
import { defaultPasskeyPolicy, type PasskeyPolicy } from '@pocket/core'
import { memoryStores } from '@pocket/core/memory'
import {
  type Attested,
  encodeCbor,
  SoftwareAuthenticator,
  type SoftwareAuthenticatorOptions,
} from '@pocket/core/testing'
import { SettingsService } from '@simplewebauthn/server'
import { createAuthenticatorMetadata } from '../../src/passkeys/authenticator-metadata.ts'
import { createChallenges } from '../../src/passkeys/challenges.ts'
import { createRegistration } from '../../src/passkeys/registration.ts'
import { day, minute, TestClock } from '../flows/host.ts'
import {
  androidKey,
  apple,
  attestationSubject,
  bytesOf,
  type Certified,
  certified,
  fidoU2f,
  metadataBlob,
  metadataEntry,
  packed,
  packedSelf,
} from './attestation-maker.ts'

const origin = 'https://id.example.com'
const browserToken = 'the token of this browser'
const model = '11111111-2222-4333-8444-555555555555'
const subject = { accountId: 'ada', userName: 'ada', displayName: 'Ada' }
const key = { backupEligible: false, aaguid: model } as const

let root: Certified
let maker: Certified
let metadataRoot: Certified
let metadataSigner: Certified

beforeAll(async () => {
  root = await certified({})
  maker = await certified({ issuer: root, subject: attestationSubject })
  metadataRoot = await certified({ subject: 'CN=Metadata Root' })
  metadataSigner = await certified({ issuer: metadataRoot, subject: 'CN=Metadata' })
  SettingsService.setRootCertificates({ identifier: 'mds', certificates: [metadataRoot.certificate.toString('pem')] })
})

function setting(policy: Partial<PasskeyPolicy> = {}, read?: () => Promise<string>) {
  const clock = new TestClock()
  const { challenges: store, passkeys } = memoryStores()
  const metadata = createAuthenticatorMetadata(read, clock)
  const registration = createRegistration({
    relyingParty: { rpId: 'id.example.com', rpName: 'Test', origins: [origin], challengeLifetime: 10 * minute },
    policy: async () => ({ ...defaultPasskeyPolicy, ...policy }),
    metadata,
    challenges: createChallenges(store, clock, 10 * minute),
    passkeys,
    clock,
  })
  const options = () => registration.options({ subject, purpose: 'registration', browserToken })
  const register = async (
    made: SoftwareAuthenticatorOptions,
    change: (response: Response) => Response | Promise<Response> = (it) => it,
  ) => {
    const response = await change(new SoftwareAuthenticator(made).create(await options(), { origin }))
    return (await registration.verify({ purpose: 'registration', browserToken, response })).passkey
  }
  return { clock, metadata, options, register }
}

type Response = ReturnType<SoftwareAuthenticator['create']>

describe('an attestation of the format', () => {
  test.each(['ES256', 'Ed25519', 'RS256'] as const)('none, with a key for %s', async (algorithm) => {
    expect(await setting().register({ algorithm })).toMatchObject({ attestation: null, attestedAt: null })
  })

  test('packed, with certificates and by the key itself', async () => {
    const { register } = setting()
    for (const attest of [await packed([maker]), packedSelf])
      expect(await register({ ...key, attest })).toMatchObject({
        attestation: 'packed',
        attestedAt: null,
        aaguid: model,
      })
    const lying = await packed([await certified({ issuer: root, subject: attestationSubject })])
    const swapped: typeof lying = (made) => lying({ ...made, clientDataHash: Buffer.alloc(32) })
    await expect(register({ ...key, attest: swapped })).rejects.toMatchObject({ code: 'passkey_rejected' })
    const nobody = await packed([await certified({ issuer: root, subject: 'CN=Nobody' })])
    await expect(register({ ...key, attest: nobody })).rejects.toMatchObject({ code: 'passkey_rejected' })
  })

  test('fido-u2f', async () => {
    const { register } = setting({ userVerification: 'preferred' })
    const attest = await fidoU2f(maker)
    const u2f = { backupEligible: false, userVerification: false } as const
    expect(await register({ ...u2f, attest })).toMatchObject({ attestation: 'fido-u2f' })
    const swapped: typeof attest = (made) => attest({ ...made, rpIdHash: Buffer.alloc(32) })
    await expect(register({ ...u2f, attest: swapped })).rejects.toMatchObject({ code: 'passkey_rejected' })
    await expect(register({ ...u2f, aaguid: model, attest })).rejects.toMatchObject({ code: 'passkey_rejected' })
  })

  test.each([
    ['apple', apple],
    ['android-key', androidKey],
  ] as const)('%s', async (format, make) => {
    const own = await certified({ subject: `CN=${format} Root` })
    SettingsService.setRootCertificates({ identifier: format, certificates: [Buffer.from(bytesOf(own))] })
    const stranger = await certified({ subject: `CN=${format} Root` })
    const { register } = setting()
    const attempt = async (by: Certified, change: (made: Attested) => Attested = (made) => made) => {
      let attested: Attested | undefined
      const attest = (made: Attested) => {
        attested = made
        return { fmt: 'none', statement: [] }
      }
      // Its certificate is made for this passkey, which takes longer than an authenticator here may.
      return register({ ...key, attest }, async (response) => {
        if (attested === undefined) throw new Error('The authenticator made no passkey.')
        const { fmt, statement } = await make(by, change(attested))
        const attestationObject = encodeCbor([
          ['fmt', fmt],
          ['attStmt', statement],
          ['authData', attested.authenticatorData],
        ])
        const encoded = Buffer.from(attestationObject).toString('base64url')
        return { ...response, response: { ...response.response, attestationObject: encoded } }
      })
    }
    expect(await attempt(own)).toMatchObject({ attestation: format, aaguid: model })
    await expect(attempt(stranger)).rejects.toMatchObject({ code: 'passkey_rejected' })
    const otherwise = (made: Attested) => ({ ...made, clientDataHash: Buffer.alloc(32) })
    await expect(attempt(own, otherwise)).rejects.toMatchObject({ code: 'passkey_rejected' })
  })

  test.each(['unknown', 'tpm', 'android-key', 'apple', 'android-safetynet'])('%s, with nothing in it', async (fmt) => {
    const attest = () => ({ fmt, statement: [] })
    await expect(setting().register({ attest })).rejects.toMatchObject({ code: 'passkey_rejected' })
  })

  test('none, with a statement, cut short, or far too long', async () => {
    const { register } = setting()
    const attest = () => ({ fmt: 'none', statement: [['x', 1]] as const })
    await expect(register({ attest })).rejects.toMatchObject({ code: 'passkey_rejected' })
    for (const attestationObject of ['o2NmbXRk', 'A'.repeat(70_000), 'oA']) {
      const change = (it: Response) => ({ ...it, response: { ...it.response, attestationObject } })
      await expect(register({}, change)).rejects.toMatchObject({ code: 'passkey_rejected' })
    }
  })
})

describe('where attestation is required', () => {
  const required = { attestation: 'required' } as const

  test('a model that the metadata vouches for is accepted, and no other', async () => {
    const { register, clock } = setting(required, () =>
      metadataBlob(metadataSigner, [
        metadataEntry(model, root),
        metadataEntry(model.replace('1', '2'), root, 'ATTESTATION_KEY_COMPROMISE'),
      ]),
    )
    const attest = await packed([maker])
    const proven = await register({ ...key, attest })
    expect(proven).toMatchObject({ attestation: 'packed', aaguid: model })
    expect(clock.now() - Number(proven.attestedAt)).toBeLessThan(minute)
    const otherRoot = await certified({ subject: 'CN=Other Root, O=Test, C=DE' })
    const stranger = await certified({ issuer: otherRoot, subject: attestationSubject })
    await expect(register({ ...key, attest: await packed([stranger]) })).rejects.toMatchObject({
      code: 'passkey_rejected',
    })
    for (const refused of [
      {},
      { ...key, attest: packedSelf },
      { ...key, attest, aaguid: model.replace('1', '2') },
      { ...key, attest, aaguid: model.replace('1', '3') },
    ])
      await expect(register(refused)).rejects.toMatchObject({
        code: 'passkey_not_allowed',
        details: { reasons: 'not_attested' },
      })
  })

  test.each([
    ['there is none', undefined],
    ['it is nonsense', async () => 'a.b.c'],
    ['another signed it', async () => metadataBlob(await certified({ subject: 'CN=Metadata' }), [])],
    ['it was changed', async () => `${(await metadataBlob(metadataSigner, [])).slice(0, -8)}AAAAAAAA`],
  ])('nobody is let in where the metadata is no good: %s', async (_, read) => {
    const { register } = setting(required, read)
    await expect(register({ ...key, attest: await packed([maker]) })).rejects.toMatchObject({ code: 'misconfigured' })
  })

  test('the metadata is read anew every day, never goes back, and an old one is better than none', async () => {
    let answer = () => metadataBlob(metadataSigner, [metadataEntry(model, root)], 7)
    const { register, clock, metadata } = setting(required, () => answer())
    const attest = await packed([maker])
    await register({ ...key, attest })
    answer = () => metadataBlob(metadataSigner, [], 6)
    await expect(metadata.refresh()).rejects.toMatchObject({ code: 'misconfigured' })
    answer = () => Promise.reject(new Error('the network went away'))
    clock.pass(2 * day)
    await register({ ...key, attest })
    answer = () => metadataBlob(metadataSigner, [metadataEntry(model, root, 'REVOKED')], 8)
    clock.pass(2 * day)
    await expect(register({ ...key, attest })).rejects.toMatchObject({ code: 'passkey_not_allowed' })
  })
})

test('the algorithms of today are offered, and ML-DSA where the runtime verifies it', async () => {
  const { pubKeyCredParams } = await setting().options()
  const postQuantum = SettingsService.runtimeSupportsPQC() ? [-48] : []
  expect(pubKeyCredParams.map(({ alg }) => alg)).toEqual([...postQuantum, -8, -7, -257])
})
