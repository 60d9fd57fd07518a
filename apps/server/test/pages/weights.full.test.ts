import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { addVirtualAuthenticator, launchBrowser, type Page, shareBetweenTests } from '@pocket/test-support'
import { startApp } from '../http/app.ts'
import { filledPages, startFilledInstance } from './filled-instance.ts'
import { maxShift, watchPage } from './watch-page.ts'

/** Bytes over the network, including response headers. */
const maxBytes = { signIn: 40_000, other: 60_000 }
const browser = shareBetweenTests(() => launchBrowser())

describe('the sign-in page of a real instance', () => {
  test('stays within its size limit, loads one level of files, and requests nothing else before its button works', async () => {
    await using running = await startApp()
    const page = await browser.newPage({ viewport: { width: 390, height: 844 } })
    await addVirtualAuthenticator(page)
    await page.goto(`${running.url}/login/setup`)
    await page.getByRole('textbox', { name: 'User name' }).fill('ada')
    await page.getByRole('button', { name: /^Create passkey/ }).click()
    await page.waitForURL(/\/settings\//)
    await page.context().clearCookies()

    const log = await watchPage(page)
    await log.load(`${running.url}/login`)
    // Waits half a second without a request, so that late requests are recorded.
    await page.waitForLoadState('networkidle')
    const first = await log.sinceLoad()
    expect(first.messages).toEqual([])
    expect(first.shift).toBeLessThan(maxShift)
    expect(first.bytes).toBeGreaterThan(5000)
    expect(first.bytes).toBeLessThanOrEqual(maxBytes.signIn)
    // The document references every file; a file requested by a script would cost a second round trip.
    expect(first.requests[0]).toEqual({ method: 'GET', path: '/login', by: 'person' })
    const files = first.requests.slice(1)
    expect(files.length).toBeGreaterThan(1)
    for (const { method, path, by } of files)
      expect([path, method, by === 'document' || path.includes('favicon')]).toEqual([path, 'GET', true])

    await page.getByRole('button', { name: 'Continue with a passkey' }).click()
    await page.waitForURL(`${running.url}/settings/account`)
    const { requests } = await log.sinceLoad()
    const [sent, led] = requests.slice(first.requests.length)
    expect(sent).toMatchObject({ method: 'POST', path: '/login' })
    expect(led).toMatchObject({ method: 'GET', path: '/settings/account' })
    await page.context().close()
  })
})

describe('the admin pages with 5,000 users, 500 groups and 500 clients', () => {
  const stack = new AsyncDisposableStack()
  let url = ''
  let page: Page
  let log: Awaited<ReturnType<typeof watchPage>>
  beforeAll(async () => {
    page = await browser.newPage({ viewport: { width: 1280, height: 800 } })
    ;({ url } = stack.use(await startFilledInstance(page, { users: 5000, others: 500 })))
    log = await watchPage(page)
    await page.clock.install()
  })
  afterAll(async () => {
    await page.context().close()
    await stack.disposeAsync()
  })

  test.each([...filledPages])(
    '%s stays within its size limit, does not shift, and names its files in the document',
    async (_name, path) => {
      await log.load(url + path)
      // Also records late requests.
      await page.clock.runFor(5000)
      const { bytes, requests, messages, shift } = await log.sinceLoad()
      expect(await page.getByRole('heading', { level: 1 }).count()).toBe(1)
      expect(messages).toEqual([])
      expect(shift).toBeLessThan(maxShift)
      expect(bytes).toBeLessThanOrEqual(maxBytes.other)
      expect(requests.filter(({ by }) => by === 'script')).toEqual([])
    },
  )

  test('the heaviest pages stay within the size limit in the language with the longest texts', async () => {
    await page.context().addCookies([{ name: 'language', value: 'uk', url }])
    const invitations = `${url}${filledPages.get('admin-invitations')}`
    const created = { form: { uses: '1', lifetime: 'week' }, headers: { origin: url }, maxRedirects: 0 }
    expect((await page.request.post(invitations, created)).status()).toBe(303)
    // The page with the new link and its QR code is not compressed.
    await log.load(invitations)
    await page.clock.runFor(5000)
    expect(await page.locator('.qr').count()).toBe(1)
    expect((await log.sinceLoad()).bytes).toBeLessThanOrEqual(maxBytes.other - 1000)
    const heaviest = ['admin-invitations', 'admin-oidc-clients-new', 'admin-oidc-clients-one', 'admin-passkeys']
    for (const name of heaviest) {
      await log.load(`${url}${filledPages.get(name)}`)
      await page.clock.runFor(5000)
      expect(await page.evaluate(() => document.documentElement.lang)).toBe('uk')
      expect((await log.sinceLoad()).bytes).toBeLessThanOrEqual(maxBytes.other)
    }
  })
})
