import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { addVirtualAuthenticator, expectNoAxeViolations, launchBrowser, type TestBrowser } from '@pocket/test-support'
import { startInstance } from './instance.ts'
import { setUpOnPage } from './set-up.ts'

let browser: TestBrowser
beforeAll(async () => {
  browser = await launchBrowser()
})
afterAll(async () => {
  await browser[Symbol.asyncDispose]()
})

test('the command removes a passkey, and its page revokes the credentials created with it', async () => {
  await using instance = await startInstance('SQLite')
  const context = await browser.newContext()
  const page = await context.newPage()
  const first = await addVirtualAuthenticator(page)
  await setUpOnPage(page, instance.url)
  await page.goto(`${instance.url}/settings/account/security`)
  await first.remove()
  await addVirtualAuthenticator(page)
  await page.getByRole('button', { name: 'Add a passkey' }).click()
  await page.getByText('You can sign in with 2 passkeys').waitFor()
  const created = await page.evaluate(async () => {
    const expiresAt = new Date(Date.now() + 86_400_000).toISOString()
    const body = JSON.stringify({ name: 'For a script', expiresAt })
    const headers = { 'content-type': 'application/json' }
    return (await fetch('/api/api-keys', { method: 'POST', headers, body })).status
  })
  expect(created).toBe(201)

  const [oldest = ''] = /^\S{36}(?= )/m.exec(await instance.command('passkey-remove', 'ada')) ?? []
  const removed = await instance.command('passkey-remove', 'ada', oldest, '--yes')
  expect(removed).toContain('was removed, and the sessions in which it was used have ended.')
  expect((await instance.command('passkey-remove', 'ada')).match(/^\S{36} /gm)).toHaveLength(1)
  const [reviewUrl = ''] = /http\S+/.exec(removed) ?? []
  // The session has ended; the other passkey signs in again.
  await page.goto(reviewUrl)
  await page.getByRole('button', { name: 'Continue with a passkey' }).click()
  await page.getByRole('heading', { name: /^Created with / }).waitFor()
  await page.getByText('in use now').waitFor()
  await expectNoAxeViolations(page)
  await page.getByRole('button', { name: 'Revoke everything' }).click()
  await page.getByText('Everything was revoked.').waitFor()
  await page.getByText('revoked', { exact: true }).waitFor()
  expect(await page.getByRole('button', { name: 'Revoke everything' }).count()).toBe(0)
  await context.close()
})
