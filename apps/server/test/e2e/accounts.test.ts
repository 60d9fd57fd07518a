import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { addVirtualAuthenticator, expectNoAxeViolations, launchBrowser, type TestBrowser } from '@pocket/test-support'
import { startInstance } from './instance.ts'
import { setUpOnPage } from './set-up.ts'

let browser: TestBrowser

beforeAll(async () => {
  browser = await launchBrowser()
})

afterAll(async () => browser[Symbol.asyncDispose]())

test('a browser approves an application on another device, and holds several accounts', async () => {
  await using instance = await startInstance('SQLite')
  const { url } = instance
  const context = await browser.newContext()
  const page = await context.newPage()
  const authenticator = await addVirtualAuthenticator(page)
  await setUpOnPage(page, url)

  const callback = 'https://television.example/callback'
  const made = await page.request.post(`${url}/api/oidc/clients`, {
    data: { name: 'Television', callbackURLs: [callback], isPublic: true, requiresReauthentication: true },
  })
  const { id } = await made.json()
  const post = async (path: string, fields: Readonly<Record<string, string>>) => {
    const response = await fetch(url + path, {
      method: 'POST',
      body: new URLSearchParams({ client_id: id, ...fields }),
    })
    return response.json()
  }
  const authorization = await post('/api/oidc/device/authorize', { scope: 'openid profile' })
  await page.goto(authorization.verification_uri_complete)
  await page.getByRole('heading', { name: 'Sign in to Television on another device?' }).waitFor()
  await page.getByText('Ada Lovelace', { exact: true }).waitFor()
  await expectNoAxeViolations(page)
  // The session is recent, so its own passkey check is sufficient.
  await page.getByRole('button', { name: /^Allow/ }).click()
  await page.getByRole('heading', { name: 'It has access' }).waitFor()
  const grant = { grant_type: 'urn:ietf:params:oauth:grant-type:device_code', device_code: authorization.device_code }
  expect(await post('/api/oidc/token', grant)).toMatchObject({ id_token: expect.any(String) })

  const bob = { username: 'bob', firstName: 'Bob', lastName: 'Koch', displayName: 'Bob Koch', email: 'bob@example.com' }
  const created = await page.request.post(`${url}/api/users`, { data: { ...bob, isAdmin: false } })
  expect(created.status()).toBe(201)
  const printed = await instance.command('one-time-access-token', 'bob')
  const code = /\/lc\/(\w+)/.exec(printed)?.[1] ?? ''
  const other = await page.request.post(`${url}/api/oidc/clients`, {
    data: { name: 'Photos', callbackURLs: [callback], isPublic: true, pkceEnabled: false },
  })
  const query = new URLSearchParams({
    client_id: (await other.json()).id,
    redirect_uri: callback,
    response_type: 'code',
    scope: 'openid profile',
    prompt: 'select_account',
    code_challenge: 'E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM',
    code_challenge_method: 'S256',
  })
  await page.goto(`${url}/authorize?${query}`)
  await page.getByRole('heading', { name: 'Which account?' }).waitFor()
  await expectNoAxeViolations(page)
  await page.getByRole('link', { name: 'Use another account' }).click()
  // The code field also offers Ada's passkey, which would be selected immediately.
  await authenticator.setAutomaticPresence(false)
  await page.getByRole('link', { name: 'Another way to sign in' }).click()
  await page.getByLabel('Code').fill(code)
  await page.getByRole('button', { name: 'Sign in', exact: true }).click()
  await page.getByRole('button', { name: /^Bob Koch/ }).waitFor()
  await page.getByRole('button', { name: /^Ada Lovelace/ }).click()
  await page.getByText('Signed in as ada').waitFor()
  await page.getByRole('button', { name: 'Use another account' }).click()
  await page.getByRole('button', { name: /^Bob Koch/ }).click()
  await page.getByText('Signed in as bob').waitFor()

  // Signing out of the browser removes both accounts.
  await page.goto(`${url}/logout`)
  await page.getByRole('button', { name: 'Sign out' }).click()
  await page.getByRole('heading', { name: 'You’re signed out' }).waitFor()
  await page.goto(`${url}/authorize?${query}`)
  await page.getByRole('button', { name: 'Continue with a passkey' }).waitFor()
})
