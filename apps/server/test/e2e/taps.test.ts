import { beforeAll, describe, expect, test } from '@jest/globals'
import { addVirtualAuthenticator, launchBrowser, type Page, shareBetweenTests } from '@pocket/test-support'
import { SynologyDsm } from '@pocket/test-support/relying-parties'
import { smtpSettings, startMailServer } from '../email/mail-server.ts'
import { startInstance } from './instance.ts'
import { waitForRedirect } from './redirect-target.ts'
import { setUpOverApi } from './set-up.ts'

const nas = 'https://nas.example:5001'
const key = 'a static key that is long enough'

const browser = shareBetweenTests(() => launchBrowser())
const mails = shareBetweenTests(() => startMailServer())
const instance = shareBetweenTests(() =>
  startInstance('SQLite', { STATIC_API_KEY: key, ALLOW_USER_SIGNUPS: 'open', ...smtpSettings(mails) }),
)
let dsm: SynologyDsm

beforeAll(async () => {
  await setUpOverApi(instance.url)
  const { id = '' } = await send('/api/oidc/clients', { name: 'DSM', callbackURLs: [nas] })
  const { secret = '' } = await send(`/api/oidc/clients/${id}/secrets`, {})
  dsm = new SynologyDsm({
    wellKnownUrl: `${instance.url}/.well-known/openid-configuration`,
    clientId: id,
    clientSecret: secret,
    redirectUris: [nas],
    scope: 'openid email profile',
    userNameClaim: 'preferred_username',
    accounts: ['bob', 'grace', 'carol', 'dave', 'erin', 'frank', 'heidi', 'ivan', 'judy', 'mike'],
  })
  await dsm.save()
})

async function send(path: string, body: object, method = 'POST') {
  const headers = { 'content-type': 'application/json', 'x-api-key': key }
  const response = await fetch(instance.url + path, { method, headers, body: JSON.stringify(body) })
  expect([path, response.ok]).toEqual([path, true])
  if (response.status === 204) return {}
  return (await response.json()) as Readonly<Record<string, string>>
}

/** A new browser whose taps and requests are counted. */
async function openColdBrowser() {
  const context = await browser.newContext()
  const page = await context.newPage()
  const authenticator = await addVirtualAuthenticator(page)
  let requests: string[] = []
  let taps = 0
  page.on('request', (request) => {
    const { origin, pathname } = new URL(request.url())
    // Static assets have a hash in their name and stay in the browser cache.
    if (pathname.startsWith('/assets/') || pathname.startsWith('/favicon')) return
    requests.push(origin === instance.url ? `${request.method()} ${maskId(pathname)}` : origin)
  })
  return {
    page,
    authenticator,
    async tap(role: 'button' | 'link', name: string | RegExp) {
      taps++
      await page.getByRole(role, { name }).last().click()
    },
    /** The taps and requests since the last call. */
    counted() {
      const result = { taps, requests }
      taps = 0
      requests = []
      return result
    },
    [Symbol.asyncDispose]: () => context.close(),
  }
}

/** Enables e-mail codes until disposal. */
async function enableEmailCodes() {
  const path = '/api/application-configuration'
  const setEmailCodes = async (emailOneTimeAccessAsUnauthenticatedEnabled: 'true' | 'false') => {
    const response = await fetch(`${instance.url}${path}/all`, { headers: { 'x-api-key': key } })
    const present = (await response.json()) as readonly { readonly key: string; readonly value: string }[]
    const values = Object.fromEntries(present.map(({ key, value }) => [key, value]))
    await send(path, { ...values, emailOneTimeAccessAsUnauthenticatedEnabled }, 'PUT')
  }
  await setEmailCodes('true')
  return { [Symbol.asyncDispose]: () => setEmailCodes('false') }
}

/** The first match of a pattern in the next e-mail to this address. */
async function waitForEmail(address: string, pattern: RegExp): Promise<string> {
  const { mail } = await mails.received(address)
  mails.forget(address)
  return pattern.exec(mail.text ?? '')?.[0] ?? ''
}

function maskId(path: string): string {
  return path.replace(/^\/(interaction|authorize|lc|st)\/(?!email$)[^/]+/, '/$1/…')
}

/** The sign-in result at DSM for the URL to which `act` sends the browser. */
const signInAtDsm = async (page: Page, act: () => Promise<unknown>) => dsm.finish(await waitForRedirect(page, nas, act))

type ColdBrowser = Awaited<ReturnType<typeof openColdBrowser>>

