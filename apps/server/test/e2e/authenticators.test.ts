import { beforeAll, describe, expect, test } from '@jest/globals'
import {
  addVirtualAuthenticator,
  launchBrowser,
  shareBetweenTests,
  type VirtualAuthenticatorOptions,
} from '@pocket/test-support'
import { startApp } from '../http/app.ts'
import { setUpOverApi } from './set-up.ts'

const running = shareBetweenTests(() =>
  startApp({ UI_CONFIG_DISABLED: 'true', ALLOW_USER_SIGNUPS: 'open', STATIC_API_KEY: key }),
)
const browser = shareBetweenTests(() => launchBrowser())
let people = 0
const key = 'a static key that is long enough'

beforeAll(async () => {
  await setUpOverApi(running.url)
})

async function signUp(options: VirtualAuthenticatorOptions, origin = running.url) {
  const context = await browser.newContext()
  const page = await context.newPage()
  const authenticator = await addVirtualAuthenticator(page, options)
  const name = `person${people++}`
  await page.goto(`${origin}/signup`)
  await page.getByLabel('User name').fill(name)
  await page.getByLabel('E-mail').fill(`${name}@example.com`)
  await page.getByRole('button', { name: 'Create passkey and continue' }).click()
  return { page, authenticator, name, [Symbol.asyncDispose]: () => context.close() }
}

const unverified = { hasUserVerification: false, isUserVerified: false } as const
const asksForAnother = 'Your only passkey is on one device'

describe.each<[string, VirtualAuthenticatorOptions, object]>([
  [
    'a device',
    { defaultBackupEligibility: false },
    { deviceType: 'singleDevice', backedUp: false, attachment: 'platform' },
  ],
  [
    'a password manager that syncs',
    { defaultBackupEligibility: true, defaultBackupState: true },
    { deviceType: 'multiDevice', backedUp: true, attachment: 'platform' },
  ],
  [
    'a password manager that could sync and does not',
    { defaultBackupEligibility: true, defaultBackupState: false },
    { deviceType: 'multiDevice', backedUp: false, attachment: 'platform' },
  ],
  [
    'a security key with a PIN',
    { transport: 'usb', defaultBackupEligibility: false },
    { attachment: 'cross-platform', transports: ['usb'] },
  ],
  [
    'an NFC card',
    { transport: 'nfc', defaultBackupEligibility: false },
    { attachment: 'cross-platform', transports: ['nfc'] },
  ],
  ['a phone', { transport: 'cable' }, { attachment: 'cross-platform', transports: expect.arrayContaining(['hybrid']) }],
])('%s', (_name, options, kept) => {
  test('signs up, and signs in again', async () => {
    await using person = await signUp(options)
    const { page, authenticator } = person
    await page.waitForURL('**/settings/apps')
    const [credential] = await authenticator.credentials()
    const accountId = Buffer.from(credential?.userHandle ?? '', 'base64url').toString()
    const [passkey] = await running.app.pocket.passkeys.list(accountId)
    expect(passkey).toMatchObject({ credentialId: credential?.id, counter: expect.any(Number), ...kept })
    const hasPlatformAuthenticator = await page.evaluate(() =>
      PublicKeyCredential.isUserVerifyingPlatformAuthenticatorAvailable(),
    )
    expect(hasPlatformAuthenticator).toBe(passkey?.attachment === 'platform')
    const isBound = passkey?.deviceType === 'singleDevice'
    await page.getByText('Your passkey works').waitFor()
    expect(await page.getByText(asksForAnother).count()).toBe(isBound ? 1 : 0)

    // By now, at the latest, the user has a passkey that can be synced.
    if (credential && !isBound) {
      await authenticator.removeCredential(credential.id)
      await authenticator.addCredential({ ...credential, isBackedUp: true })
    }
    await page.context().clearCookies()
    await page.goto(`${running.url}/login`)
    await page.getByRole('button', { name: 'Continue with a passkey' }).click()
    await page.waitForURL('**/settings/account')
    // From the second sign-in, a user with a passkey on one device only is asked for another one.
    expect(await page.getByText(asksForAnother).count()).toBe(isBound ? 1 : 0)
    const [used] = await running.app.pocket.passkeys.list(accountId)
    expect(used?.lastUsedAt).toEqual(expect.any(Number))
    expect(used?.counter).toBeGreaterThan(passkey?.counter ?? 0)
    expect(used?.backedUp).toBe(!isBound)
  })
})

