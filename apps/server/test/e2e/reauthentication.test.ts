import { afterAll, expect, jest, test } from '@jest/globals'
import { addVirtualAuthenticator, expectNoAxeViolations, launchBrowser, shareBetweenTests } from '@pocket/test-support'
import { startApp } from '../http/app.ts'
import { advanceClock } from '../stopped-time.ts'
import { setUpOnPage } from './set-up.ts'

const browser = shareBetweenTests(() => launchBrowser())

afterAll(() => void jest.restoreAllMocks())

test('the page asks for the passkey in place and continues the requested action', async () => {
  await using running = await startApp()
  const context = await browser.newContext()
  const page = await context.newPage()
  const first = await addVirtualAuthenticator(page)
  await setUpOnPage(page, running.url)
  await page.goto(`${running.url}/settings/account/security`)

  advanceClock(61_000)
  const requests: string[] = []
  page.on('request', (request) => requests.push(`${request.method()} ${new URL(request.url()).pathname}`))
  // Chromium asks only one authenticator, so the new one temporarily replaces the first.
  const credentials = await first.credentials()
  await page.route('**/settings/account/passkeys/options', async (route) => {
    if (requests.includes('POST /reauthenticate')) for (const { id } of credentials) await first.removeCredential(id)
    await route.continue()
  })
  await page.getByRole('button', { name: 'Add a passkey' }).click()
  await page.getByRole('status').waitFor()
  expect(requests).toContain('POST /reauthenticate')
  await page.locator('[data-signals] li summary').nth(1).waitFor()

  advanceClock(61_000)
  await page.locator('[data-signals] li summary').nth(0).click()
  await page.getByRole('button', { name: 'Remove passkey' }).first().click()
  await page.getByRole('heading', { name: 'Confirm that it’s you' }).waitFor()
  await expectNoAxeViolations(page)
  await page.getByRole('button', { name: 'Continue with a passkey' }).click()
  await page.getByText(/was removed/).waitFor()
  expect(await page.locator('[data-signals] li summary').count()).toBe(1)
})

test('the page asks for the passkey before it sends a picture, which is not lost', async () => {
  await using running = await startApp()
  const context = await browser.newContext()
  const page = await context.newPage()
  await addVirtualAuthenticator(page)
  await setUpOnPage(page, running.url)
  await page.goto(`${running.url}/settings/admin/application-configuration/general`)
  advanceClock(16 * 60_000)
  const requests: string[] = []
  page.on('request', (request) => requests.push(`${request.method()} ${new URL(request.url()).pathname}`))
  const buffer = Buffer.from('<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 1 1"><path d="M0 0h1v1H0z"/></svg>')
  await page.locator('#f-picture-favicon').setInputFiles({ name: 'icon.svg', mimeType: 'image/svg+xml', buffer })
  await page
    .getByRole('button', { name: 'Remove Icon' })
    .or(page.locator('form[id="remove-favicon"]'))
    .first()
    .waitFor({ state: 'attached' })
  const path = '/settings/admin/application-configuration/images/favicon'
  expect(requests.filter((request) => /images|POST/.test(request) && !request.includes('/api/'))).toEqual([
    `GET ${path}`,
    'POST /reauthenticate',
    `POST ${path}`,
  ])
})
