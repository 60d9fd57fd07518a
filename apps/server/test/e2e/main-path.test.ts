import { describe, expect, test } from '@jest/globals'
import {
  addVirtualAuthenticator,
  expectNoAxeViolations,
  launchBrowser,
  type Page,
  shareBetweenTests,
} from '@pocket/test-support'
import { SynologyDsm } from '@pocket/test-support/relying-parties'
import { type Instance, type Storage, startInstance } from './instance.ts'
import { waitForRedirect } from './redirect-target.ts'
import { setUpOnPage } from './set-up.ts'

const nas = 'https://nas.example:5001'

const browser = shareBetweenTests(() => launchBrowser())

/** A browser window that must not log to the console. */
async function openWindow() {
  const context = await browser.newContext()
  const page = await context.newPage()
  const messages: string[] = []
  page.on('console', (message) => messages.push(`${message.type()}: ${message.text()}`))
  page.on('pageerror', (error) => messages.push(String(error)))
  const authenticator = await addVirtualAuthenticator(page)
  return { page, authenticator, messages, [Symbol.asyncDispose]: () => context.close() }
}

async function addDsm(page: Page, instance: Instance, address: string) {
  await page.goto(`${instance.url}/settings/admin/oidc-clients`)
  await page.getByRole('link', { name: 'Add client' }).first().click()
  await page.getByRole('link', { name: /Synology DSM/ }).click()
  await page.getByLabel('Address of DSM').fill(address)
  await page.getByRole('button', { name: 'Add client' }).click()
  await page.getByRole('heading', { name: 'Enter this in DSM' }).waitFor()
  const fieldValue = async (label: string) =>
    (await page
      .locator('.field', { has: page.getByText(label, { exact: true }) })
      .first()
      .locator('code')
      .textContent()) ?? ''
  return {
    wellKnownUrl: await fieldValue('Well-known URL'),
    clientId: await fieldValue('Application ID'),
    clientSecret: await fieldValue('Application secret'),
    redirectUri: await fieldValue('Redirect URL'),
    scope: await fieldValue('Authorization scope'),
    userNameClaim: await fieldValue('Username claim'),
  }
}

const waitForDsm = (page: Page, act: () => Promise<unknown>) => waitForRedirect(page, nas, act)

describe.each<Storage>(['SQLite', 'PostgreSQL'])('from an empty %s database to a sign-in at DSM', (storage) => {
  test('completes set-up, client, consent and a direct second sign-in, and loses nothing after a crash', async () => {
    await using instance = await startInstance(storage)
    await using window = await openWindow()
    const { page } = window
    await setUpOnPage(page, instance.url)
    expect(await window.authenticator.credentials()).toHaveLength(1)
    await instance.restartAfterKill()

    const shown = await addDsm(page, instance, `${nas}/#/signin`)
    expect(shown).toMatchObject({
      redirectUri: nas,
      scope: 'openid email profile',
      userNameClaim: 'preferred_username',
    })
    await page.getByText('because DSM needs its bare address').waitFor()
    await expectNoAxeViolations(page)
    // A new client allows no users; the page asks for whom it is, and still shows the values to enter.
    await page.getByRole('button', { name: 'Allow everyone' }).click()
    await page.getByText(/^Saved: Access · /).waitFor()
    expect(await page.getByText(shown.clientSecret).count()).toBe(1)
    expect(await page.getByRole('button', { name: 'Allow everyone' }).count()).toBe(0)
    await instance.restartAfterKill()
    await page.reload()
    // It is shown until the administrator has stored it.
    await page.getByText(shown.clientSecret).waitFor()
    await page.getByRole('button', { name: 'I have stored it' }).click()
    await page.getByText(shown.clientSecret).waitFor({ state: 'detached' })

    const dsm = new SynologyDsm({ ...shown, redirectUris: [shown.redirectUri], accounts: ['ada'] })
    await dsm.save()
    await page.goto(dsm.begin().url)
    await page.getByRole('heading', { name: 'Let Synology DSM know who you are?' }).waitFor()
    await expectNoAxeViolations(page)
    await instance.restartAfterKill()
    const allowed = await waitForDsm(page, () => page.getByRole('button', { name: 'Allow and continue' }).click())
    expect(await dsm.finish(allowed)).toEqual({ signedIn: true, accountName: 'ada' })

    const direct = await waitForDsm(page, () => page.goto(dsm.begin().url))
    expect(await dsm.finish(direct)).toEqual({ signedIn: true, accountName: 'ada' })

    await page.goto(`${instance.url}/logout`)
    await page.getByRole('button', { name: 'Sign out' }).last().click()
    await page.getByRole('heading', { name: 'You’re signed out' }).waitFor()
    await page.goto(dsm.begin().url)
    await page.getByRole('heading', { name: 'Sign in to Synology DSM' }).waitFor()
    await expectNoAxeViolations(page)
    await instance.restartAfterKill()
    const tapped = await waitForDsm(page, () => page.getByRole('button', { name: 'Continue with a passkey' }).click())
    expect(await dsm.finish(tapped)).toEqual({ signedIn: true, accountName: 'ada' })
    expect(window.messages).toEqual([])
  })

  test('allows the set-up only for the first user', async () => {
    await using instance = await startInstance(storage)
    await using one = await openWindow()
    await using two = await openWindow()
    await Promise.all([one, two].map(({ page }) => page.goto(`${instance.url}/setup`)))
    for (const [index, { page }] of [one, two].entries()) {
      await page.getByLabel('User name').fill(`user${index}`)
      await page.getByLabel('E-mail').fill(`user${index}@example.com`)
    }
    const finish = (page: Page) => page.getByRole('button', { name: 'Create passkey and finish' }).click()
    await Promise.all([one, two].map(({ page }) => finish(page)))
    const hasFinished = async (page: Page) =>
      Promise.race([
        page.waitForURL('**/settings/admin/oidc-clients').then(() => true),
        page
          .getByRole('alert')
          .filter({ hasText: /\S/ })
          .waitFor()
          .then(() => false),
      ])
    const outcome = await Promise.all([one, two].map(({ page }) => hasFinished(page)))
    expect(outcome.filter(Boolean)).toHaveLength(1)
    for (const path of ['/setup', '/signup/setup', '/login/setup'])
      expect((await fetch(instance.url + path, { headers: { accept: 'text/html' } })).status).toBe(404)
    expect((await fetch(`${instance.url}/api/signup/setup`)).status).toBe(404)
  })
})
