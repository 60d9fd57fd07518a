import { describe, expect, test } from '@jest/globals'
import type { NewClientInput } from '@pocket/core'
import { UserAgent, type UserAgentResponse } from '@pocket/core/testing'
import { decide, type Host, shareHost, signIn, startHost, submitButton, viewOf, visit } from './host.ts'
import { authorizationUrl, login, type Parameters, redirectUri, relyingParty } from './login.ts'
import { redirectParameters } from './requests.ts'

const host = shareHost()

type Person = Awaited<ReturnType<Host['person']>>

async function createApplication(host: Host, input: Partial<NewClientInput> = {}, groups: readonly string[] = []) {
  const { client } = await host.client({ name: 'App', redirectUris: [redirectUri], isPublic: false, ...input })
  for (const group of groups) await host.pocket.clients.setAllowedTo(group, [client.id])
  const authorize = (agent: UserAgent, extra: Parameters = {}) => visit(agent, authorizationUrl(host, client.id, extra))
  return Object.assign(authorize, { clientId: client.id })
}

/** Signs in and consents, until the client has its code. */
async function signInAndConsent(agent: UserAgent, page: UserAgentResponse, { authenticator }: Person) {
  const signed = await signIn(agent, page, authenticator)
  return signed.location === null ? decide(agent, signed) : signed
}

const shownUserName = (page: UserAgentResponse) => {
  const view = viewOf(page)
  return view.view === 'consent' || view.view === 'not-allowed' ? view.account.userName : view.view
}

async function signInTwoAccounts(host: Host) {
  const authorize = await createApplication(host)
  const [ada, bob] = [await host.person('ada'), await host.person('bob')]
  const agent = new UserAgent()
  await signInAndConsent(agent, await authorize(agent), ada)
  const chooser = await authorize(agent, { prompt: 'select_account' })
  const another = await agent.get(`${chooser.url}?another=yes`)
  expect(viewOf(another)).toMatchObject({ view: 'sign-in', reason: 'first' })
  await signInAndConsent(agent, another, bob)
  return { authorize, agent, ada, bob, clientId: authorize.clientId }
}

function listShownAccounts(page: UserAgentResponse) {
  const view = viewOf(page, 'select-account')
  return view.accounts
}

