import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { SoftwareAuthenticator, type UserAgent } from '@pocket/core/testing'
import { findAuditEvents } from './calls.ts'
import { type Instance, type Person, passkeyAnswer, startInstance } from './instance.ts'

type SignIn = ReturnType<SoftwareAuthenticator['get']>
type Registration = ReturnType<SoftwareAuthenticator['create']>
type Misbehavior = NonNullable<Parameters<SoftwareAuthenticator['create']>[1]['misbehavior']>

let instance: Instance
let ada: Person
let bob: Person

beforeAll(async () => {
  instance = await startInstance()
  ada = await instance.person('grace')
  bob = await instance.person('bob')
})
afterAll(async () => instance[Symbol.asyncDispose]())

const idOf = ({ authenticator }: Person) => authenticator.passkeys[0]?.id ?? ''
const handleOf = ({ authenticator }: Person) => authenticator.passkeys[0]?.userHandle ?? ''
const passkeysOf = async ({ id }: Person) =>
  (await instance.app.pocket.passkeys.list(id)).map(({ credentialId, counter }) => ({ credentialId, counter }))
/** The public part of a response: only that it was rejected, in one shape. */
const responseShape = (response: { status: number; json(): unknown }) => [
  response.status,
  Object.keys(Object(response.json())),
]

describe('a sign-in', () => {
  const finish = (agent: UserAgent, body: unknown) => agent.postJson(`${instance.url}/login`, { response: body })
  const evilOrigin = 'https://evil.example'

  test.each<[string, string, Parameters<typeof passkeyAnswer>[3], (result: SignIn) => unknown]>([
    ['for another origin', 'passkey_rejected', { origin: evilOrigin }, (result) => result],
    ['for another port of the same host', 'passkey_rejected', { origin: 'http://localhost:1' }, (result) => result],
    ['for another RP ID', 'passkey_rejected', { rpId: 'evil.example' }, (result) => result],
    ['with a challenge that was not issued', 'challenge_expired', { challenge: 'AAAA' }, (result) => result],
    ['without user presence', 'passkey_rejected', { userPresent: false }, (result) => result],
    ['without user verification', 'passkey_user_verification_required', { userVerified: false }, (result) => result],
    ['with a changed signature', 'passkey_rejected', { tamperedSignature: true }, (result) => result],
    ['without a user handle', 'passkey_rejected', { userHandle: null }, (result) => result],
    ['of an unknown passkey', 'passkey_unknown', {}, (result) => ({ ...result, id: 'AAAA', rawId: 'AAAA' })],
    [
      'with a credential ID of another user',
      'passkey_rejected',
      {},
      (result) => ({ ...result, id: idOf(bob), rawId: idOf(bob) }),
    ],
    [
      'with another user’s data and another key',
      'passkey_rejected',
      {},
      (result) => ({
        ...result,
        id: idOf(bob),
        rawId: idOf(bob),
        response: { ...result.response, userHandle: handleOf(bob) },
      }),
    ],
    [
      'with truncated authenticator data',
      'passkey_rejected',
      {},
      (result) => ({ ...result, response: { ...result.response, authenticatorData: 'AAAA' } }),
    ],
    [
      'that is too long',
      'passkey_rejected',
      {},
      (result) => ({ ...result, response: { ...result.response, authenticatorData: 'A'.repeat(66_000) } }),
    ],
  ])('%s is rejected and recorded, and changes nothing', async (_name, code, defect, change) => {
    const agent = instance.agent()
    const response = await finish(agent, change(await passkeyAnswer(agent, instance.url, ada.authenticator, defect)))
    expect(response.json()).toMatchObject({ code })
    const unknown = await finish(agent, { ...(await passkeyAnswer(agent, instance.url, ada.authenticator)), id: 'AA' })
    expect(responseShape(response)).toEqual(responseShape(unknown))
    expect((await agent.getJson(`${instance.url}/api/users/me`)).status).toBe(401)
    expect(findAuditEvents(instance, 'sign_in_failed').at(-2)).toMatchObject({ errorCode: code })
    expect(await passkeysOf(bob)).toEqual([{ credentialId: idOf(bob), counter: 0 }])
  })
})

describe('a new passkey', () => {
  test.each<[string, string, Misbehavior, (result: Registration) => unknown]>([
    ['for another origin', 'passkey_rejected', { origin: 'https://evil.example' }, (result) => result],
    ['for another RP ID', 'passkey_rejected', { rpId: 'evil.example' }, (result) => result],
    ['with a challenge that was not issued', 'challenge_expired', { challenge: 'AAAA' }, (result) => result],
    ['without user verification', 'passkey_user_verification_required', { userVerified: false }, (result) => result],
    [
      'with a truncated attestation',
      'passkey_rejected',
      {},
      (result) => ({
        ...result,
        response: { ...result.response, attestationObject: result.response.attestationObject.slice(0, 40) },
      }),
    ],
    [
      'with an attestation that is too long',
      'passkey_rejected',
      {},
      (result) => ({ ...result, response: { ...result.response, attestationObject: 'o'.repeat(66_000) } }),
    ],
    [
      'with the credential ID of another user',
      'passkey_rejected',
      {},
      (result) => ({ ...result, id: idOf(bob), rawId: idOf(bob) }),
    ],
  ])('%s is rejected and recorded, and changes nothing', async (_name, code, misbehavior, change) => {
    const { agent } = ada
    const signedIn = await passkeyAnswer(agent, instance.url, ada.authenticator)
    expect((await agent.postJson(`${instance.url}/api/webauthn/login/finish`, signedIn)).status).toBe(200)
    const before = await passkeysOf(ada)
    const optionsResponse = await agent.postJson(`${instance.url}/settings/account/passkeys/options`, {})
    // A second authenticator, because each holds one passkey per user.
    const { options } = optionsResponse.json() as { options: Parameters<SoftwareAuthenticator['create']>[0] }
    const created = new SoftwareAuthenticator().create(options, { origin: instance.url, misbehavior })
    const response = await agent.postJson(`${instance.url}/settings/account/passkeys`, { response: change(created) })
    expect([response.status, response.json()]).toMatchObject([400, { code }])
    expect(findAuditEvents(instance, 'passkey_refused').at(-1)).toMatchObject({ errorCode: code, accountId: ada.id })
    expect([await passkeysOf(ada), await passkeysOf(bob)]).toEqual([before, [{ credentialId: idOf(bob), counter: 0 }]])
  })
})
