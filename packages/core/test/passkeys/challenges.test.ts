import { describe, expect, test } from '@jest/globals'
import { defaultPasskeyPolicy } from '@pocket/core'
import { memoryStores } from '@pocket/core/memory'
import { SoftwareAuthenticator } from '@pocket/core/testing'
import { createAuthenticatorMetadata } from '../../src/passkeys/authenticator-metadata.ts'
import { createRegistration } from '../../src/passkeys/registration.ts'
import { day, hour, minute, TestClock } from '../flows/host.ts'
import { testChallenges } from './challenges.ts'

const origin = 'https://id.example.com'
const browserToken = 'the token of this browser'

function createFixture() {
  const clock = new TestClock()
  const { spentChallenges: store, passkeys, transaction } = memoryStores()
  const challenges = testChallenges(store, clock, 10 * minute)
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
    store,
    registration: createRegistration(
      {
        relyingParty,
        policy,
        challenges,
        passkeys,
        clock,
        transaction,
      },
      createAuthenticatorMetadata(undefined, clock),
    ),
  }
}

const clientData = (challenge: string) => Buffer.from(JSON.stringify({ challenge })).toString('base64url')
const expired = expect.objectContaining({ code: 'challenge_expired' })

describe('challenge', () => {
  test('is accepted only for its purpose, its browser and its lifetime', async () => {
    const { challenges, clock, store } = createFixture()
    const issueClientData = () => clientData(challenges.issue({ purpose: 'registration', browserToken }).challenge)
    const open =
      (data: string, extra = {}) =>
      () =>
        challenges.open(data, { purpose: 'registration', browserToken, ...extra })
    open(issueClientData())()
    for (const refused of [
      open(issueClientData(), { purpose: 'authentication' }),
      open(issueClientData(), { purpose: 'setup' }),
      open(issueClientData(), { browserToken: 'another' }),
      open(clientData('made up')),
      open(clientData(Buffer.alloc(80, 1).toString('base64url'))),
    ])
      expect(refused).toThrow(expired)
    const late = issueClientData()
    clock.pass(10 * minute)
    expect(open(late)).toThrow(expired)
    expect(await store.lastPosition()).toBe(0)
  })

  test('carries the account and the data it was issued with, unreadable for its holder', () => {
    const { challenges } = createFixture()
    const request = { purpose: 'sign_up', browserToken } as const
    const data = { userName: 'Zoë', groups: ['a'] }
    const { challenge } = challenges.issue({ ...request, accountId: 'ada', data })
    expect(challenges.open(clientData(challenge), request)).toEqual({ challenge, accountId: 'ada', data })
    expect(Buffer.from(challenge, 'base64url').toString('latin1')).not.toContain('groups')
  })

  test('cannot be opened with another key', () => {
    const { clock, store, challenges } = createFixture()
    const request = { purpose: 'authentication', browserToken } as const
    const data = clientData(challenges.issue(request).challenge)
    expect(() => testChallenges(store, clock, 10 * minute).open(data, request)).toThrow(expired)
  })

  test.each([
    [59_999, true],
    [60_000, true],
    [60_001, false],
  ])('issued %d ms in the future: accepted %s', (ahead, accepted) => {
    const { store } = createFixture()
    const key = Buffer.alloc(32, 7)
    const still = { now: () => 1_800_000_000_000 }
    const fast = { now: () => 1_800_000_000_000 + ahead }
    const request = { purpose: 'authentication', browserToken } as const
    const data = clientData(testChallenges(store, fast, 10 * minute, key).issue(request).challenge)
    const open = () => testChallenges(store, still, 10 * minute, key).open(data, request)
    if (accepted) open()
    else expect(open).toThrow(expired)
  })

  test('can be used once, in any text encoding of its bytes', async () => {
    const { challenges } = createFixture()
    const { challenge } = challenges.issue({ purpose: 'registration', browserToken })
    const outcomes = await Promise.allSettled(Array.from({ length: 50 }, () => challenges.spend(challenge)))
    expect(outcomes.filter(({ status }) => status === 'fulfilled')).toHaveLength(1)
    for (const same of [challenge, `${challenge}=`, Buffer.from(challenge, 'base64url').toString('base64')])
      await expect(challenges.spend(same)).rejects.toEqual(expired)
  })

  test('stays spent for ten lifetimes of monotonic time, however the clock jumps', async () => {
    const { spentChallenges: store } = memoryStores()
    let [now, monotonic] = [1_800_000_000_000, 0]
    const clock = { now: () => now, monotonic: () => monotonic }
    const challenges = testChallenges(store, clock, 10 * minute)
    const { challenge } = challenges.issue({ purpose: 'authentication', browserToken })
    await challenges.spend(challenge)
    for (const jump of [0, 3 * day, -3 * day - hour, hour]) {
      now += jump
      for (let minutes = 0; minutes < 25; minutes++) {
        expect(await challenges.removeSpent(1000)).toBe(0)
        monotonic += minute
      }
    }
    // A newly started process does not know how old the row is.
    expect(await testChallenges(store, { now: () => now + 3 * day }, 10 * minute).removeSpent(1000)).toBe(0)
    await expect(challenges.spend(challenge)).rejects.toEqual(expired)
    monotonic += 10 * minute
    expect(await challenges.removeSpent(1000)).toBe(1)
  })

  test.each(['', 'bm8gSlNPTg', Buffer.from('{}').toString('base64url'), Buffer.from('[1]').toString('base64url')])(
    'cannot be read from %j',
    (data) => {
      const rejected = expect.objectContaining({ code: 'passkey_rejected' })
      expect(() => createFixture().challenges.open(data, { purpose: 'setup', browserToken })).toThrow(rejected)
    },
  )
})

