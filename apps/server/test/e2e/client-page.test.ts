import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { addVirtualAuthenticator, launchBrowser, type TestBrowser } from '@pocket/test-support'
import { type RunningApp, startApp } from '../http/app.ts'

let browser: TestBrowser
let running: RunningApp
let page: Awaited<ReturnType<TestBrowser['newPage']>>
const clientUrl = (id: string, tab = '') => `${running.url}/settings/admin/oidc-clients/${id}${tab}`
const createClient = (name: string) =>
  running.app.pocket.clients.create({ name, redirectUris: ['https://wiki.example/cb'] })

beforeAll(async () => {
  browser = await launchBrowser()
  running = await startApp()
  page = await browser.newPage()
  await addVirtualAuthenticator(page)
  await page.goto(running.url)
  await page.getByLabel('User name').fill('ada')
  await page.getByLabel('First name').fill('Ada')
  await page.getByLabel('Last name').fill('Lovelace')
  await page.getByLabel('E-mail').fill('ada@example.com')
  await page.getByRole('button', { name: 'Create passkey and finish' }).click()
  await page.waitForURL('**/settings/admin/oidc-clients')
})
afterAll(async () => {
  await browser[Symbol.asyncDispose]()
  await running[Symbol.asyncDispose]()
})

test('tests a client in the page, without losing a new secret or unsaved input', async () => {
  const { id } = await createClient('Wiki')
  await page.goto(clientUrl(id))
  await page.getByRole('button', { name: 'Add secret' }).click()
  await page.getByRole('button', { name: 'I have stored it' }).waitFor()
  await page.getByRole('button', { name: 'Test this client' }).click()
  await page.getByText('Everything works from here.').waitFor()
  expect(await page.evaluate(() => document.activeElement?.textContent)).toBe('Test result')
  expect(await page.getByRole('button', { name: 'I have stored it' }).isVisible()).toBe(true)
  expect(page.url()).toBe(clientUrl(id))
  await page.getByRole('button', { name: 'I have stored it' }).click()

  await page.goto(clientUrl(id, '/settings'))
  await page.getByLabel('Name', { exact: true }).fill('Changed')
  await page.getByRole('button', { name: 'Test this client' }).click()
  await page.getByText('Everything works from here.').waitFor()
  expect(await page.getByLabel('Name', { exact: true }).inputValue()).toBe('Changed')
  await page.getByRole('link', { name: 'Discard' }).click()
})
