import { afterEach, beforeEach, describe, expect, test } from '@jest/globals'
import {
  addVirtualAuthenticator,
  eventually,
  launchBrowser,
  shareBetweenTests,
  type TestBrowser,
  type VirtualAuthenticator,
} from '@pocket/test-support'
import { startPageServer } from './page-server.ts'
import { pageStates } from './page-states.ts'
import { ceremony } from './states/common.ts'

type Page = Awaited<ReturnType<TestBrowser['newPage']>>

const browser = shareBetweenTests(() => launchBrowser())
const server = shareBetweenTests(() => startPageServer())
let page: Page
let authenticator: VirtualAuthenticator
let requests: { path: string; body: string }[]

beforeEach(async () => {
  page = await browser.newPage()
  authenticator = await addVirtualAuthenticator(page)
  requests = []
})
afterEach(() => page.context().close())

const creation = {
  challenge: 'bmV3',
  rp: { id: 'localhost', name: 'Pocket ID' },
  user: { id: 'YW5uYQ', name: 'anna', displayName: 'Anna Koch' },
  pubKeyCredParams: [{ type: 'public-key', alg: -7 }],
  authenticatorSelection: { residentKey: 'required', userVerification: 'required' },
}

/** Responds by path and records the requests. */
function setAnswers(answers: Readonly<Record<string, { status: number; body: unknown }>>): void {
  server.answer = ({ path, body }) => {
    requests.push({ path, body })
    return answers[path]
  }
}

/** The account page at `/start` creates a passkey, so that the virtual authenticator holds one. */
async function makePasskey(): Promise<void> {
  setAnswers({
    '/settings/account/passkeys/options': { status: 200, body: { options: creation } },
    '/settings/account/passkeys': { status: 200, body: { redirectTo: '/signed-out' } },
  })
  await page.goto(`${server.origin}/account-security`)
  await page.getByRole('button', { name: 'Add a passkey' }).click()
  await page.waitForURL('**/signed-out')
}

