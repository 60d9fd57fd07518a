import { beforeAll, expect, test } from '@jest/globals'
import { addVirtualAuthenticator, launchBrowser, shareBetweenTests, type TestBrowser } from '@pocket/test-support'
import { startApp } from '../http/app.ts'
import { setUpOnPage } from './set-up.ts'

const browser = shareBetweenTests(() => launchBrowser())
const running = shareBetweenTests(() => startApp())
let page: Awaited<ReturnType<TestBrowser['newPage']>>
const clientUrl = (id: string, tab = '') => `${running.url}/settings/admin/oidc-clients/${id}${tab}`
const createClient = (name: string) =>
  running.app.pocket.clients.create({ name, redirectUris: ['https://wiki.example/cb'] })

beforeAll(async () => {
  page = await browser.newPage()
  await addVirtualAuthenticator(page)
  await setUpOnPage(page, running.url)
})

test('tests a client in the page, without losing a new secret or unsaved input', async () => {
  const { id } = await createClient('Wiki')
  await page.goto(clientUrl(id))
  await page.getByRole('button', { name: 'Add secret' }).click()
  await page.getByRole('button', { name: 'I have stored it' }).waitFor()
  await page.getByRole('button', { name: 'Test this client' }).click()
  await page.getByText('Everything works from here.').waitFor()
  expect(await page.evaluate(() => document.activeElement?.textContent)).toBe('Result')
  expect(await page.getByRole('button', { name: 'I have stored it' }).isVisible()).toBe(true)
  expect(page.url()).toBe(clientUrl(id))
  await expectConfirmationOfLeaving()
  const opened = page.context().waitForEvent('page')
  await page.getByRole('link', { name: 'Activity' }).click({ modifiers: ['ControlOrMeta'] })
  await (await opened).close()
  await expectConfirmationOfLeaving()
  await page.getByRole('button', { name: 'I have stored it' }).click()

  await page.goto(clientUrl(id, '/settings'))
  await page.getByLabel('Name', { exact: true }).fill('Changed')
  await page.getByRole('button', { name: 'Test this client' }).click()
  await page.getByText('Everything works from here.').waitFor()
  expect(await page.getByLabel('Name', { exact: true }).inputValue()).toBe('Changed')
  await page.getByRole('link', { name: 'Discard' }).click()
})

async function expectConfirmationOfLeaving(): Promise<void> {
  const asked = page.waitForEvent('dialog')
  await page.close({ runBeforeUnload: true })
  const dialog = await asked
  expect(dialog.type()).toBe('beforeunload')
  await dialog.dismiss()
}
