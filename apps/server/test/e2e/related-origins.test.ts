import { expect, test } from '@jest/globals'
import { addVirtualAuthenticator, freePort, launchBrowser } from '@pocket/test-support'
import { startHttpsProxy } from '@pocket/test-support/https'
import { startApp } from '../http/app.ts'

const issuer = 'https://id.example.com'
const related = 'https://pocket.example.net'
const otherUser = 'https://pocket.example.org'

test('a passkey from the issuer signs users in at a related origin, and nowhere else', async () => {
  const port = await freePort()
  const hosts = [issuer, related, otherUser].map((origin) => new URL(origin).host)
  await using front = await startHttpsProxy(hosts, `http://127.0.0.1:${port}`)
  await using _ = await startApp({
    APP_URL: issuer,
    APP_ORIGINS: related,
    PORT: String(port),
    TRUST_PROXY: 'true',
  })
  await using browser = await launchBrowser({ hosts: Object.fromEntries(hosts.map((host) => [host, front.address])) })
  const context = await browser.newContext()
  const page = await context.newPage()
  const authenticator = await addVirtualAuthenticator(page)
  await page.goto(issuer)
  await page.getByLabel('User name').fill('ada')
  await page.getByLabel('First name').fill('Ada')
  await page.getByLabel('Last name').fill('Lovelace')
  await page.getByLabel('E-mail').fill('ada@example.com')
  await page.getByRole('button', { name: 'Create passkey and finish' }).click()
  await page.waitForURL(`${issuer}/settings/admin/oidc-clients`)
  expect(await authenticator.credentials()).toMatchObject([{ rpId: 'id.example.com' }])

  await page.goto(`${related}/login`)
  await page.getByRole('button', { name: 'Continue with a passkey' }).click()
  await page.waitForURL(`${related}/settings/account`)
  // It has its own pages and session; a passkey that is added there works at all origins.
  for (const { id } of await authenticator.credentials()) await authenticator.removeCredential(id)
  await page.goto(`${related}/settings/account/security`)
  await page.getByRole('button', { name: 'Add a passkey' }).click()
  await page.locator('[data-signals] li summary').nth(1).waitFor()
  expect(await authenticator.credentials()).toMatchObject([{ rpId: 'id.example.com' }])
  await context.clearCookies()
  await page.goto(`${issuer}/login`)
  await page.getByRole('button', { name: 'Continue with a passkey' }).click()
  await page.waitForURL(`${issuer}/settings/account`)

  // The same server at an undeclared host: the browser asks the issuer and rejects.
  await page.goto(`${otherUser}/login`)
  await page.getByRole('button', { name: 'Continue with a passkey' }).click()
  await page.getByRole('alert').getByText('Passkeys for this site work only at its own address.').waitFor()
  await page.getByRole('alert').getByRole('link', { name: issuer }).click()
  await page.waitForURL(`${issuer}/settings/account`)
})