describe('signing in', () => {
  const signInView = (expiresAt = Date.now() + 300_000) => {
    const view = pageStates['sign-in']
    if (view?.view !== 'sign-in') throw new Error('The state sign-in shows another page.')
    return { ...view, ceremony: { ...ceremony, expiresAt } }
  }
  const setSignInPage = (expiresAt: number) => void server.pages.set('login', signInView(expiresAt))
  const passkeyButton = () => page.getByRole('button', { name: 'Continue with a passkey' })

  test('answers the challenge of the page and redirects as the server responds', async () => {
    await makePasskey()
    setSignInPage(Date.now() + 300_000)
    requests = []
    setAnswers({ '/submit': { status: 200, body: { redirectTo: '/signed-out' } } })
    await page.goto(`${server.origin}/login`)
    await passkeyButton().press('Enter')
    await page.waitForURL('**/signed-out')
    expect(requests.map(({ path }) => path)).toEqual(['/submit'])
    expect(challengeOf(requests[0]?.body)).toBe('c2hvcnQ')
  })

  test('fetches a new challenge if the challenge of the page has expired', async () => {
    await makePasskey()
    setSignInPage(Date.now() - 1)
    requests = []
    setAnswers({
      '/ceremony': { status: 200, body: { ...ceremony, options: { ...ceremony.options, challenge: 'ZnJlc2g' } } },
      '/submit': { status: 200, body: { redirectTo: '/signed-out' } },
    })
    await page.goto(`${server.origin}/login`)
    await passkeyButton().click()
    await page.waitForURL('**/signed-out')
    expect(requests.map(({ path }) => path)).toEqual(['/ceremony', '/submit'])
    expect(challengeOf(requests[1]?.body)).toBe('ZnJlc2g')
  })

  test('never sends a challenge twice, and shows the error of the server', async () => {
    await makePasskey()
    setSignInPage(Date.now() + 300_000)
    requests = []
    setAnswers({
      '/ceremony': { status: 200, body: { ...ceremony, options: { ...ceremony.options, challenge: 'ZnJlc2g' } } },
      '/submit': { status: 401, body: { error: 'No.', code: 'passkey_rejected', request_id: '1' } },
    })
    await page.goto(`${server.origin}/login`)
    await passkeyButton().click()
    await page.getByRole('alert').getByText('Your passkey couldn’t be verified.').waitFor()
    expect(await passkeyButton().getAttribute('aria-busy')).toBeNull()
    const second = page.waitForResponse('**/submit')
    await passkeyButton().click()
    await second
    expect(requests.map(({ path }) => path)).toEqual(['/submit', '/ceremony', '/submit'])
  })

  test('requires user verification after the server rejected a response without it', async () => {
    await makePasskey()
    const view = signInView()
    const preferred = { ...view.ceremony.options, userVerification: 'preferred' } as const
    server.pages.set('login', { ...view, ceremony: { ...view.ceremony, options: preferred } })
    setAnswers({
      '/ceremony': { status: 200, body: { ...view.ceremony, options: { ...preferred, challenge: 'ZnJlc2g' } } },
      '/submit': { status: 400, body: { error: 'No.', code: 'passkey_user_verification_required', request_id: '1' } },
    })
    await page.goto(`${server.origin}/login`)
    await page.evaluate(() => {
      const get = navigator.credentials.get.bind(navigator.credentials)
      const requests: unknown[] = []
      Object.assign(globalThis, { asked: requests })
      navigator.credentials.get = (options) => {
        requests.push(options?.publicKey?.userVerification)
        return get(options)
      }
    })
    await passkeyButton().click()
    await page.getByRole('alert').getByText('Your passkey must verify you').waitFor()
    const second = page.waitForResponse('**/submit')
    await passkeyButton().click()
    await second
    expect(await page.evaluate(() => Reflect.get(globalThis, 'asked'))).toEqual(['preferred', 'required'])
  })

  test('offers passkeys in the field at most three times, however quickly each response is rejected', async () => {
    await makePasskey()
    server.pages.set('field', { ...signInView(), emailCode: { submitTo: '/lc/email', redirect: '/' } })
    setAnswers({
      '/ceremony': { status: 200, body: { ...ceremony, options: { ...ceremony.options, challenge: 'ZnJlc2g' } } },
      '/submit': { status: 403, body: { error: 'No.', code: 'account_disabled', request_id: '1' } },
    })
    requests = []
    await page.goto(`${server.origin}/field`)
    await page.getByRole('alert').getByText('This account can’t sign in at the moment').waitFor()
    await page.getByLabel('E-mail').fill('anna@example.com')
    const submissions = () => requests.filter(({ path }) => path === '/submit')
    await eventually(() => expect(submissions()).toHaveLength(3))
    await page.waitForLoadState('networkidle')
    expect(submissions()).toHaveLength(3)
  })

  describe('in the field of a login code', () => {
    const codePage = () => {
      const view = pageStates.code
      if (view?.view !== 'code') throw new Error('The state code shows another page.')
      return { ...view, ceremony: signInView().ceremony }
    }

    test('withdraws the offer as soon as a code is typed', async () => {
      await makePasskey()
      await authenticator.setAutomaticPresence(false)
      server.pages.set('lc', codePage())
      requests = []
      await page.addInitScript(() => {
        const get = navigator.credentials.get.bind(navigator.credentials)
        navigator.credentials.get = (options) => {
          const offer = get(options)
          Object.assign(globalThis, {
            offer: offer.then(
              () => 'chosen',
              ({ name }) => name,
            ),
          })
          return offer
        }
      })
      await page.goto(`${server.origin}/lc`)
      await page.waitForFunction(() => 'offer' in globalThis)
      await page.getByLabel('Login code').fill('K')
      expect(await page.evaluate(() => Reflect.get(globalThis, 'offer'))).toBe('AbortError')
      await authenticator.setAutomaticPresence(true)
      await page.getByLabel('Login code').fill('K7QP2M')
      await page.waitForLoadState('networkidle')
      expect(requests).toEqual([])
    })

    test('continues with the submitted code, regardless of the response to a passkey', async () => {
      await makePasskey()
      server.pages.set('lc', codePage())
      setAnswers({ '/submit': { status: 200, body: { redirectTo: '/signed-out' } } })
      const submitted = Promise.withResolvers<void>()
      await page.route('**/submit', (route) => submitted.promise.then(() => route.continue()))
      const chosen = page.waitForRequest('**/submit')
      await page.goto(`${server.origin}/lc`)
      await chosen
      // The server delays the response to the code, so that the page still exists when the passkey is checked.
      await page.evaluate(() => document.forms[0]?.addEventListener('submit', (event) => event.preventDefault()))
      await page.getByRole('button', { name: 'Sign in' }).click()
      const answered = page.waitForResponse('**/submit')
      submitted.resolve()
      await answered
      await page.waitForLoadState('networkidle')
      expect(new URL(page.url()).pathname).toBe('/lc')
    })
  })

  test('the button aborts the pending autofill request', async () => {
    await makePasskey()
    server.pages.set('field', { ...signInView(), emailCode: { submitTo: '/lc/email', redirect: '/' } })
    setAnswers({ '/submit': { status: 200, body: { redirectTo: '/signed-out' } } })
    requests = []
    await authenticator.setAutomaticPresence(false)
    await page.goto(`${server.origin}/field`)
    expect(await page.getByLabel('E-mail').getAttribute('autocomplete')).toBe('username webauthn')
    await authenticator.setAutomaticPresence(true)
    await passkeyButton().click()
    await page.waitForURL('**/signed-out')
    expect(requests.map(({ path }) => path)).toEqual(['/submit'])
  })

  test.each([
    ['iPhone Instagram 300.0', 'This page is open inside another app'],
    ['Mozilla/5.0 (Linux; Android 14; wv) Chrome/130', 'This page is open inside another app'],
    ['', 'This device has no passkey for this site, and this browser can’t use one from another device.'],
  ])('explains what to do in a browser such as %j', async (userAgent, sentence) => {
    setSignInPage(Date.now() + 300_000)
    await page.addInitScript((pretended) => {
      if (pretended !== '') Object.defineProperty(navigator, 'userAgent', { value: pretended })
      navigator.credentials.get = async () => {
        throw new DOMException('No matching credential.', 'NotAllowedError')
      }
      PublicKeyCredential.getClientCapabilities = async () => ({ hybridTransport: false })
    }, userAgent)
    await page.goto(`${server.origin}/login`)
    await passkeyButton().click()
    await page.getByRole('alert').getByText(sentence).waitFor()
  })

  test.each([
    ['a page loaded over http', 'https:// in its address', { isSecureContext: false }],
    ['a browser without passkeys', 'This browser can’t use passkeys.', { withoutWebAuthn: true }],
    ['a URL outside of the site', 'only at its own address', { throws: 'SecurityError' }],
    ['a device without a screen lock', 'Set up its screen lock first', { throws: 'ConstraintError' }],
    ['a browser that reports a timeout', 'Your passkey timed out.', { throws: 'TimeoutError' }],
    ['a timeout', 'Your passkey timed out.', { throws: 'NotAllowedError', timeout: 0 }],
    ['a failure of the browser', 'Something went wrong', { throws: 'UnknownError' }],
  ])('explains what to do: %s', async (_name, sentence, pretended) => {
    const view = signInView()
    const { timeout = 300_000 } = pretended as { timeout?: number }
    const options = { ...view.ceremony.options, timeout }
    server.pages.set('login', { ...view, ceremony: { ...view.ceremony, options } })
    await page.addInitScript((input: { isSecureContext?: boolean; withoutWebAuthn?: boolean; throws?: string }) => {
      if (input.isSecureContext === false) Object.defineProperty(globalThis, 'isSecureContext', { value: false })
      if (input.withoutWebAuthn) Object.defineProperty(globalThis, 'PublicKeyCredential', { value: undefined })
      const { throws } = input
      if (throws !== undefined)
        navigator.credentials.get = async () => {
          throw new DOMException('No.', throws)
        }
    }, pretended)
    await page.goto(`${server.origin}/login`)
    await passkeyButton().click()
    await page.getByRole('alert').getByText(sentence).waitFor()
  })

  test('says in one sentence that no passkey was used, and restores the focus', async () => {
    setSignInPage(Date.now() + 300_000)
    setAnswers({})
    await page.goto(`${server.origin}/login`)
    // Browsers throw this when a user cancels, which a virtual authenticator cannot do.
    await page.evaluate(() => {
      navigator.credentials.get = async () => {
        throw new DOMException('The operation either timed out or was not allowed.', 'NotAllowedError')
      }
    })
    await passkeyButton().click()
    await page.getByRole('alert').getByText('No passkey was used').waitFor()
    expect(await passkeyButton().evaluate((element) => element === document.activeElement)).toBe(true)
  })

  test.each(['reauthenticate', 'device-request', 'device-authorization-passkey'])(
    'names no other method if there is none: %s',
    async (state) => {
      setAnswers({ '/ceremony': { status: 200, body: { ...ceremony, expiresAt: Date.now() + 300_000 } } })
      await page.addInitScript(() => {
        navigator.credentials.get = async () => {
          throw new DOMException('The operation either timed out or was not allowed.', 'NotAllowedError')
        }
      })
      await page.goto(`${server.origin}/${state}`)
      await page.locator('button[data-ceremony]').first().click()
      await page.getByRole('alert').getByText('Try again when you’re ready.').waitFor()
    },
  )

  test('keeps one distance between the code for another device and what follows it', async () => {
    const unscripted = await browser.newPage({ javaScriptEnabled: false })
    await unscripted.goto(`${server.origin}/device-login`)
    const [card, form] = [unscripted.locator('#request'), unscripted.locator('#waiting')]
    const [above, below] = [await card.boundingBox(), await form.boundingBox()]
    expect((below?.y ?? 0) - ((above?.y ?? 0) + (above?.height ?? 0))).toBe(32)
    await unscripted.context().close()
  })

  test('shows that it waits, and asks once for several clicks', async () => {
    await makePasskey()
    setSignInPage(Date.now() + 300_000)
    requests = []
    setAnswers({ '/submit': { status: 200, body: { redirectTo: '/signed-out' } } })
    await page.goto(`${server.origin}/login`)
    let release = () => {}
    const released = new Promise<void>((resolve) => {
      release = resolve
    })
    await page.route('**/submit', async (route) => {
      await released
      await route.continue()
    })
    const sent = page.waitForRequest('**/submit')
    await passkeyButton().click()
    await sent
    expect(await passkeyButton().getAttribute('aria-busy')).toBe('true')
    await passkeyButton().click()
    release()
    await page.waitForURL('**/signed-out')
    expect(requests.map(({ path }) => path)).toEqual(['/submit'])
  })

  test('reports an unreachable server', async () => {
    await makePasskey()
    setSignInPage(Date.now() + 300_000)
    await page.goto(`${server.origin}/login`)
    await page.route('**/submit', (route) => route.abort())
    await passkeyButton().click()
    await page.getByRole('alert').getByText('The server can’t be reached.').waitFor()
  })

  test('navigates only to http and https', async () => {
    await makePasskey()
    setSignInPage(Date.now() + 300_000)
    setAnswers({ '/submit': { status: 200, body: { redirectTo: 'javascript:alert(1)' } } })
    await page.goto(`${server.origin}/login`)
    await passkeyButton().click()
    await page.getByRole('alert').getByText('Something went wrong on our side').waitFor()
    expect(page.url()).toBe(`${server.origin}/login`)
  })
})