describe('several accounts in one browser', () => {
  test('can be selected, and each stays signed in', async () => {
    const { authorize, agent } = await signInTwoAccounts(host)
    const page = await authorize(agent, { prompt: 'select_account' })
    expect(listShownAccounts(page)).toMatchObject([
      { userName: 'bob', active: true },
      { userName: 'ada', active: false },
    ])
    const [, ada] = listShownAccounts(page)
    const chosen = await submitButton(agent, page, 'chooseTo', { account: ada?.id ?? '' })
    expect(redirectParameters(chosen)).toMatchObject({ code: expect.any(String) })
    const again = listShownAccounts(await authorize(agent, { prompt: 'select_account', login_hint: 'bob' }))
    expect(again).toMatchObject([
      { userName: 'bob', active: false },
      { userName: 'ada', active: true },
    ])
  })

  test('keep their session IDs when the user switches between them', async () => {
    const { authorize, agent } = await signInTwoAccounts(host)
    const selectAccount = async (name: string) => {
      const page = await authorize(agent, { prompt: 'select_account' })
      const account = listShownAccounts(page).find(({ userName }) => userName === name)
      await submitButton(agent, page, 'chooseTo', { account: account?.id ?? '' })
      return agent.cookies().find((each) => each.name === 'access_token')?.value ?? ''
    }
    const [ada, bob] = [await selectAccount('ada'), await selectAccount('bob')]
    expect(bob).not.toBe(ada)
    expect([await selectAccount('ada'), await selectAccount('bob')]).toEqual([ada, bob])
  })

  test('can be signed out one by one, and the other stays signed in', async () => {
    const { authorize, agent, ada } = await signInTwoAccounts(host)
    const page = await authorize(agent, { prompt: 'select_account' })
    const left = await submitButton(agent, page, 'signOutTo', { account: listShownAccounts(page)[0]?.id ?? '' })
    expect(listShownAccounts(left)).toMatchObject([{ userName: 'ada' }])
    expect(redirectParameters(await authorize(agent, { prompt: 'none' }))).toMatchObject({ error: 'login_required' })
    const chooser = await authorize(agent)
    const chosen = await submitButton(agent, chooser, 'chooseTo', { account: listShownAccounts(chooser)[0]?.id ?? '' })
    expect(redirectParameters(chosen)).toMatchObject({ code: expect.any(String) })
    await host.pocket.endAccess(ada.account.id)
    expect(viewOf(await authorize(agent, { prompt: 'select_account' }))).toMatchObject({ view: 'sign-in' })
  })

  test('do not satisfy prompt=login when one of them is selected', async () => {
    const { authorize, agent } = await signInTwoAccounts(host)
    const page = await authorize(agent, { prompt: 'select_account login' })
    const next = await submitButton(agent, page, 'chooseTo', { account: listShownAccounts(page)[1]?.id ?? '' })
    expect(viewOf(next)).toMatchObject({ view: 'sign-in' })
  })

  test('do not satisfy it after another user has signed in for the request either', async () => {
    const { authorize, agent, bob } = await signInTwoAccounts(host)
    const consent = await signIn(agent, await authorize(agent, { prompt: 'login consent' }), bob.authenticator)
    expect([viewOf(consent).view, shownUserName(consent)]).toEqual(['consent', 'bob'])
    const chooser = await submitButton(agent, consent, 'switchTo')
    const ada = listShownAccounts(chooser).find(({ userName }) => userName === 'ada')
    const next = await submitButton(agent, chooser, 'chooseTo', { account: ada?.id ?? '' })
    expect(viewOf(next)).toMatchObject({ view: 'sign-in' })
  })

  test('ignores the ID of an account that is not signed in in this browser', async () => {
    const { authorize, agent } = await signInTwoAccounts(host)
    const other = await signInTwoAccounts(host)
    const theirs = listShownAccounts(await other.authorize(other.agent, { prompt: 'select_account' }))[0]?.id ?? ''
    const page = await authorize(agent, { prompt: 'select_account' })
    expect((await submitButton(agent, page, 'chooseTo', { account: theirs })).status).toBe(403)
  })

  test('hides an account that has since been disabled', async () => {
    const { authorize, agent, ada } = await signInTwoAccounts(host)
    const page = await authorize(agent, { prompt: 'select_account' })
    const [bobs, adas] = listShownAccounts(page)
    host.accounts.set(ada.account.id, { ...ada.account, disabled: true })
    expect((await submitButton(agent, page, 'chooseTo', { account: adas?.id ?? '' })).status).toBe(403)
    expect(listShownAccounts(await authorize(agent, { prompt: 'select_account' }))).toMatchObject([{ id: bobs?.id }])
  })

  test.each([
    ['everywhere', 'yes', ['bob'], 'login_required'],
    ['of this application', '', ['bob', 'ada'], 'consent_required'],
  ])('signing out %s by the client does not affect the other accounts', async (_where, confirmed, left, error) => {
    const { authorize, agent, clientId } = await signInTwoAccounts(host)
    const chooser = await authorize(agent, { prompt: 'select_account' })
    await submitButton(agent, chooser, 'chooseTo', { account: listShownAccounts(chooser)[1]?.id ?? '' })
    const page = await agent.get(`${host.issuer}/api/oidc/end-session?client_id=${clientId}`)
    const view = viewOf(page, 'sign-out')
    await agent.postForm(view.submitTo, {
      ...view.hidden,
      ...(confirmed && { [view.confirm.name]: view.confirm.value }),
    })
    const after = await authorize(agent, { prompt: 'select_account' })
    expect(
      listShownAccounts(after)
        .map(({ userName }) => userName)
        .toSorted(),
    ).toEqual([...left].toSorted())
    const silent = redirectParameters(await authorize(agent, { prompt: 'none' }))
    // The consent is remembered, so the page depends only on the session.
    if (error === 'login_required') expect(silent).toMatchObject({ error })
    else expect(silent).toHaveProperty('code')
  })

  test('selects the account that an ID token hint names', async () => {
    const { client, configuration } = await relyingParty(host)
    const agent = new UserAgent()
    const [ada, bob] = [await host.person('ada'), await host.person('bob')]
    const { finish } = await login(host, configuration, { scope: 'openid' }, { agent, person: ada })
    const hint = (await finish()).id_token ?? ''
    const authorize = (extra: Parameters) => visit(agent, authorizationUrl(host, client.id, extra))
    const chooser = await authorize({ prompt: 'select_account' })
    await signInAndConsent(agent, await agent.get(`${chooser.url}?another=yes`), bob)
    expect(redirectParameters(await authorize({ id_token_hint: hint, prompt: 'none' }))).toMatchObject({
      error: 'login_required',
    })
    const result = await authorize({ id_token_hint: hint })
    const right = listShownAccounts(result).find(({ userName }) => userName === 'ada')
    expect(
      redirectParameters(await submitButton(agent, result, 'chooseTo', { account: right?.id ?? '' })),
    ).toHaveProperty('code')
  })

  test('can be switched on the consent page, and a consent stays with the account that gave it', async () => {
    const { authorize, agent } = await signInTwoAccounts(host)
    const consent = await authorize(agent, { prompt: 'consent' })
    expect(shownUserName(consent)).toBe('bob')
    const chooser = await submitButton(agent, consent, 'switchTo')
    const next = await submitButton(agent, chooser, 'chooseTo', { account: listShownAccounts(chooser)[1]?.id ?? '' })
    expect(shownUserName(next)).toBe('ada')
  })
})

