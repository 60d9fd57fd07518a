import type { Page } from '@pocket/test-support'

/** Creates the first administrator and a passkey on the set-up page. */
export async function setUpOnPage(page: Page, url: string, userName = 'ada'): Promise<void> {
  await page.goto(url)
  await page.getByLabel('User name').fill(userName)
  await page.getByLabel('First name').fill('Ada')
  await page.getByLabel('Last name').fill('Lovelace')
  await page.getByLabel('E-mail').fill(`${userName}@example.com`)
  await page.getByRole('button', { name: 'Create passkey and finish' }).click()
  await page.waitForURL('**/settings/admin/oidc-clients')
}

/** Creates the first administrator without a passkey. */
export async function setUpOverApi(url: string): Promise<void> {
  const response = await fetch(`${url}/api/signup/setup`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ username: 'ada', email: 'ada@example.com' }),
  })
  if (response.status !== 200) throw new Error(`The set-up failed with status ${response.status}.`)
}
