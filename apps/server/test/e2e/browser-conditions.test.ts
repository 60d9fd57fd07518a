import { createServer } from 'node:http'
import { beforeAll, expect, test } from '@jest/globals'
import {
  addVirtualAuthenticator,
  type BrowserContextOptions,
  eventually,
  expectNoAxeViolations,
  freePort,
  launchBrowser,
  shareBetweenTests,
} from '@pocket/test-support'
import { startApp } from '../http/app.ts'
import { waitForRedirect } from './redirect-target.ts'
import { setUpOverApi } from './set-up.ts'

const running = shareBetweenTests(() => startApp({ UI_CONFIG_DISABLED: 'true', ALLOW_USER_SIGNUPS: 'open' }))
const browser = shareBetweenTests(() => launchBrowser())
let count = 0

beforeAll(async () => {
  await setUpOverApi(running.url)
})

async function open(path: string, options: BrowserContextOptions = {}) {
  const context = await browser.newContext(options)
  const page = await context.newPage()
  await page.goto(running.url + path)
  return { page, [Symbol.asyncDispose]: () => context.close() }
}

/** A browser with a passkey, signed out. */
async function openBrowserWithPasskey(
  options: BrowserContextOptions = {},
  authenticator: Parameters<typeof addVirtualAuthenticator>[1] = {},
) {
  const opened = await open('/signup', options)
  const { page } = opened
  const virtual = await addVirtualAuthenticator(page, authenticator)
  await page.getByLabel('User name').fill(`someone${count++}`)
  await page.getByLabel('E-mail').fill(`someone${count}@example.com`)
  await page.getByRole('button', { name: 'Create passkey and continue' }).click()
  await page.waitForURL('**/settings/apps')
  await page.context().clearCookies()
  return { ...opened, authenticator: virtual }
}

test('inside another app, the page says to open it in the browser', async () => {
  const userAgent =
    'Mozilla/5.0 (Linux; Android 15; Pixel 9 Build/AP3A; wv) AppleWebKit/537.36 (KHTML, like Gecko) Version/4.0 Chrome/141.0.0.0 Mobile Safari/537.36 [FBAN/EMA;FBAV/400.0]'
  await using opened = await open('/login', { userAgent })
  await opened.page.getByRole('button', { name: 'Continue with a passkey' }).click()
  await opened.page.getByRole('alert').getByText('inside another app').waitFor()
})

test('a page of another site cannot show the sign-in page in a frame', async () => {
  const port = await freePort()
  const site = createServer((_req, res) =>
    res.setHeader('content-type', 'text/html').end(`<iframe src="${running.url}/login"></iframe>`),
  )
  await new Promise<void>((resolve) => site.listen(port, '127.0.0.1', resolve))
  const context = await browser.newContext()
  const page = await context.newPage()
  await page.goto(`http://127.0.0.1:${port}`)
  const frame = page.frames()[1]
  expect(await frame?.getByRole('button').count()).toBe(0)
  await context.close()
  site.close()
})

test('over a slow network, a passkey signs in', async () => {
  await using opened = await openBrowserWithPasskey()
  const { page } = opened
  const devTools = await page.context().newCDPSession(page)
  const slow = { offline: false, latency: 400, downloadThroughput: 50_000, uploadThroughput: 25_000 }
  await devTools.send('Network.emulateNetworkConditions', slow)
  await page.goto(`${running.url}/login`)
  await page.getByRole('button', { name: 'Continue with a passkey' }).click()
  await page.waitForURL('**/settings/account')
})

test.each([
  [
    'a security key',
    { transport: 'usb', defaultBackupEligibility: false },
    'on a security key',
    'If you lose the key, it is lost too.',
  ],
  ['a device', { defaultBackupEligibility: false }, 'on one device', 'If you lose the device, it is lost too.'],
  ['a password manager that syncs', {}, 'synced', 'If you lose a device, your password manager still has it.'],
] as const)(
  'the page says that a passkey is stored on %s, and what happens when that is lost',
  async (_, options, where, loss) => {
    await using opened = await openBrowserWithPasskey({}, options)
    const { page } = opened
    await page.goto(`${running.url}/login`)
    await page.getByRole('button', { name: 'Continue with a passkey' }).click()
    await page.waitForURL('**/settings/account')
    await page.goto(`${running.url}/settings/account/security`)
    const passkey = page.getByRole('region', { name: 'Passkeys', exact: true }).getByRole('listitem')
    expect(await passkey.locator('summary').getByText(`· ${where}`).isVisible()).toBe(true)
    await passkey.locator('summary').click()
    await passkey.getByText(loss).waitFor()
  },
)

const phone =
  'Mozilla/5.0 (Linux; Android 15; Pixel 9) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/141.0.0.0 Mobile Safari/537.36'
const [currentUrl, onPhone, onKey] = ['On this device', 'On a phone', 'On a security key']

