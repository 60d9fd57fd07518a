import { beforeAll, describe, expect, test } from '@jest/globals'
import { UserAgent } from '@pocket/core/testing'
import { shareBetweenTests } from '@pocket/test-support'
import * as oidc from 'openid-client'
import { storeKinds } from '../contracts/store-kinds.ts'
import { type Host, second, startHostOver, withRoutes } from './host.ts'
import { login, relyingParty } from './login.ts'
import { checkNotices } from './queued-notices.ts'

/** Approves a device in the session of the browser. */
const withDeviceRoute = withRoutes((pocket, req, res, query) => ({
  '/device': () => pocket.deviceAuthorizations.approve(req, res, { code: query('code') }),
}))

const listening = { backchannelLogoutUri: 'https://app.example/logout', backchannelLogoutSessionRequired: true }
const refused = { error: 'invalid_grant' }
const issuedModels = ['AuthorizationCode', 'AccessToken', 'RefreshToken']

describe.each(Object.entries(storeKinds))('grants of an expired session over %s', (_kind, open) => {
  const options = { sessionLifetime: async () => ({ length: 30, idle: 0 }) }
  const host = shareBetweenTests(() => startHostOver(open, { mount: withDeviceRoute, options }))
  let party: Awaited<ReturnType<typeof relyingParty>>

  beforeAll(async () => {
    party = await relyingParty(host, { client: { skipConsent: true }, protocol: listening })
  })

  type Person = Awaited<ReturnType<Host['person']>>

  const listArtifacts = async ({ account }: Person, models: readonly string[]) =>
    (await Promise.all(models.map((model) => host.stores.artifacts.listByAccount(model, account.id)))).flat()

  /** A login with a second code that is not exchanged. */
  async function signInAndRequestTokens(person: Person) {
    const browsing = { agent: new UserAgent(), person }
    const scope = { scope: 'openid offline_access' }
    const { finish } = await login(host, party.configuration, scope, browsing)
    const tokens = await finish()
    const { finish: exchange } = await login(host, party.configuration, scope, browsing)
    return { ...browsing, tokens, exchange }
  }

  /** Ends the life of all sessions, but not of codes. */
  async function expireSessions(person: Person) {
    host.clock.pass(40 * second)
    await host.stores.artifacts.removeExpired(host.clock.now(), 1000)
    expect(await listArtifacts(person, ['Session'])).toEqual([])
    expect((await listArtifacts(person, issuedModels)).map(({ model }) => model)).toEqual(
      expect.arrayContaining(issuedModels),
    )
  }

  /** Artifacts that a grant type of the host stored name no session. */
  async function forgetSessions(person: Person) {
    for (const artifact of await listArtifacts(person, issuedModels)) {
      const { sessionUid: _, ...payload } = JSON.parse(artifact.payload)
      await host.stores.artifacts.upsert({ ...artifact, payload: JSON.stringify(payload) })
    }
  }

  const isActive = async (token = '') => (await oidc.tokenIntrospection(party.configuration, token)).active

  const ends: Readonly<Record<string, (person: Person) => Promise<unknown>>> = {
    'a sign-out everywhere': ({ account }) => host.pocket.sessions.endOthers(account.id, null),
    'an account that is disabled': ({ account }) => host.pocket.endAccess(account.id),
    'an account that is deleted': ({ account }) => host.pocket.forgetAccount(account.id),
    'a removed passkey': async ({ account }) => {
      const [passkey] = await host.pocket.passkeys.list(account.id)
      await host.pocket.passkeys.removeAsAdministrator(account.id, passkey?.id ?? '')
    },
  }

  test.each(
    Object.entries(ends).flatMap(([way, end]) => [
      { way, end, artifacts: 'artifacts of the session', forget: false },
      { way, end, artifacts: 'artifacts that name no session', forget: true },
    ]),
  )('end by $way, with all $artifacts', async ({ end, forget }) => {
    const person = await host.person('ada')
    const { tokens, exchange } = await signInAndRequestTokens(person)
    await expireSessions(person)
    if (forget) await forgetSessions(person)
    expect([await isActive(tokens.access_token), await isActive(tokens.refresh_token)]).toEqual([true, true])
    await end(person)
    expect(await listArtifacts(person, ['Grant', ...issuedModels])).toEqual([])
    await expect(exchange()).rejects.toMatchObject(refused)
    await expect(oidc.refreshTokenGrant(party.configuration, tokens.refresh_token ?? '')).rejects.toMatchObject(refused)
    await expect(oidc.fetchUserInfo(party.configuration, tokens.access_token, person.account.id)).rejects.toMatchObject(
      { status: 401 },
    )
    expect([await isActive(tokens.access_token), await isActive(tokens.refresh_token)]).toEqual([false, false])
    await checkNotices(host, person.account.id, (notices) =>
      expect(notices).toContainEqual(expect.objectContaining({ sid: tokens.claims()?.sid, clientId: party.client.id })),
    )
    expect(host.errors).toEqual([])
  })

  test('end when the user signs out other sessions, which keeps the grants of this session and of devices', async () => {
    const person = await host.person('ada')
    const expired = await signInAndRequestTokens(person)
    await expireSessions(person)
    const present = await signInAndRequestTokens(person)
    const device = await oidc.initiateDeviceAuthorization(party.configuration, { scope: 'openid' })
    await present.agent.get(`${host.issuer}/device?${new URLSearchParams({ code: device.user_code })}`)
    const onDevice = await oidc.pollDeviceAuthorizationGrant(party.configuration, { ...device, interval: 0 })
    const [session] = await host.pocket.sessions.list(person.account.id)
    expect(await host.pocket.sessions.endOthers(person.account.id, session?.uid ?? '')).toEqual([])
    expect(await isActive(expired.tokens.refresh_token)).toBe(false)
    expect(await isActive(present.tokens.refresh_token)).toBe(true)
    await checkNotices(host, person.account.id, (notices) =>
      expect(notices).toMatchObject([{ clientId: party.client.id, sid: expired.tokens.claims()?.sid }]),
    )
    expect(await host.pocket.sessions.endOthers(person.account.id, null)).toEqual([session?.uid])
    expect(await isActive(present.tokens.refresh_token)).toBe(false)
    expect(await isActive(onDevice.refresh_token)).toBe(true)
    expect(host.errors).toEqual([])
  })
})