test('the account page signals the current passkeys and user name to the password manager', async () => {
  await makePasskey()
  const [created] = await authenticator.credentials()
  const view = pageStates.account
  if (created === undefined || view?.view !== 'account') throw new Error('There is no passkey, or no account page.')
  const signals = { ...view.signals, userName: 'anna.koch', displayName: 'Anna B. Koch' }
  server.pages.set('mine', { ...view, signals: { ...signals, credentialIds: [created.id] } })
  await page.goto(`${server.origin}/mine`)
  const names = async () =>
    (await authenticator.credentials()).map(({ userName, userDisplayName }) => [userName, userDisplayName])
  await eventually(async () => expect(await names()).toEqual([['anna.koch', 'Anna B. Koch']]))
  server.pages.set('mine', { ...view, signals: { ...signals, credentialIds: ['YW5vdGhlcg'] } })
  await page.goto(`${server.origin}/mine`)
  await eventually(async () => expect(await names()).toEqual([]))
})

test.each([
  ['passkey_not_allowed', 'Your administrator doesn’t accept this kind of passkey.', 0],
  ['passkey_rejected', 'Your passkey couldn’t be verified.', 0],
  ['passkey_user_verification_required', 'Your passkey must verify you', 0],
  // A user owns this passkey.
  ['passkey_already_registered', 'This passkey is already in use.', 1],
])(
  'signals the removal of a new passkey that the server rejects with %s, unless a user owns it',
  async (code, sentence, left) => {
    setAnswers({
      '/settings/account/passkeys/options': { status: 200, body: { options: creation } },
      '/settings/account/passkeys': { status: 400, body: { error: 'No.', code, request_id: '1' } },
    })
    await page.goto(`${server.origin}/account-security`)
    await page.getByRole('button', { name: 'Add a passkey' }).click()
    await page.getByRole('alert').getByText(sentence).waitFor()
    expect(await authenticator.credentials()).toHaveLength(left)
  },
)