/** A user with a passkey in this browser, without a session. */
async function personIn(cold: ColdBrowser, username: string) {
  const { id } = await send('/api/users', { username, email: `${username}@example.com` })
  const { link = '' } = await send(`/api/users/${id}/invitation`, {})
  await cold.page.goto(link)
  await cold.page.getByRole('button', { name: 'Sign in' }).click()
  await cold.page.getByRole('button', { name: 'Create passkey and continue' }).click()
  await cold.page.waitForURL('**/settings/apps')
  await cold.page.context().clearCookies()
  return id
}

describe('counted in a new browser', () => {
  const toInteraction = ['GET /authorize', 'GET /interaction/…']
  const passkey = 'Continue with a passkey'
  const allow = 'Allow and continue'

  /** A user who already gave consent to the application. */
  async function createKnownAtDsm(cold: ColdBrowser, username: string) {
    const id = await personIn(cold, username)
    await cold.page.goto(dsm.begin().url)
    await cold.tap('button', passkey)
    await cold.page.getByRole('button', { name: allow }).waitFor()
    await signInAtDsm(cold.page, () => cold.tap('button', allow))
    await cold.page.context().clearCookies()
    cold.counted()
    return id
  }

  /** A new user who signs up at the application, in a browser that prompts for nothing else afterwards. */
  async function signUp(cold: ColdBrowser, username: string) {
    await cold.page.goto(dsm.begin().url)
    await cold.tap('link', 'Create an account')
    await fillIn(cold, username)
    await cold.tap('button', 'Create passkey and continue')
  }

  async function fillIn({ page }: ColdBrowser, username: string) {
    await page.getByLabel('User name').fill(username)
    await page.getByLabel('E-mail').fill(`${username}@example.com`)
  }

  const consent = { name: 'Let DSM know who you are?' }
  const allowed = ['POST /interaction/…/consent', 'GET /authorize/…', nas]

  test('sign-in from /login takes one tap and two requests after the page', async () => {
    await using cold = await openColdBrowser()
    await personIn(cold, 'bob')
    cold.counted()
    await cold.page.goto(`${instance.url}/login`)
    expect(cold.counted()).toEqual({ taps: 0, requests: ['GET /login'] })
    await cold.tap('button', passkey)
    await cold.page.waitForURL('**/settings/account')
    expect(cold.counted()).toEqual({ taps: 1, requests: ['POST /login', 'GET /settings/account'] })
  })

  test('the first authorization of an application takes two taps, and each later one takes one', async () => {
    await using cold = await openColdBrowser()
    await personIn(cold, 'carol')
    cold.counted()
    await cold.page.goto(dsm.begin().url)
    await cold.tap('button', passkey)
    await cold.page.getByRole('heading', { name: 'Let DSM know who you are?' }).waitFor()
    const first = ['POST /interaction/…/login', 'GET /authorize/…', 'GET /interaction/…']
    expect(cold.counted()).toEqual({ taps: 1, requests: [...toInteraction, ...first] })
    const once = await signInAtDsm(cold.page, () => cold.tap('button', allow))
    expect(once).toEqual({ signedIn: true, accountName: 'carol' })
    expect(cold.counted()).toEqual({ taps: 1, requests: allowed })

    await cold.page.context().clearCookies()
    await cold.page.goto(dsm.begin().url)
    expect(cold.counted()).toEqual({ taps: 0, requests: toInteraction })
    const again = await signInAtDsm(cold.page, () => cold.tap('button', passkey))
    expect(again).toEqual({ signedIn: true, accountName: 'carol' })
    expect(cold.counted()).toEqual({ taps: 1, requests: ['POST /interaction/…/login', 'GET /authorize/…', nas] })

    const signedIn = await signInAtDsm(cold.page, () => cold.page.goto(dsm.begin().url))
    expect(signedIn).toEqual({ signedIn: true, accountName: 'carol' })
    expect(cold.counted()).toEqual({ taps: 0, requests: ['GET /authorize', nas] })

    for (const [prompt, name, path] of [
      ['login', passkey, 'POST /interaction/…/login'],
      ['select_account', /^carol/, 'POST /interaction/…/account'],
    ] as const) {
      await cold.page.goto(`${dsm.begin().url}&prompt=${prompt}`)
      const signInRequests = await signInAtDsm(cold.page, () => cold.tap('button', name))
      expect(signInRequests).toEqual({ signedIn: true, accountName: 'carol' })
      expect(cold.counted()).toEqual({ taps: 1, requests: [...toInteraction, path, 'GET /authorize/…', nas] })
    }
  })

  test('a login code takes two taps, up to an application with consent', async () => {
    await using before = await openColdBrowser()
    const id = await createKnownAtDsm(before, 'dave')
    const { token: code = '' } = await send(`/api/users/${id}/one-time-access-token`, {})
    await using cold = await openColdBrowser()
    await cold.page.goto(dsm.begin().url)
    await cold.tap('link', 'Another way to sign in')
    await cold.page.getByLabel('Code').fill(code)
    const outcome = await signInAtDsm(cold.page, () => cold.tap('button', 'Sign in'))
    expect(outcome).toEqual({ signedIn: true, accountName: 'dave' })
    const requests = [...toInteraction, 'GET /lc', 'POST /lc', 'GET /interaction/…', 'GET /authorize/…', nas]
    expect(cold.counted()).toEqual({ taps: 2, requests })
  })

  test('another device takes two taps there and one here, and continues automatically', async () => {
    await using phone = await openColdBrowser()
    await createKnownAtDsm(phone, 'erin')
    await using television = await openColdBrowser()
    await television.page.goto(dsm.begin().url)
    await television.tap('link', 'Another way to sign in')
    await television.tap('link', 'Sign in with another device')
    const code = (await television.page.locator('#user-code').textContent()) ?? ''
    await phone.page.goto(`${instance.url}/login`)
    await phone.tap('button', passkey)
    await phone.page.waitForURL('**/settings/account')
    phone.counted()
    await phone.page.goto(`${instance.url}/device?code=${code}`)
    const outcome = await signInAtDsm(television.page, () => phone.tap('button', 'Approve with a passkey'))
    expect(outcome).toEqual({ signedIn: true, accountName: 'erin' })
    await phone.page.getByRole('heading', { name: 'It’s signed in' }).waitFor()
    expect(phone.counted()).toEqual({ taps: 1, requests: ['GET /device', 'POST /device/approve', 'GET /device'] })
    const { taps, requests } = television.counted()
    const [signInRequests, rest] = [
      requests.slice(0, 4),
      requests.slice(4).filter((each) => !each.startsWith('POST /login/device')),
    ]
    expect({ taps, signInRequests, rest }).toEqual({
      taps: 2,
      signInRequests: [...toInteraction, 'GET /lc', 'GET /login/device'],
      rest: ['GET /interaction/…', 'GET /authorize/…', nas],
    })
  })

  test('signs up from an application in three taps', async () => {
    await using cold = await openColdBrowser()
    await signUp(cold, 'grace')
    await cold.page.getByRole('heading', consent).waitFor()
    const outcome = await signInAtDsm(cold.page, () => cold.tap('button', allow))
    expect(outcome).toEqual({ signedIn: true, accountName: 'grace' })
    const inBetween = ['GET /signup', 'POST /signup/options', 'POST /signup', 'GET /interaction/…', 'GET /authorize/…']
    const requests = [...toInteraction, ...inBetween, 'GET /interaction/…', ...allowed]
    expect(cold.counted()).toEqual({ taps: 3, requests })
  })

  test('sign-up with an invitation link takes one tap, and the application another one', async () => {
    const { token = '' } = await send('/api/signup-tokens', { usageLimit: 1 })
    await using cold = await openColdBrowser()
    await cold.page.goto(`${instance.url}/st/${token}`)
    await fillIn(cold, 'ivan')
    await cold.tap('button', 'Create passkey and continue')
    await cold.page.waitForURL('**/settings/apps')
    const signedUp = ['GET /st/…', 'POST /signup/options', 'POST /signup', 'GET /settings/apps']
    expect(cold.counted()).toEqual({ taps: 1, requests: signedUp })
    await cold.page.goto(dsm.begin().url)
    const outcome = await signInAtDsm(cold.page, () => cold.tap('button', allow))
    expect(outcome).toEqual({ signedIn: true, accountName: 'ivan' })
    expect(cold.counted()).toEqual({ taps: 1, requests: [...toInteraction, ...allowed] })
  })

  test.each([
    [
      'their e-mail address is verified',
      'judy',
      { signUpVerification: true },
      ['GET /verify-email', 'POST /verify-email'],
      2,
    ],
    ['an administrator approves them', 'mike', { signUpApproval: true }, [], 0],
  ] as const)('a user who waits until %s continues from the e-mail', async (_until, name, settings, verified, taps) => {
    await send('/api/settings', settings, 'PATCH')
    await using cold = await openColdBrowser()
    await signUp(cold, name)
    await cold.page.waitForURL('**/signup/waiting*')
    expect(cold.counted()).toEqual({
      taps: 2,
      requests: [...toInteraction, 'GET /signup', 'POST /signup/options', 'POST /signup', 'GET /signup/waiting'],
    })
    if ('signUpApproval' in settings) {
      const [, id = ''] = /"id":"([^"]+)"/.exec(await fetchApprovals()) ?? []
      await send(`/api/signup-approvals/${id}/approve`, {})
    }
    await cold.page.goto(await waitForEmail(`${name}@example.com`, /http\S+/))
    if (verified.length > 0) {
      await cold.tap('button', 'Verify')
      await cold.tap('link', 'Sign in')
    }
    await cold.tap('button', passkey)
    await cold.page.getByRole('heading', consent).waitFor()
    const outcome = await signInAtDsm(cold.page, () => cold.tap('button', allow))
    expect(outcome).toEqual({ signedIn: true, accountName: name })
    const signIn = ['GET /interaction/…/arrived', 'GET /login', 'POST /login', 'GET /interaction/…/arrived']
    const afterSignIn = ['GET /interaction/…', 'GET /authorize/…', 'GET /interaction/…', ...allowed]
    expect(cold.counted()).toEqual({ taps: taps + 2, requests: [...verified, ...signIn, ...afterSignIn] })
    await send('/api/settings', { signUpVerification: false, signUpApproval: false }, 'PATCH')
  })

  test('an e-mail code takes two taps, and a passkey selected in the field takes none', async () => {
    await using known = await openColdBrowser()
    await signUp(known, 'heidi')
    await known.page.getByRole('button', { name: allow }).waitFor()
    await signInAtDsm(known.page, () => known.tap('button', allow))
    await known.page.context().clearCookies()
    known.counted()
    await using _ = await enableEmailCodes()

    await using cold = await openColdBrowser()
    await cold.page.goto(dsm.begin().url)
    await cold.page.getByLabel('E-mail').fill('heidi@example.com')
    await cold.tap('button', 'Send me a code')
    const code = await waitForEmail('heidi@example.com', /\b[2-9A-Z]{6}\b/)
    await cold.page.getByLabel('Login code').fill(code)
    const outcome = await signInAtDsm(cold.page, () => cold.tap('button', 'Sign in'))
    expect(outcome).toEqual({ signedIn: true, accountName: 'heidi' })
    const requests = [...toInteraction, 'POST /lc/email', 'POST /lc', 'GET /interaction/…', 'GET /authorize/…', nas]
    expect(cold.counted()).toEqual({ taps: 2, requests })

    // A virtual authenticator responds to a conditional request immediately, as if its passkey had been selected in the field.
    const chosen = await signInAtDsm(known.page, () => known.page.goto(dsm.begin().url))
    expect(chosen).toEqual({ signedIn: true, accountName: 'heidi' })
    const afterSignIn = [...toInteraction, 'POST /interaction/…/login', 'GET /authorize/…', nas]
    expect(known.counted()).toEqual({ taps: 0, requests: afterSignIn })
  })

  test("an administrator's link takes two taps to a new passkey", async () => {
    const { id } = await send('/api/users', { username: 'frank', email: 'frank@example.com' })
    const { link = '' } = await send(`/api/users/${id}/invitation`, {})
    await using cold = await openColdBrowser()
    await cold.page.goto(link)
    await cold.tap('button', 'Sign in')
    await cold.tap('button', 'Create passkey and continue')
    await cold.page.waitForURL('**/settings/apps')
    expect(cold.counted()).toEqual({
      taps: 2,
      requests: [
        'GET /lc/…',
        'POST /lc',
        'GET /signup/add-passkey',
        'POST /signup/add-passkey/options',
        'POST /signup/add-passkey',
        'GET /settings/apps',
      ],
    })
    expect(await cold.authenticator.credentials()).toHaveLength(1)
    await cold.page.goto(dsm.begin().url)
    const outcome = await signInAtDsm(cold.page, () => cold.tap('button', allow))
    expect(outcome).toEqual({ signedIn: true, accountName: 'frank' })
    expect(cold.counted()).toEqual({ taps: 1, requests: [...toInteraction, ...allowed] })
  })
})

async function fetchApprovals(): Promise<string> {
  return (await fetch(`${instance.url}/api/signup-approvals`, { headers: { 'x-api-key': key } })).text()
}
