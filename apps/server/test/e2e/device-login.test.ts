import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { addVirtualAuthenticator, expectNoAxeViolations, launchBrowser, type TestBrowser } from '@pocket/test-support'
import { startInstance } from './instance.ts'
import { setUpOnPage } from './set-up.ts'

let browser: TestBrowser

beforeAll(async () => {
  browser = await launchBrowser()
})

afterAll(async () => browser[Symbol.asyncDispose]())

async function openWindow() {
  const context = await browser.newContext()
  const page = await context.newPage()
  await addVirtualAuthenticator(page)
  return { page, [Symbol.asyncDispose]: () => context.close() }
}

test('a browser without a passkey is approved or denied by another one, and continues automatically', async () => {
  await using instance = await startInstance('SQLite')
  await using withPasskey = await openWindow()
  await using without = await openWindow()
  const [phone, television] = [withPasskey.page, without.page]
  await setUpOnPage(phone, instance.url)

  // It starts with an authorization request and returns to it.
  await phone.goto(`${instance.url}/settings/admin/oidc-clients/new?template=other`)
  await phone.getByLabel('Name').fill('Television')
  await phone.getByLabel('Callback URLs').fill('https://television.example/callback')
  await phone.getByLabel('Everyone').check()
  await phone.getByRole('button', { name: 'Add client' }).click()
  await phone.waitForURL(/oidc-clients\/[0-9a-f-]{36}/)
  const clientId = new URL(phone.url()).pathname.split('/').at(-1) ?? ''
  const query = new URLSearchParams({
    client_id: clientId,
    redirect_uri: 'https://television.example/callback',
    response_type: 'code',
    scope: 'openid profile',
  })
  await television.goto(`${instance.url}/authorize?${query}`)
  await television.getByRole('link', { name: 'Another way to sign in' }).click()
  await television.getByRole('link', { name: 'Sign in with another device' }).click()
  await television.getByRole('img', { name: /QR code/ }).waitFor()
  await expectNoAxeViolations(television)
  const code = (await television.locator('#user-code').textContent()) ?? ''

  await phone.goto(`${instance.url}/device`)
  await phone.getByLabel('Code').fill(code.toLowerCase())
  await phone.getByRole('button', { name: 'Continue' }).click()
  await phone.getByRole('heading', { name: 'Sign in on this device?' }).waitFor()
  await phone.getByText(code, { exact: true }).waitFor()
  await phone.getByText('127.0.0.1').waitFor()
  await expectNoAxeViolations(phone)
  await phone.getByRole('button', { name: 'Approve with a passkey' }).click()
  await phone.getByRole('heading', { name: 'It’s signed in' }).waitFor()
  await television.getByRole('heading', { name: 'Let Television know who you are?' }).waitFor()
  await television.getByText('Signed in as ada').waitFor()

  await without.page.context().clearCookies()
  await television.goto(`${instance.url}/login/device`)
  const other = (await television.locator('#user-code').textContent()) ?? ''
  await phone.goto(`${instance.url}/device?code=${other}`)
  await phone.getByRole('button', { name: 'Don’t allow' }).click()
  await phone.getByRole('heading', { name: 'Sign-in denied' }).waitFor()
  await television.getByText('The sign-in was denied on the other device').waitFor()
  expect(await television.locator('#user-code').count()).toBe(0)
})