describe.each<[string, VirtualAuthenticatorOptions]>([
  ['a device without a screen lock', unverified],
  ['a security key without a PIN', { transport: 'usb', ...unverified }],
  ['a fingerprint that does not match', { isUserVerified: false }],
  ['a device that stores no passkeys', { hasResidentKey: false }],
  ['a security key that stores no passkeys', { transport: 'usb', hasResidentKey: false }],
  ['a U2F security key', { protocol: 'u2f', transport: 'usb', hasResidentKey: false, ...unverified }],
])('%s', (_name, options) => {
  test('rejects the sign-up and explains what to do', async () => {
    await using person = await signUp(options)
    const { page, authenticator } = person
    await page.getByRole('alert').getByText('No passkey was created').waitFor()
    await page.getByRole('alert').getByText('set up its screen lock or PIN').waitFor()
    expect(await authenticator.credentials()).toEqual([])
    const known = await fetch(`${running.url}/api/users?search=${person.name}`, { headers: { 'x-api-key': key } })
    expect(await known.json()).toMatchObject({ data: [] })
  })
})

test('a fingerprint that no longer matches is rejected until it does', async () => {
  await using person = await signUp({})
  const { page, authenticator } = person
  await page.waitForURL('**/settings/apps')
  await page.context().clearCookies()
  await authenticator.setUserVerified(false)
  await page.goto(`${running.url}/login`)
  const button = page.getByRole('button', { name: 'Continue with a passkey' })
  await button.click()
  await page.getByRole('alert').getByText('No passkey was used').waitFor()
  await authenticator.setUserVerified(true)
  await button.click()
  await page.waitForURL('**/settings/account')
})

test('the browser forgets a removed passkey that it offers', async () => {
  await using person = await signUp({})
  const { page, authenticator } = person
  await page.waitForURL('**/settings/apps')
  const [credential] = await authenticator.credentials()
  const accountId = Buffer.from(credential?.userHandle ?? '', 'base64url').toString()
  const [passkey] = await running.app.pocket.passkeys.list(accountId)
  await running.app.pocket.passkeys.removeAsAdministrator(accountId, passkey?.id ?? '')
  await page.context().clearCookies()
  await page.goto(`${running.url}/login`)
  await page.getByRole('button', { name: 'Continue with a passkey' }).click()
  await page.getByRole('alert').getByText('This passkey is no longer known here.').waitFor()
  expect(await authenticator.credentials()).toEqual([])
})

test.each([
  ['a day ahead', 86_400_000],
  ['a day behind', -86_400_000],
])('a browser whose clock is %s signs in', async (_name, skew) => {
  await using person = await signUp({})
  const { page } = person
  await page.waitForURL('**/settings/apps')
  await page.context().clearCookies()
  await page.addInitScript((by) => {
    const now = Date.now
    Date.now = () => now() + by
  }, skew)
  await page.goto(`${running.url}/login`)
  await page.getByRole('button', { name: 'Continue with a passkey' }).click()
  await page.waitForURL('**/settings/account')
})

test('two tabs sign in with separate challenges', async () => {
  await using person = await signUp({})
  const { page, authenticator } = person
  await page.waitForURL('**/settings/apps')
  await page.context().clearCookies()
  const other = await page.context().newPage()
  const inOther = await addVirtualAuthenticator(other)
  for (const each of await authenticator.credentials()) await inOther.addCredential(each)
  for (const tab of [page, other]) await tab.goto(`${running.url}/login`)
  for (const tab of [page, other]) {
    await tab.getByRole('button', { name: 'Continue with a passkey' }).click()
    await tab.waitForURL('**/settings/account')
  }
})

test('a page whose challenge is no longer valid signs in with a new one', async () => {
  await using person = await signUp({})
  const { page } = person
  await page.waitForURL('**/settings/apps')
  await page.context().clearCookies()
  await page.goto(`${running.url}/login`)
  // The challenge is bound to the browser token, which no longer exists.
  await page.context().clearCookies()
  await page.getByRole('button', { name: 'Continue with a passkey' }).click()
  await page.waitForURL('**/settings/account')
})

