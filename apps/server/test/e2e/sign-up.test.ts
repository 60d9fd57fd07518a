import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { addVirtualAuthenticator, expectNoAxeViolations, launchBrowser, type TestBrowser } from '@pocket/test-support'
import { SynologyDsm } from '@pocket/test-support/relying-parties'
import { type Instance, startInstance } from './instance.ts'
import { waitForRedirect } from './redirect-target.ts'
import { setUpOverApi } from './set-up.ts'

const nas = 'https://nas.example:5001'
const key = 'a static key that is long enough'

let browser: TestBrowser
beforeAll(async () => {
  browser = await launchBrowser()
})
afterAll(async () => browser[Symbol.asyncDispose]())

async function openWindow() {
  const context = await browser.newContext()
  const page = await context.newPage()
  const messages: string[] = []
  page.on('pageerror', (error) => messages.push(String(error)))
  const authenticator = await addVirtualAuthenticator(page)
  return { page, authenticator, messages, [Symbol.asyncDispose]: () => context.close() }
}

/** An instance with a client and configurable sign-up settings. */
async function startWith(mode: 'withToken' | 'open') {
  const env = { STATIC_API_KEY: key, UI_CONFIG_DISABLED: 'true', ALLOW_USER_SIGNUPS: mode }
  const instance = await startInstance('SQLite', env)
  const call = async (path: string, body: object) => {
    const headers = { 'content-type': 'application/json', 'x-api-key': key }
    const response = await fetch(instance.url + path, { method: 'POST', headers, body: JSON.stringify(body) })
    expect([path, response.status]).toEqual([path, 201])
    return (await response.json()) as Readonly<Record<string, string>>
  }
  await setUpOverApi(instance.url)
  const { id = '' } = await call('/api/oidc/clients', { name: 'DSM', callbackURLs: [nas] })
  const { secret = '' } = await call(`/api/oidc/clients/${id}/secrets`, {})
  const dsm = new SynologyDsm({
    wellKnownUrl: `${instance.url}/.well-known/openid-configuration`,
    clientId: id,
    clientSecret: secret,
    redirectUris: [nas],
    scope: 'openid email profile',
    userNameClaim: 'preferred_username',
    accounts: ['grace'],
  })
  await dsm.save()
  return { instance, call, dsm }
}

type Window = Awaited<ReturnType<typeof openWindow>>

async function fillIn({ page }: Window) {
  await page.getByLabel('User name').fill('grace')
  await page.getByLabel('E-mail').fill('grace@example.com')
}

async function consentAndArrive({ page }: Window, instance: Instance, dsm: SynologyDsm) {
  await page.getByRole('heading', { name: 'Let DSM know who you are?' }).waitFor()
  expect(page.url()).toContain(`${instance.url}/interaction/`)
  const arrived = await waitForRedirect(page, nas, () =>
    page.getByRole('button', { name: 'Allow and continue' }).click(),
  )
  expect(await dsm.finish(arrived)).toEqual({ signedIn: true, accountName: 'grace' })
}

describe('signing up', () => {
  test('leads from the application through a new passkey back to the application', async () => {
    const { instance, dsm } = await startWith('open')
    await using _ = instance
    await using window = await openWindow()
    const { page, authenticator } = window
    await page.goto(dsm.begin().url)
    await page.getByRole('link', { name: 'Create an account' }).click()
    await page.getByRole('heading', { name: 'Create your account' }).waitFor()
    await expectNoAxeViolations(page)
    await page.getByLabel('User name').fill('ada')
    await page.getByLabel('E-mail').fill('grace@example.com')
    const finish = page.getByRole('button', { name: 'Create passkey and continue' })
    await finish.click()
    await page.getByRole('link', { name: 'This user name is taken. Choose another one.' }).waitFor()
    expect(await authenticator.credentials()).toHaveLength(0)
    await fillIn(window)
    await finish.click()
    await consentAndArrive(window, instance, dsm)
    expect(await authenticator.credentials()).toHaveLength(1)
    expect(window.messages).toEqual([])

    await page.goto(`${instance.url}/logout`)
    await page.getByRole('button', { name: 'Sign out' }).last().click()
    await page.getByRole('heading', { name: 'You’re signed out' }).waitFor()
    await page.goto(`${instance.url}/login`)
    await page.getByRole('button', { name: 'Continue with a passkey' }).click()
    await page.waitForURL('**/settings/account')
  })

  test('an invitation lets an existing user register a passkey', async () => {
    const { instance, call } = await startWith('withToken')
    await using _ = instance
    await using window = await openWindow()
    const { page, authenticator } = window
    const { id } = await call('/api/users', { username: 'grace', email: 'grace@example.com', firstName: 'Grace' })
    const { link = '' } = await call(`/api/users/${id}/invitation`, {})
    await page.goto(link)
    await page.getByRole('button', { name: 'Sign in' }).click()
    await page.getByRole('heading', { name: 'Create your passkey' }).waitFor()
    await expectNoAxeViolations(page)
    await page.getByRole('button', { name: 'Create passkey and continue' }).click()
    await page.waitForURL('**/settings/apps')
    expect(await authenticator.credentials()).toHaveLength(1)
    await using other = await openWindow()
    await other.page.goto(link)
    await other.page.getByRole('button', { name: 'Sign in' }).click()
    await other.page.getByText('This code was already used').first().waitFor()
    expect(instance.output()).not.toContain(new URL(link).pathname.split('/').at(-1))
  })

  test('works once with a link, and logs no token', async () => {
    const { instance, call, dsm } = await startWith('withToken')
    await using _ = instance
    await using window = await openWindow()
    const { page } = window
    const { token = '' } = await call('/api/signup-tokens', { usageLimit: 1 })
    await page.goto(dsm.begin().url)
    expect(await page.getByRole('link', { name: 'Create an account' }).count()).toBe(0)
    const path = new URL(page.url()).pathname
    await page.goto(`${instance.url}/st/${token}?${new URLSearchParams({ redirect: path })}`)
    await fillIn(window)
    await page.getByRole('button', { name: 'Create passkey and continue' }).click()
    await consentAndArrive(window, instance, dsm)

    await using other = await openWindow()
    expect((await other.page.goto(`${instance.url}/st/${token}`))?.status()).toBe(401)
    await other.page.getByRole('heading', { name: 'This code or link doesn’t work' }).waitFor()
    expect((await other.page.goto(`${instance.url}/signup`))?.status()).toBe(403)
    expect(instance.output()).toContain('/st/[redacted]')
    expect(instance.output()).not.toContain(token)
  })
})