test.each([
  ['a computer whose passkey is on it', {}, 'internal', false, [onPhone, onKey, currentUrl]],
  ['a phone whose passkey is on it', { userAgent: phone }, 'internal', false, [onKey, onPhone, currentUrl]],
  ['a computer with a security key', {}, 'usb', true, [currentUrl, onPhone, onKey]],
  ['a phone with a security key', { userAgent: phone }, 'usb', true, [currentUrl, onKey, onPhone]],
  ['a computer without a platform authenticator', {}, 'usb', false, [onPhone, onKey]],
] as const)(
  '%s is offered its shortest path to a second passkey first, and takes it',
  async (_, options, transport, hasOther, order) => {
    await using opened = await openBrowserWithPasskey(options, { transport, defaultBackupEligibility: false })
    const { page, authenticator } = opened
    await page.goto(`${running.url}/login`)
    await page.getByRole('button', { name: 'Continue with a passkey' }).click()
    await page.waitForURL('**/settings/account')
    if (hasOther) await addVirtualAuthenticator(page, { transport: 'internal' })
    await page.goto(`${running.url}/settings/account/security`)
    const shown = page.locator('button[data-add-on]:visible')
    await eventually(async () => expect(await shown.allTextContents()).toEqual(order))
    // Otherwise the authenticator that has the first passkey ends the ceremony, because none is chosen by touch. This removes all.
    await authenticator.remove()
    await addVirtualAuthenticator(page, {
      transport: order[0] === currentUrl ? 'internal' : order[0] === onKey ? 'usb' : 'cable',
    })
    const [button] = await shown.all()
    const hints: unknown[] = []
    await page.route(/\/passkeys\/options\?on=/, async (route) => {
      const response = await route.fetch()
      hints.push((await response.json()).options.hints[0])
      await route.fulfill({ response })
    })
    await button?.click()
    await page.getByRole('status').getByText('was added').waitFor()
    const passkeys = page.getByRole('region', { name: 'Passkeys', exact: true })
    expect(await passkeys.getByRole('listitem').count()).toBe(2)
    expect(await shown.count()).toBe(0)
    expect(hints).toEqual([order[0] === currentUrl ? 'client-device' : order[0] === onKey ? 'security-key' : 'hybrid'])
  },
)

test('a second passkey can be added, or put off, on the way to an application', async () => {
  const callback = 'http://127.0.0.1:9/callback'
  const { id } = await running.app.pocket.clients.create({ name: 'App', redirectUris: [callback], skipConsent: true })
  const query = { client_id: id, redirect_uri: callback, response_type: 'code', scope: 'openid' }
  for (const button of ['Not now', 'On a phone']) {
    await using opened = await openBrowserWithPasskey({}, { defaultBackupEligibility: false })
    const { page, authenticator } = opened
    await page.goto(`${running.url}/authorize?${new URLSearchParams(query)}`)
    await page.getByRole('button', { name: 'Continue with a passkey' }).click()
    await page.waitForURL('**/settings/account/second-passkey?**')
    await expectNoAxeViolations(page)
    await authenticator.remove()
    await addVirtualAuthenticator(page, { transport: 'cable' })
    const reached = await waitForRedirect(page, callback, () => page.getByRole('button', { name: button }).click())
    expect(new URL(reached).searchParams.has('code')).toBe(true)
  }
})

test('recovery codes are printed alone, with the name of the account', async () => {
  await using opened = await openBrowserWithPasskey()
  const { page } = opened
  await page.goto(`${running.url}/login`)
  await page.getByRole('button', { name: 'Continue with a passkey' }).click()
  await page.waitForURL('**/settings/account')
  await page.goto(`${running.url}/settings/account/security`)
  await page.getByRole('button', { name: /recovery codes/i }).click()
  const print = page.getByRole('button', { name: 'Print' })
  await print.waitFor()
  const printed = page.evaluate(() =>
    new Promise((resolve) => addEventListener('beforeprint', resolve)).then(() => true),
  )
  await print.click()
  expect(await printed).toBe(true)
  await page.emulateMedia({ media: 'print' })
  expect([await print.isVisible(), await page.locator('.codes li:visible').count()]).toEqual([false, 10])
})

test('without JavaScript, the pages say that a passkey needs it', async () => {
  for (const path of ['/login', '/signup']) {
    await using opened = await open(path, { javaScriptEnabled: false })
    // biome-ignore lint/performance/useDomNodeTextContent: the text must be visible.
    const text = await opened.page.locator('body').innerText()
    expect(text).toContain('A passkey needs JavaScript, which is turned off in this browser.')
    expect(await opened.page.locator('.scripted:visible').count()).toBe(0)
  }
})

/** A browser that blocks cookies, and storage, which throws then. */
async function openWithoutStorage() {
  const context = await browser.newContext()
  await context.addInitScript(() => {
    const deny = () => {
      throw new DOMException('Access is denied for this document.', 'SecurityError')
    }
    for (const name of ['localStorage', 'sessionStorage', 'indexedDB', 'caches'])
      Object.defineProperty(globalThis, name, { get: deny })
    Object.defineProperty(Navigator.prototype, 'cookieEnabled', { get: () => false })
  })
  return { context, [Symbol.asyncDispose]: () => context.close() }
}

test('without cookies and storage, the pages say that a passkey needs cookies', async () => {
  await using blocked = await openWithoutStorage()
  const page = await blocked.context.newPage()
  await addVirtualAuthenticator(page)
  const errors: Error[] = []
  page.on('pageerror', (error) => errors.push(error))
  await page.goto(`${running.url}/login`)
  await page.getByRole('button', { name: 'Continue with a passkey' }).click()
  await page.getByRole('alert').getByText('A passkey needs cookies, which this browser blocks.').waitFor()
  await page.goto(`${running.url}/signup`)
  await page.getByLabel('User name').fill('cookieless')
  await page.getByLabel('E-mail').fill('cookieless@example.com')
  await page.getByRole('button', { name: 'Create passkey and continue' }).click()
  await page.getByRole('alert').getByText('A passkey needs cookies, which this browser blocks.').waitFor()
  expect(errors).toEqual([])
})
