import { describe, expect, test } from '@jest/globals'
import { SoftwareAuthenticator, type SoftwareAuthenticatorOptions } from '@pocket/core/testing'
import { databaseKinds, shareBetweenTests } from '@pocket/test-support'
import { stopTime } from '../stopped-time.ts'
import { type CalledInstance, findAuditEvents, startCalledInstance } from './calls.ts'
import { authorizationUrl, passkeyAnswer, signInWithPasskey } from './instance.ts'
import { freshName } from './people.ts'
import { completeSettings, write } from './setting-calls.ts'

const model = '2fc0579f-8113-47ea-b116-bb5a8db9202a'
const key = { backupEligible: false, aaguid: model, transports: ['usb'], attachment: 'cross-platform' } as const

type Agent = ReturnType<CalledInstance['agent']>
type CreationOptions = Parameters<SoftwareAuthenticator['create']>[0]

describe.each(databaseKinds)('%s', (kind) => {
  // Even readable metadata does not cover every model.
  const instance = shareBetweenTests(() =>
    startCalledInstance(kind, { FIDO_METADATA_FILE_PATH: new URL(import.meta.url).pathname }),
  )

  const setPolicy = async (
    contract: Parameters<typeof completeSettings>[0],
    own: Readonly<Record<string, unknown>> = {},
  ) => {
    expect((await instance.call(write, { body: completeSettings(contract) })).status).toBe(200)
    expect((await instance.call('PATCH /api/settings', { body: own })).status).toBe(200)
  }

  const fetchCreationOptions = async (agent: Agent) => {
    const { json } = await instance.call('GET /api/webauthn/register/start', { agent })
    return json as unknown as CreationOptions
  }

  const register = async (agent: Agent, created: SoftwareAuthenticatorOptions) => {
    const authenticator = new SoftwareAuthenticator(created)
    const body = authenticator.create(await fetchCreationOptions(agent), { origin: instance.url })
    const response = await instance.call('POST /api/webauthn/register/finish', { body, agent })
    return { answer: response, authenticator }
  }

  const fetchRequestOptions = async (agent = instance.agent()) =>
    (await instance.call('GET /api/webauthn/login/start', { agent })).json as unknown as Parameters<
      SoftwareAuthenticator['get']
    >[0]

  const signIn = async (
    authenticator: SoftwareAuthenticator,
    lies: { counter?: number; userVerified?: boolean } = {},
  ) => {
    const agent = instance.agent()
    const body = await passkeyAnswer(agent, instance.url, authenticator, lies)
    const { status, json } = await instance.call('POST /api/webauthn/login/finish', { body, agent })
    return [status, json.code]
  }

  test('passes the settings of Pocket ID to the browser', async () => {
    const { id, agent } = await instance.personWithoutPasskey(freshName())
    await setPolicy({ webauthnUserVerification: 'preferred', webauthnAuthenticatorAttachment: 'cross-platform' })
    const options = await fetchCreationOptions(agent)
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
    expect(await fetchRequestOptions()).toMatchObject({
      userVerification: 'preferred',
      hints: ['security-key', 'hybrid'],
    })
    await setPolicy({ webauthnAuthenticatorAttachment: 'platform' })
    const onThisDevice = { hints: ['client-device'], authenticatorSelection: { authenticatorAttachment: 'platform' } }
    expect(await fetchCreationOptions(agent)).toMatchObject(onThisDevice)
    // A browser that ignores the requested options.
    const { authenticatorSelection: _asked, ...unasked } = await fetchCreationOptions(agent)
    const body = new SoftwareAuthenticator(key).create(unasked, { origin: instance.url })
    const refused = await instance.call('POST /api/webauthn/register/finish', { body, agent })
    expect(refused.json).toMatchObject({ code: 'passkey_not_allowed', details: { reasons: 'attachment' } })
    await setPolicy({})
    expect(await fetchCreationOptions(agent)).toMatchObject({
      hints: [],
      authenticatorSelection: { userVerification: 'required' },
    })
    await instance.app.pocket.passkeys.removeAsAdministrator(id, unverified.answer.json.id as string)
    expect(await fetchRequestOptions()).toMatchObject({ userVerification: 'required', hints: [] })
  })

  test.each([
    ['phone', 'hybrid'],
    ['key', 'security-key'],
    ['device', 'client-device'],
  ])('suggests where to create a passkey for the button %s', async (on, hint) => {
    const { agent } = await instance.personWithoutPasskey(freshName())
    await setPolicy({})
    const optionsResponse = await agent.postJson(`${instance.url}/settings/account/passkeys/options?on=${on}`, {})
    expect(optionsResponse.json()).toMatchObject({ options: { hints: [hint] } })
  })

  test.each<[string, SoftwareAuthenticatorOptions, string]>([
    ['synced passkey', {}, 'your password manager still has it'],
    ['passkey on one device', { backupEligible: false }, 'If you lose the device, it is lost too.'],
    ['security key', key, 'If you lose the key, it is lost too.'],
  ])('tells the owner of a %s what a loss means', async (_, created, text) => {
    const { agent } = await instance.personWithoutPasskey(freshName())
    await setPolicy({})
    expect((await register(agent, created)).answer.status).toBe(200)
    expect((await agent.get(`${instance.url}/settings/account/security`)).text).toContain(text)
  })

  test('accepts passkeys without user verification after it becomes required, until they are rejected', async () => {
    const { agent } = await instance.personWithoutPasskey(freshName())
    const other = await instance.person(freshName())
    await setPolicy({ webauthnUserVerification: 'preferred' })
    const { authenticator } = await register(agent, { ...key, userVerification: false })
    const countUnverified = async (query: string) => {
      const { json } = await instance.call('GET /api/passkeys/compliance', { query })
      return [json.nonCompliant, (json.problems as { unverified?: number }).unverified]
    }
    /** The requested options, and the error for a response that does not meet them. */
    const signInUnverified = async () => {
      const browser = instance.agent()
      const requested = await fetchRequestOptions(browser)
      const body = authenticator.get({ ...requested, userVerification: 'preferred' }, { origin: instance.url })
      const { json } = await instance.call('POST /api/webauthn/login/finish', { body, agent: browser })
      return [requested.userVerification, json.code]
    }
    expect(await countUnverified('')).toEqual([0, 0])
    expect(await countUnverified('?userVerification=required')).toEqual([1, 1])
    await setPolicy({})
    expect(await countUnverified('')).toEqual([1, 1])
    expect((await fetchRequestOptions()).userVerification).toBe('preferred')
    expect(await signIn(authenticator)).toEqual([200, undefined])
    // A user whose passkey can verify must do so.
    expect(await signIn(other.authenticator, { userVerified: false })).toEqual([
      400,
      'passkey_user_verification_required',
    ])
    await setPolicy({}, { passkeyNonCompliance: 'require' })
    expect(await signInUnverified()).toEqual(['required', 'passkey_not_allowed'])
    // After the owner sets a PIN, the authenticator complies.
    await setPolicy({}, { passkeyNonCompliance: null })
    expect(await signIn(authenticator, { userVerified: true })).toEqual([200, undefined])
    expect(await countUnverified('')).toEqual([0, 0])
    expect(await signInUnverified()).toEqual(['required', 'passkey_user_verification_required'])
  })

  test('rejects the registration of a passkey that does not comply', async () => {
    const { agent } = await instance.personWithoutPasskey(freshName())
    const findRefusal = async (created: SoftwareAuthenticatorOptions) => {
      const { json } = (await register(agent, created)).answer
      return [json.code, (json.details as { reasons?: string } | undefined)?.reasons]
    }
    await setPolicy({ webauthnAllowSyncedPasskeys: 'false' })
    expect(await findRefusal({})).toEqual(['passkey_not_allowed', 'synced'])
    await setPolicy({}, { passkeyAllowedModels: [model.toUpperCase()] })
    expect(await findRefusal({ ...key, aaguid: model.replace('2', '3') })).toEqual([
      'passkey_not_allowed',
      'model_not_allowed',
    ])
    await setPolicy({}, { passkeyAllowedModels: null, passkeyDeniedModels: [model] })
    expect(await findRefusal(key)).toEqual(['passkey_not_allowed', 'model_denied'])
    expect(findAuditEvents(instance, 'passkey_refused').at(-1)).toMatchObject({ errorCode: 'passkey_not_allowed' })
    await setPolicy(
      { webauthnAllowSyncedPasskeys: 'false' },
      { passkeyDeniedModels: null, passkeyAllowedModels: [model] },
    )
    const { answer } = await register(agent, key)
    expect([answer.status, answer.json.name]).toEqual([200, 'YubiKey 5 Series with NFC'])
    await setPolicy({}, { passkeyAllowedModels: null })
  })

  test('keeps an accepted passkey until the policy requires another one', async () => {
    const { agent } = await instance.personWithoutPasskey(freshName())
    const { authenticator } = await register(agent, {})
    const fetchSecurityPage = async () => (await agent.get(`${instance.url}/settings/account/security`)).text
    const fetchProfilePage = async () => (await agent.get(`${instance.url}/settings/account`)).text
    await setPolicy({ webauthnAllowSyncedPasskeys: 'false' })
    expect(await signIn(authenticator)).toEqual([200, undefined])
    expect(await fetchSecurityPage()).not.toMatch(/no longer accepted|isn’t of the kind/)
    await setPolicy({ webauthnAllowSyncedPasskeys: 'false' }, { passkeyNonCompliance: 'warn' })
    const received =
      /One of your passkeys isn’t of the kind that your administrator now requires\..* remove the old one\.<\/p>/
    for (const text of [await fetchSecurityPage(), await fetchProfilePage()]) expect(text).toMatch(received)
    expect(await fetchSecurityPage()).toContain('no longer accepted')
    await setPolicy({ webauthnAllowSyncedPasskeys: 'false' }, { passkeyNonCompliance: 'require' })
    expect(await signIn(authenticator)).toEqual([403, 'passkey_not_allowed'])
    // A rejected passkey is not a sign-in method, so the last accepted one cannot be removed.
    const removePasskey = async (id: unknown) => {
      const { status, json } = await instance.call('DELETE /api/webauthn/credentials/{id}', {
        params: { id: String(id) },
        agent,
      })
      return [status, json?.code]
    }
    const { json: kept } = (await register(agent, key)).answer
    const { json: spare } = (await register(agent, key)).answer
    expect(await removePasskey(spare.id)).toEqual([204, undefined])
    expect(await removePasskey(kept.id)).toEqual([409, 'last_passkey'])
    await setPolicy({}, { passkeyNonCompliance: null })
    expect(await removePasskey(kept.id)).toEqual([204, undefined])
    expect(await signIn(authenticator)).toEqual([200, undefined])
  })

  test('asks for another passkey on My apps, and once a month on the way to an application', async () => {
    const callback = 'https://app.example/callback'
    const isCallback = (url: string) => url.startsWith(callback)
    const { id } = await instance.app.pocket.clients.create({
      name: 'App',
      redirectUris: [callback],
      skipConsent: true,
    })
    const authorization = authorizationUrl(instance.url, id, callback)
    /** Signs in at the application, and returns where the browser is sent. */
    const signInAtApp = async (authenticator: SoftwareAuthenticator) => {
      const agent = instance.agent()
      const page = await agent.follow(await agent.get(authorization))
      const attribute = /data-ceremony="([^"]+)"/.exec(page.text)?.[1]?.replaceAll('&#34;', '"') ?? ''
      const { options, submitTo } = JSON.parse(attribute.replaceAll('&amp;', '&'))
      const response = authenticator.get(options, { origin: instance.url })
      const { redirectTo } = (await agent.postJson(instance.url + submitTo, { response })).json() as {
        redirectTo: string
      }
      const sent = await agent.follow(await agent.get(new URL(redirectTo, instance.url).href), { until: isCallback })
      return { agent, sent, reachesApp: sent.location?.includes('code=') ?? false }
    }
    const isAskedAtApps = async (agent: Agent) =>
      (await agent.get(`${instance.url}/settings/apps`)).text.includes('Your only passkey is on')

    const person = await instance.personWithoutPasskey(freshName())
    const { authenticator } = await register(person.agent, key)
    expect(await isAskedAtApps(person.agent)).toBe(false)
    // A session that a login code started is not interrupted.
    const withCode = await person.agent.follow(await person.agent.get(authorization), { until: isCallback })
    expect(withCode.location).toContain('code=')
    const direct = instance.agent()
    await signInWithPasskey(direct, instance.url, authenticator)
    expect(await isAskedAtApps(direct)).toBe(true)
    const { agent, sent, reachesApp } = await signInAtApp(authenticator)
    expect([reachesApp, new URL(sent.url).pathname]).toEqual([false, '/settings/account/second-passkey'])
    expect(sent.text).toContain('Your only passkey is on one device.')
    expect(sent.text).toContain('data-held-by="key"')
    expect(sent.headers.get('content-security-policy')).not.toContain('form-action')
    // Whoever closes the page is signed in, even without a prompt, and is not asked again this month.
    const silent = await agent.get(`${authorization}&prompt=none`)
    expect(silent.location).toContain('code=')
    expect((await signInAtApp(authenticator)).reachesApp).toBe(true)
    const later = await agent.submit(sent, sent.form('/settings/account/second-passkey/later'))
    expect((await agent.follow(later, { until: isCallback })).location).toContain('code=')
    expect(await isAskedAtApps(agent)).toBe(false)
    expect((await signInAtApp(authenticator)).reachesApp).toBe(true)
    {
      using _ = stopTime(31 * 86_400_000)
      const { agent: back, sent: asked, reachesApp: isUndisturbed } = await signInAtApp(authenticator)
      expect(isUndisturbed).toBe(false)
      // With another passkey, the user can continue to the application.
      await register(back, key)
      expect((await back.follow(await back.get(asked.url), { until: isCallback })).location).toContain('code=')
      expect((await signInAtApp(authenticator)).reachesApp).toBe(true)
    }
    const synced = await instance.person(freshName())
    expect((await signInAtApp(synced.authenticator)).reachesApp).toBe(true)
  })

  test('previews how many passkeys would not comply', async () => {
    const both = await instance.personWithoutPasskey(freshName())
    await register(both.agent, {})
    await register(both.agent, key)
    const onlySynced = await instance.person(freshName())
    const countCompliance = async (query: string) => {
      const { status, json } = await instance.call('GET /api/passkeys/compliance', { query })
      type ComplianceCounts = Partial<Record<'passkeys' | 'nonCompliant' | 'newlyNonCompliant', number>>
      return { status, ...(json as ComplianceCounts & { usersWithoutCompliant?: string[] }) }
    }
    const now = await countCompliance('')
    expect(now).toMatchObject({ status: 200, nonCompliant: 0 })
    const without = await countCompliance('?allowSynced=false')
    expect(without.usersWithoutCompliant).toContain(onlySynced.id)
    expect(without.usersWithoutCompliant).not.toContain(both.id)
    expect([now.newlyNonCompliant, without.newlyNonCompliant]).toEqual([0, without.nonCompliant])
    expect(without.nonCompliant).toBeGreaterThanOrEqual(2)
    const deny = await countCompliance(`?deniedModels=${model}`)
    expect([without.passkeys, Number(deny.nonCompliant) >= 1]).toEqual([now.passkeys, true])
    expect(await countCompliance('?attestation=required')).toMatchObject({ nonCompliant: now.passkeys })
    expect(await countCompliance('?deniedModels=x')).toMatchObject({ status: 400 })
  })
})