test.each([
  ['sign-up', '/signup', 'already_in_use', 'This user name or e-mail address is already taken'],
  ['sign-up', '/signup', 'open_signup_disabled', 'Sign-up is closed.'],
  ['sign-up', '/signup', 'token_invalid_or_expired', 'Your link has been used or has expired.'],
  ['setup', '/login/setup', 'setup_already_completed', 'The set-up was just completed elsewhere.'],
])('also signals it for a passkey from the page %s, when %s responds %s', async (view, path, code, sentence) => {
  setAnswers({
    [`${path}/options`]: { status: 200, body: { options: creation } },
    [path]: { status: 409, body: { error: 'No.', code, request_id: '1' } },
  })
  await page.goto(`${server.origin}/${view}`)
  await page.getByRole('button', { name: 'Create passkey and' }).click()
  await page.getByRole('alert').getByText(sentence).waitFor()
  expect(await authenticator.credentials()).toEqual([])
})

test('a button that is clicked before its script has loaded waits for it', async () => {
  setAnswers({
    '/signup/add-passkey/options': { status: 200, body: { options: creation } },
    '/signup/add-passkey': { status: 200, body: { redirectTo: '/signed-out' } },
  })
  const arrived = Promise.withResolvers<void>()
  await page.route('**/assets/setup.*.js', (route) => arrived.promise.then(() => route.continue()))
  const asksForScript = page.waitForRequest('**/assets/setup.*.js')
  await page.goto(`${server.origin}/add-passkey`, { waitUntil: 'commit' })
  await asksForScript
  const button = page.getByRole('button', { name: 'Create passkey and continue' })
  await button.waitFor({ state: 'attached' })
  expect(await page.evaluate(() => performance.getEntriesByType('paint'))).toEqual([])
  const pressed = button.click()
  arrived.resolve()
  await pressed
  await page.waitForURL('**/signed-out')
  expect(requests.map(({ path }) => path)).toEqual(['/signup/add-passkey/options', '/signup/add-passkey'])
})

