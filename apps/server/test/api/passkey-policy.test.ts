import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { SoftwareAuthenticator, type SoftwareAuthenticatorOptions } from '@pocket/core/testing'
import { audited, type CalledInstance, kinds, startCalled } from './calls.ts'
import { passkeyAnswer } from './instance.ts'
import { freshName } from './people.ts'
import { whole, write } from './setting-calls.ts'

const model = '2fc0579f-8113-47ea-b116-bb5a8db9202a'
const key = { backupEligible: false, aaguid: model, transports: ['usb'], attachment: 'cross-platform' } as const

type Agent = ReturnType<CalledInstance['agent']>
type CreationOptions = Parameters<SoftwareAuthenticator['create']>[0]

describe.each(kinds)('%s', (kind) => {
  let instance: CalledInstance

  beforeAll(async () => {
    // Not even where it can be read is everything metadata.
    instance = await startCalled(kind, { FIDO_METADATA_FILE_PATH: new URL(import.meta.url).pathname })
  })

  afterAll(async () => instance[Symbol.asyncDispose]())

  const policy = async (contract: Parameters<typeof whole>[0], own: Readonly<Record<string, unknown>> = {}) => {
    expect((await instance.call(write, { body: whole(contract) })).status).toBe(200)
    expect((await instance.call('PATCH /api/settings', { body: own })).status).toBe(200)
  }

  const optionsFor = async (agent: Agent) => {
    const { json } = await instance.call('GET /api/webauthn/register/start', { agent })
    // A cast: the call has compared it with the document.
    return json as unknown as CreationOptions
  }

  const register = async (agent: Agent, made: SoftwareAuthenticatorOptions) => {
    const authenticator = new SoftwareAuthenticator(made)
    const body = authenticator.create(await optionsFor(agent), { origin: instance.url })
    const answer = await instance.call('POST /api/webauthn/register/finish', { body, agent })
    return { answer, authenticator }
  }

  const signIn = async (authenticator: SoftwareAuthenticator, lies: { counter?: number } = {}) => {
    const agent = instance.agent()
    const body = await passkeyAnswer(agent, instance.url, authenticator, lies)
    const { status, json } = await instance.call('POST /api/webauthn/login/finish', { body, agent })
    return [status, json.code]
  }

  test('the settings of the contract decide what a browser is asked for', async () => {
    const { agent } = await instance.personWithoutPasskey(freshName())
    await policy({ webauthnUserVerification: 'preferred', webauthnAuthenticatorAttachment: 'cross-platform' })
    const options = await optionsFor(agent)
    expect(options).toMatchObject({
      attestation: 'none',
      hints: ['security-key', 'hybrid'],
      authenticatorSelection: {
        residentKey: 'required',
        userVerification: 'preferred',
        authenticatorAttachment: 'cross-platform',
      },
    })
    const unverified = await register(agent, { ...key, userVerification: false })
    expect(unverified.answer.status).toBe(200)
    expect(await signIn(unverified.authenticator)).toEqual([200, undefined])
    await policy({})
    expect(await optionsFor(agent)).toMatchObject({
      hints: [],
      authenticatorSelection: { userVerification: 'required' },
    })
  })

  test('a passkey that it does not accept is not registered', async () => {
    const { agent } = await instance.personWithoutPasskey(freshName())
    const refused = async (made: SoftwareAuthenticatorOptions) => {
      const { json } = (await register(agent, made)).answer
      return [json.code, (json.details as { reasons?: string } | undefined)?.reasons]
    }
    await policy({ webauthnAllowSyncedPasskeys: 'false' })
    expect(await refused({})).toEqual(['passkey_not_allowed', 'synced'])
    await policy({}, { passkeyAllowedModels: [model.toUpperCase()] })
    expect(await refused({ ...key, aaguid: model.replace('2', '3') })).toEqual([
      'passkey_not_allowed',
      'model_not_allowed',
    ])
    await policy({}, { passkeyAllowedModels: null, passkeyDeniedModels: [model] })
    expect(await refused(key)).toEqual(['passkey_not_allowed', 'model_denied'])
    expect(audited(instance, 'passkey_refused').at(-1)).toMatchObject({ errorCode: 'passkey_not_allowed' })
    await policy({ webauthnAllowSyncedPasskeys: 'false' }, { passkeyDeniedModels: null, passkeyAllowedModels: [model] })
    const { answer } = await register(agent, key)
    expect([answer.status, answer.json.name]).toEqual([200, 'YubiKey 5 Series with NFC'])
    await policy({}, { passkeyAllowedModels: null })
  })

  test('one that was accepted before stays, until another one is demanded', async () => {
    const { agent } = await instance.personWithoutPasskey(freshName())
    const { authenticator } = await register(agent, {})
    const page = async () => (await agent.get(`${instance.url}/settings/account/security`)).text
    await policy({ webauthnAllowSyncedPasskeys: 'false' })
    expect(await signIn(authenticator)).toEqual([200, undefined])
    expect(await page()).not.toContain('no longer accepted')
    await policy(
      { webauthnAllowSyncedPasskeys: 'false' },
      { passkeyNonCompliance: 'require', passkeyNonComplianceFrom: '9999-12-31' },
    )
    expect(await signIn(authenticator)).toEqual([200, undefined])
    expect(await page()).toContain('no longer accepted')
    await policy({ webauthnAllowSyncedPasskeys: 'false' }, { passkeyNonComplianceFrom: '2020-01-01' })
    expect(await signIn(authenticator)).toEqual([403, 'passkey_not_allowed'])
    await policy({}, { passkeyNonCompliance: null, passkeyNonComplianceFrom: null })
    expect(await signIn(authenticator)).toEqual([200, undefined])
  })

  test('whose only passkey is on one device is asked for another one, until they put it off', async () => {
    const { agent } = await instance.personWithoutPasskey(freshName())
    const asks = async () =>
      (await agent.get(`${instance.url}/settings/account`)).text.includes('Your only passkey is on')
    expect(await asks()).toBe(false)
    await register(agent, key)
    expect(await asks()).toBe(true)
    expect((await agent.get(`${instance.url}/settings/account/security`)).text).toMatch(
      /YubiKey 5 Series with NFC.*Created in /s,
    )
    expect((await agent.postForm(`${instance.url}/settings/account/second-passkey/later`, {})).status).toBe(303)
    expect(await asks()).toBe(false)
    const synced = await instance.person(freshName())
    expect((await synced.agent.get(`${instance.url}/settings/account`)).text).not.toContain('Your only passkey is on')
  })

  test('a passkey with a key of ML-DSA signs in where the runtime can verify it', async () => {
    const { agent } = await instance.personWithoutPasskey(freshName())
    const isOffered = (await optionsFor(agent)).pubKeyCredParams.some(({ alg }) => alg === -48)
    const { answer, authenticator } = await register(agent, { algorithm: isOffered ? 'ML-DSA-44' : 'ES256' })
    expect([answer.status, await signIn(authenticator)]).toEqual([200, [200, undefined]])
  })

  test('says beforehand how many passkeys would not comply', async () => {
    const both = await instance.personWithoutPasskey(freshName())
    await register(both.agent, {})
    await register(both.agent, key)
    const onlySynced = await instance.person(freshName())
    const count = async (query: string) => {
      const { status, json } = await instance.call('GET /api/passkeys/compliance', { query })
      return { status, ...(json as { passkeys?: number; nonCompliant?: number; usersWithoutCompliant?: string[] }) }
    }
    const now = await count('')
    expect(now).toMatchObject({ status: 200, nonCompliant: 0 })
    const without = await count('?allowSynced=false')
    expect(without.usersWithoutCompliant).toContain(onlySynced.id)
    expect(without.usersWithoutCompliant).not.toContain(both.id)
    const deny = await count(`?deniedModels=${model}`)
    expect([without.passkeys, Number(deny.nonCompliant) >= 1]).toEqual([now.passkeys, true])
    expect(await count('?attestation=required')).toMatchObject({ nonCompliant: now.passkeys })
    expect(await count('?deniedModels=x')).toMatchObject({ status: 400 })
  })

  test('where attestation is required and the metadata is none, nobody registers', async () => {
    const { agent } = await instance.personWithoutPasskey(freshName())
    await policy({}, { passkeyAttestation: 'required' })
    expect(await optionsFor(agent)).toMatchObject({ attestation: 'direct' })
    expect((await register(agent, key)).answer.status).toBeGreaterThanOrEqual(500)
    await policy({}, { passkeyAttestation: null })
    expect((await register(agent, key)).answer.status).toBe(200)
  })

  test('a counter that does not rise is written down and shown, and refused where the policy says so', async () => {
    const { id, agent } = await instance.personWithoutPasskey(freshName())
    const { authenticator } = await register(agent, { ...key, counter: 'counting' })
    expect(await signIn(authenticator)).toEqual([200, undefined])
    const regressions = () => audited(instance, 'passkey_counter_regressed').filter(({ accountId }) => accountId === id)
    expect(regressions()).toHaveLength(0)
    expect(await signIn(authenticator, { counter: 1 })).toEqual([200, undefined])
    expect(regressions()).toHaveLength(1)
    expect((await agent.get(`${instance.url}/settings/account/security`)).text).toContain(
      'didn’t fit the one before it',
    )
    await policy({}, { passkeyCounterRegression: 'refuse' })
    expect(await signIn(authenticator, { counter: 1 })).toEqual([400, 'passkey_counter_regressed'])
    expect(regressions()).toHaveLength(2)
    expect(audited(instance, 'sign_in_failed').at(-1)).toMatchObject({
      errorCode: 'passkey_counter_regressed',
      accountId: id,
    })
    expect(await signIn(authenticator)).toEqual([200, undefined])
    await policy({}, { passkeyCounterRegression: null })
  })
})
