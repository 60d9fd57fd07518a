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