describe('registration', () => {
  const subject = { accountId: 'ada', userName: 'ada', displayName: 'Ada' }
  async function beginRegistration() {
    const { registration } = createFixture()
    const options = await registration.options({ subject, purpose: 'registration', browserToken })
    const create = (misbehavior = {}) => new SoftwareAuthenticator().create(options, { origin, misbehavior })
    const verify = (response: unknown, extra = {}) =>
      registration.verify({ response, purpose: 'registration', browserToken, ...extra })
    return { registration, create, verify }
  }

  test('is stored once, and the same passkey cannot be registered for another account', async () => {
    const { registration, create, verify } = await beginRegistration()
    const response = create()
    const verified = await verify(response, { accountId: 'ada' })
    await registration.store(verified)
    await expect(registration.store(await verify(response))).rejects.toMatchObject({ code: 'challenge_expired' })
    const passkey = { ...verified.passkey, id: 'other', accountId: 'eve' }
    await expect(registration.store({ ...verified, passkey, challenge: 'another' })).rejects.toMatchObject({
      code: 'passkey_already_registered',
    })
  })

  test('for one account is rejected for another', async () => {
    const { create, verify } = await beginRegistration()
    await expect(verify(create(), { accountId: 'eve' })).rejects.toMatchObject({ code: 'challenge_expired' })
  })

  test.each([
    ['another origin', { origin: 'https://evil.example' }, 'passkey_rejected'],
    ['another RP ID', { rpId: 'evil.example' }, 'passkey_rejected'],
    ['a challenge that was not issued', { challenge: 'AAAA' }, 'challenge_expired'],
    ['no user verification', { userVerified: false }, 'passkey_user_verification_required'],
  ])('with %s is rejected', async (_name, misbehavior, code) => {
    const { create, verify } = await beginRegistration()
    await expect(verify(create(misbehavior))).rejects.toMatchObject({ code })
  })

  test('with a credential ID that differs from the authenticator data is rejected', async () => {
    const { create, verify } = await beginRegistration()
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
  ])('of %j is rejected', async (response) => {
    const { verify } = await beginRegistration()
    await expect(verify(response)).rejects.toMatchObject({ code: 'passkey_rejected' })
  })
})