describe('setting up', () => {
  const finish = () => page.getByRole('button', { name: 'Create passkey and finish' })

  test('sends the fields first and then the passkey', async () => {
    setAnswers({
      '/login/setup/options': { status: 200, body: { options: creation } },
      '/login/setup': { status: 200, body: { redirectTo: '/clients-none' } },
    })
    await page.goto(`${server.origin}/setup`)
    await page.getByLabel('User name').fill('anna')
    await page.getByLabel('First name').fill('Anna')
    await page.getByLabel('Last name').fill('Koch')
    await page.getByLabel('E-mail').fill('anna@example.com')
    await finish().press('Enter')
    await page.waitForURL('**/clients-none')
    expect(JSON.parse(requests[0]?.body ?? '')).toEqual({
      username: 'anna',
      firstName: 'Anna',
      lastName: 'Koch',
      email: 'anna@example.com',
    })
    expect(await authenticator.credentials()).toHaveLength(1)
  })

  test('shows errors next to the fields and in a focused summary, and keeps the input', async () => {
    const fields = [
      { field: 'username', code: 'invalid_format', message: 'is wrong' },
      { field: 'email', code: 'something_new', message: 'is new' },
    ]
    setAnswers({
      '/login/setup/options': { status: 400, body: { error: 'No.', code: 'validation_failed', details: { fields } } },
    })
    await page.goto(`${server.origin}/setup`)
    await page.getByLabel('User name').fill('-anna')
    await finish().click()
    await page.getByText('Something needs to be changed first').waitFor()
    expect(await page.evaluate(() => document.activeElement?.id)).toBe('summary')
    expect(await page.getByLabel('User name').getAttribute('aria-invalid')).toBe('true')
    expect(await page.locator('#f-username-error').textContent()).toContain('begins and ends with a letter or digit')
    expect(await page.locator('#f-email-error').textContent()).toContain('isn’t valid')
    expect(await page.getByLabel('First name').getAttribute('aria-invalid')).toBeNull()
    expect(await page.getByLabel('User name').inputValue()).toBe('-anna')
    expect(await authenticator.credentials()).toHaveLength(0)
  })
})

test('a copy button copies the full value and confirms it', async () => {
  await page.context().grantPermissions(['clipboard-read', 'clipboard-write'])
  await page.goto(`${server.origin}/client`)
  await page.getByRole('button', { name: 'Copy Discovery URL' }).click()
  await page.locator('#copy-status').getByText('Copied').waitFor()
  const copied = await page.evaluate(() => navigator.clipboard.readText())
  expect(copied).toBe('https://id.example.com/.well-known/openid-configuration')
})

function challengeOf(body: string | undefined): string {
  const { response } = JSON.parse(body ?? '')
  return JSON.parse(Buffer.from(response.response.clientDataJSON, 'base64url').toString()).challenge
}