describe('prompt', () => {
  test('create shows the sign-up page while sign-up is open, and the sign-in page otherwise', async () => {
    const open = { value: true }
    await using host = await startHost({
      options: { pages: { signUpUrl: async () => (open.value ? '/signup' : null) } },
    })
    const authorize = await createApplication(host)
    const agent = new UserAgent()
    const first = await authorize(agent, { prompt: 'create' })
    expect(new URL(first.url).pathname).toBe('/signup')
    open.value = false
    expect(viewOf(await authorize(agent, { prompt: 'create' }))).toMatchObject({ view: 'sign-in' })
    const done = await signInAndConsent(agent, await authorize(agent, { prompt: 'create' }), await host.person('ada'))
    expect(redirectParameters(done)).toMatchObject({ code: expect.any(String) })
  })

  test('an essential acr that no passkey satisfies returns an error to the client', async () => {
    const authorize = await createApplication(host)
    const ada = await host.person('ada')
    const essentialAcr = (value: string) => JSON.stringify({ id_token: { acr: { essential: true, value } } })
    const [able, unable] = [new UserAgent(), new UserAgent()]
    expect(
      redirectParameters(await signInAndConsent(able, await authorize(able, { claims: essentialAcr('phr') }), ada)),
    ).toHaveProperty('code')
    const refused = await signIn(unable, await authorize(unable, { claims: essentialAcr('gold') }), ada.authenticator)
    expect(redirectParameters(refused)).toMatchObject({ error: 'unmet_authentication_requirements' })
  })
})

describe('client that is restricted to groups', () => {
  test('admits another account of the browser', async () => {
    const authorize = await createApplication(host, { isGroupRestricted: true }, ['staff'])
    const [ada, bob] = [await host.person('ada'), await host.person('bob')]
    host.accounts.set(bob.account.id, { ...bob.account, groups: [{ id: 'staff', name: 'staff' }] })
    const agent = new UserAgent()
    const refused = await signIn(agent, await authorize(agent), ada.authenticator)
    const chooser = await submitButton(agent, refused, 'switchTo')
    const page = await agent.get(`${chooser.url}?another=yes`)
    expect(redirectParameters(await signInAndConsent(agent, page, bob))).toHaveProperty('code')
  })

  test('does not apply the consent of a user without access to the account that replaces them', async () => {
    const authorize = await createApplication(host)
    const [ada, bob] = [await host.person('ada'), await host.person('bob')]
    host.accounts.set(bob.account.id, { ...bob.account, groups: [{ id: 'staff', name: 'staff' }] })
    const elsewhere = new UserAgent()
    await signInAndConsent(elsewhere, await authorize(elsewhere), bob)
    const agent = new UserAgent()
    const consent = await signIn(agent, await authorize(agent, { prompt: 'consent' }), ada.authenticator)
    const client = await host.pocket.clients.find(authorize.clientId)
    if (!client) throw new Error('The client no longer exists.')
    await host.pocket.clients.update(client.id, { ...client, isGroupRestricted: true })
    await host.pocket.clients.setAllowedGroups(client.id, ['staff'])
    const refused = await decide(agent, consent)
    const chooser = await submitButton(agent, refused, 'switchTo')
    const next = await signIn(agent, await agent.get(`${chooser.url}?another=yes`), bob.authenticator)
    expect([viewOf(next).view, shownUserName(next)]).toEqual(['consent', 'bob'])
  })
})