test('the field of the page offers passkeys, and accepts an e-mail address without one', async () => {
  await using withCodes = await startApp({
    UI_CONFIG_DISABLED: 'true',
    ALLOW_USER_SIGNUPS: 'open',
    EMAIL_ONE_TIME_ACCESS_AS_UNAUTHENTICATED_ENABLED: 'true',
    SMTP_HOST: '127.0.0.1',
    SMTP_FROM: 'id@example.com',
  })
  await setUpOverApi(withCodes.url)
  await using person = await signUp({}, withCodes.url)
  const { page, authenticator } = person
  await page.waitForURL('**/settings/apps')
  await page.context().clearCookies()
  const requests: string[] = []
  page.on('request', (request) => requests.push(`${request.method()} ${new URL(request.url()).pathname}`))
  // A virtual authenticator responds to a conditional request immediately, as if its passkey had been selected in the field.
  await page.goto(`${withCodes.url}/login`, { waitUntil: 'commit' })
  await page.waitForURL('**/settings/account')
  expect(requests.filter((each) => !each.includes('/assets/'))).toEqual([
    'GET /login',
    'POST /login',
    'GET /settings/account',
  ])

  await page.context().clearCookies()
  for (const { id } of await authenticator.credentials()) await authenticator.removeCredential(id)
  await page.goto(`${withCodes.url}/login`)
  const field = page.getByLabel('E-mail')
  expect(await field.getAttribute('autocomplete')).toBe('username webauthn')
  await field.fill('nobody@example.com')
  await page.getByRole('button', { name: /code/ }).click()
  await page.getByRole('status').getByText('nobody@example.com').waitFor()
})

test('the login code field offers passkeys too, but not on the page that a link opens', async () => {
  await using person = await signUp({})
  const { page, authenticator } = person
  await page.waitForURL('**/settings/apps')
  const [credential] = await authenticator.credentials()
  const id = Buffer.from(credential?.userHandle ?? '', 'base64url').toString()
  const send = async (method: string, path: string, body: object) => {
    const headers = { 'content-type': 'application/json', 'x-api-key': key }
    const response = await fetch(`${running.url}/api/users/${id}${path}`, {
      method,
      headers,
      body: JSON.stringify(body),
    })
    expect(response.ok).toBe(true)
    return response.json()
  }
  await page.context().clearCookies()
  const requests: string[] = []
  page.on('request', (request) => requests.push(`${request.method()} ${new URL(request.url()).pathname}`))
  // As above: the virtual authenticator responds immediately.
  await page.goto(`${running.url}/lc?redirect=/settings/audit-log`, { waitUntil: 'commit' })
  await page.waitForURL(({ pathname }) => pathname === '/settings/audit-log')
  expect(requests.filter((each) => !each.includes('/assets/'))).toEqual([
    'GET /lc',
    'POST /login',
    'GET /settings/audit-log',
  ])

  await page.context().clearCookies()
  const user = { username: person.name, email: `${person.name}@example.com`, firstName: '', lastName: '' }
  const whole = { ...user, displayName: person.name, isAdmin: false }
  await send('PUT', '', { ...whole, disabled: true })
  await page.goto(`${running.url}/lc`, { waitUntil: 'commit' })
  await page.getByRole('alert').getByText('This account can’t sign in at the moment').waitFor()
  // The page still offers passkeys, and would sign the user in immediately.
  await page.goto('about:blank')
  await send('PUT', '', { ...whole, disabled: false })

  const { token } = await send('POST', '/one-time-access-token', {})
  const field = page.getByLabel('Login code')
  await page.goto(`${running.url}/lc/${token}`)
  await page.waitForLoadState('networkidle')
  expect(await field.getAttribute('autocomplete')).toBe('one-time-code')
  expect(new URL(page.url()).pathname).toBe(`/lc/${token}`)

  for (const each of await authenticator.credentials()) await authenticator.removeCredential(each.id)
  await page.goto(`${running.url}/lc`)
  expect(await field.getAttribute('autocomplete')).toBe('one-time-code webauthn')
  await field.fill(token)
  await page.getByRole('button', { name: 'Sign in' }).click()
  await page.waitForURL('**/signup/add-passkey')
})
