import { describe, expect, test } from '@jest/globals'
import { defaultPasskeyPolicy } from '@pocket/core'
import { memoryStores } from '@pocket/core/memory'
import { SoftwareAuthenticator } from '@pocket/core/testing'
import { createAuthenticatorMetadata } from '../../src/passkeys/authenticator-metadata.ts'
import { createChallenges } from '../../src/passkeys/challenges.ts'
import { createRegistration } from '../../src/passkeys/registration.ts'
import { minute, TestClock } from '../flows/host.ts'

const origin = 'https://id.example.com'
const browserToken = 'the token of this browser'

function setting() {
  const clock = new TestClock()
  const { challenges: store, passkeys } = memoryStores()
  const challenges = createChallenges(store, clock, 10 * minute)
  const relyingParty = {
    rpId: 'id.example.com',
    rpName: 'Test',
    origins: [origin],
    challengeLifetime: 10 * minute,
  } as const
  const policy = async () => defaultPasskeyPolicy
  return {
    clock,
    challenges,
    registration: createRegistration({
      relyingParty,
      policy,
      metadata: createAuthenticatorMetadata(undefined, clock),
      challenges,
      passkeys,
      clock,
    }),
  }
}

const clientData = (challenge: string) => Buffer.from(JSON.stringify({ challenge })).toString('base64url')

describe('a challenge', () => {
  test('counts once, for its purpose, its browser and its time', async () => {
    const { challenges, clock } = setting()
    const issue = async () => clientData((await challenges.issue({ purpose: 'registration', browserToken })).challenge)
    const consume = (data: string, more = {}) =>
      challenges.consume(data, { purpose: 'registration', browserToken, ...more })
    const once = await issue()
    await consume(once)
    for (const refused of [
      consume(once),
      consume(await issue(), { purpose: 'authentication' }),
      consume(await issue(), { purpose: 'setup' }),
      consume(await issue(), { browserToken: 'another' }),
      consume(clientData('made up')),
    ])
      await expect(refused).rejects.toMatchObject({ code: 'challenge_expired' })
    const late = await issue()
    clock.pass(10 * minute)
    await expect(consume(late)).rejects.toMatchObject({ code: 'challenge_expired' })
  })

  test.each(['', 'bm8gSlNPTg', Buffer.from('{}').toString('base64url'), Buffer.from('[1]').toString('base64url')])(
    'is not in %j',
    async (data) => {
      await expect(setting().challenges.consume(data, { purpose: 'setup', browserToken })).rejects.toMatchObject({
        code: 'passkey_rejected',
      })
    },
  )
})

describe('a registration', () => {
  const subject = { accountId: 'ada', userName: 'ada', displayName: 'Ada' }
  async function begun() {
    const { registration } = setting()
    const options = await registration.options({ subject, purpose: 'registration', browserToken })
    const create = (misbehaviour = {}) => new SoftwareAuthenticator().create(options, { origin, misbehaviour })
    const verify = (response: unknown, more = {}) =>
      registration.verify({ response, purpose: 'registration', browserToken, ...more })
    return { registration, create, verify }
  }

  test('is stored once, and nobody else can have the same passkey', async () => {
    const { registration, create, verify } = await begun()
    const response = create()
    const { passkey } = await verify(response, { accountId: 'ada' })
    await registration.store(passkey)
    await expect(verify(response)).rejects.toMatchObject({ code: 'challenge_expired' })
    await expect(registration.store({ ...passkey, id: 'other', accountId: 'eve' })).rejects.toMatchObject({
      code: 'passkey_already_registered',
    })
  })

  test('for one account is none for another', async () => {
    const { create, verify } = await begun()
    await expect(verify(create(), { accountId: 'eve' })).rejects.toMatchObject({ code: 'challenge_expired' })
  })

  test.each([
    ['another origin', { origin: 'https://evil.example' }, 'passkey_rejected'],
    ['another RP ID', { rpId: 'evil.example' }, 'passkey_rejected'],
    ['a challenge of its own', { challenge: 'AAAA' }, 'challenge_expired'],
    ['no user verification', { userVerified: false }, 'passkey_user_verification_required'],
  ])('with %s is refused', async (_name, misbehaviour, code) => {
    const { create, verify } = await begun()
    await expect(verify(create(misbehaviour))).rejects.toMatchObject({ code })
  })

  test('with another credential id than the authenticator says is refused', async () => {
    const { create, verify } = await begun()
    await expect(verify({ ...create(), id: 'AAAA', rawId: 'AAAA' })).rejects.toMatchObject({ code: 'passkey_rejected' })
  })

  test.each([
    undefined,
    null,
    1,
    [],
    {},
    { id: 'x' },
    { id: '!', rawId: 'x', type: 'public-key', response: {}, clientExtensionResults: {} },
  ])('of %j is refused', async (response) => {
    const { verify } = await begun()
    await expect(verify(response)).rejects.toMatchObject({ code: 'passkey_rejected' })
  })
})
