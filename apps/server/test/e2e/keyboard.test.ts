import { afterAll, beforeAll, describe, expect, jest, test } from '@jest/globals'
import { newUser } from '@pocket/directory'
import {
  addVirtualAuthenticator,
  expectNoAxeViolations,
  launchBrowser,
  type Page,
  shareBetweenTests,
} from '@pocket/test-support'
import { authorizationUrl } from '../api/instance.ts'
import { startApp } from '../http/app.ts'
import { createKeyboard, type Keyboard } from './keyboard.ts'

/** One user, one browser, no pointer: each test continues from the previous one. */
const running = shareBetweenTests(() => startApp())
const browser = shareBetweenTests(() => launchBrowser())
let page: Page
let keyboard: Keyboard
const output: string[] = []
let passkeyChecks = 0

beforeAll(async () => {
  const context = await browser.newContext({ viewport: { width: 1280, height: 720 } })
  page = await context.newPage()
  keyboard = createKeyboard(page, running.url)
  page.on('console', (message) => {
    // Chromium logs this for every rejected form.
    if (!message.text().endsWith('status of 400 (Bad Request)')) output.push(message.text())
  })
  page.on('pageerror', (error) => output.push(String(error)))
  await addVirtualAuthenticator(page)
})
afterAll(() => void jest.restoreAllMocks())

const press = (key: string) => page.keyboard.press(key)
const readFocus = () => keyboard.readFocus()
const waitForFocus: Keyboard['waitForFocus'] = (name) => keyboard.waitForFocus(name)
const tabTo: Keyboard['tabTo'] = (name, most) => keyboard.tabTo(name, most)
const navigateTo: Keyboard['navigateTo'] = (to, act) => keyboard.navigateTo(to, act)
const outcome = () => keyboard.outcome()
async function send(): Promise<void> {
  if (await keyboard.submit()) passkeyChecks += 1
}

const addPerson = (firstName: string, lastName: string) =>
  running.app.directory.create(
    newUser({
      userName: firstName.toLowerCase(),
      email: `${firstName.toLowerCase()}@example.com`,
      firstName,
      lastName,
    }),
  )

/** Opens a page with the palette. */
async function go(name: string, path: string): Promise<void> {
  await press('Control+k')
  // The palette loads its code when it opens; until then Enter leads to the results page.
  await page.getByRole('dialog').getByRole('option').first().waitFor()
  await page.keyboard.type(name)
  await navigateTo(path, () => press('Enter'))
}

describe('with the keyboard alone', () => {
  test('an administrator completes the set-up, signs out and signs in', async () => {
    await page.goto(`${running.url}/login/setup`)
    await tabTo(/^User name/i)
    await page.keyboard.type('ada')
    await tabTo(/^First name/i)
    await page.keyboard.type('Ada')
    await tabTo(/^E-mail/i)
    await page.keyboard.type('ada@example.com')
    await navigateTo(/\/settings\//, () => press('Enter'))
    for (const name of ['Lena', 'Lars', 'Lotte']) await addPerson(name, 'Lister')
    await tabTo('Sign out')
    await press('Enter')
    await page.waitForURL((url) => !url.pathname.startsWith('/settings'))
    await page.goto(`${running.url}/login`)
    await tabTo('Continue with a passkey')
    await navigateTo('/settings/account', () => press('Enter'))
  })

  test('the first tab stop of a page skips its menu', async () => {
    await page.reload()
    await press('Tab')
    await waitForFocus('Skip to content')
    await press('Enter')
    await page.locator('#content:focus').waitFor()
  })

  test('the palette opens on any page, follows the input, and navigates', async () => {
    await tabTo(/./)
    const before = await readFocus()
    await press('Control+k')
    const box = page.getByRole('combobox', { name: 'Search' })
    await page.locator('#palette').getByRole('option').first().waitFor()
    await waitForFocus('Search')
    await expectNoAxeViolations(page)
    const activeOption = () =>
      page
        .evaluate(() => document.getElementById(document.activeElement?.getAttribute('aria-activedescendant') ?? ''))
        .then(() => page.locator('[role="option"][aria-selected="true"] .name').textContent())
    expect(await activeOption()).toBe('My apps')
    await press('ArrowDown')
    expect(await activeOption()).toBe('Account')
    await press('ArrowUp')
    await press('ArrowUp')
    expect(await box.getAttribute('aria-activedescendant')).toBe(
      await page.locator('[role="option"]').last().getAttribute('id'),
    )
    await press('Escape')
    await box.waitFor({ state: 'hidden' })
    await waitForFocus(before.name)

    await press('Control+k')
    await page.keyboard.type('liste')
    await page.getByRole('status').filter({ hasText: 'Results: 3' }).waitFor()
    expect(await box.getAttribute('aria-expanded')).toBe('true')
    await page.keyboard.type('x')
    await page.getByRole('status').filter({ hasText: 'Results: 0' }).waitFor()
    expect(await box.getAttribute('aria-expanded')).toBe('false')
    await press('Enter')
    expect(new URL(page.url()).pathname).toBe('/settings/account')
    await press('Backspace')
    // Faster than any response: the typed text counts, not the displayed results.
    await press('Control+a')
    await page.keyboard.type('users')
    await navigateTo('/settings/admin/users', () => press('Enter'))
  })

  test('searches, sorts and edits a list; Cancel discards edits', async () => {
    await tabTo('Search this list')
    await page.keyboard.type('lister')
    await navigateTo(/search=lister/, () => press('Enter'))
    await tabTo('Name')
    await navigateTo(/desc/, () => press('Enter'))
    expect(await page.locator('tbody .name').allTextContents()).toEqual(['Lotte Lister', 'Lena Lister', 'Lars Lister'])
    // Sorting does not move the focus.
    await waitForFocus('Name')
    const list = page.url().slice(running.url.length).split('#')[0] ?? ''
    await tabTo('Select Lotte Lister')
    await press(' ')
    await tabTo('Disable…')
    await press('Enter')
    await page.getByRole('heading', { name: /Lotte Lister/ }).waitFor()
    await tabTo('Cancel')
    await navigateTo(list, () => press('Enter'))
    await tabTo('Select Lotte Lister')
    await press(' ')
    await tabTo('Disable…')
    await press('Enter')
    await page.getByRole('heading', { name: /Lotte Lister/ }).waitFor()
    await tabTo(/^Disable/)
    await navigateTo(list, () => press('Enter'))
    await page.locator('tbody').getByText('Disabled', { exact: true }).waitFor()
    expect((await running.app.directory.findByName('lotte'))?.disabled).toBe(true)
  })

  test('columns are selected and kept across pages, and the result of a bulk action is announced there', async () => {
    for (let each = 10; each < 32; each += 1) await addPerson(`Walter${each}`, 'Walker')
    await go('users', '/settings/admin/users')
    await tabTo('Columns')
    await press('Enter')
    await tabTo('Created', 10)
    await press(' ')
    await navigateTo(/columns=created/, () => press('Enter'))
    const columnHeaders = () => page.getByRole('columnheader').allTextContents()
    expect([await readFocus(), await columnHeaders()]).toEqual([
      { name: 'Users', isVisible: false },
      expect.arrayContaining(['Created']),
    ])
    await tabTo('Next', 100)
    await navigateTo(/page=2/, () => press('Enter'))
    expect([await readFocus(), await columnHeaders()]).toEqual([
      { name: 'Users', isVisible: false },
      expect.arrayContaining(['Created']),
    ])
    await tabTo('Select Walter31 Walker', 60)
    await press(' ')
    await tabTo('Disable…', 60)
    await press('Enter')
    await page.getByRole('heading', { name: /Walter31/ }).waitFor()
    await tabTo(/^Disable/)
    await navigateTo(/page=2$/, () => press('Enter'))
    expect(await outcome()).toMatch(/^Disabled: Walter\d+ Walker/)
    await tabTo('Undo', 1)
    await send()
    expect(await outcome()).toMatch(/^Enabled: Walter\d+ Walker/)
  })

  test('a dialog traps the focus and restores it', async () => {
    await press('Control+k')
    await page.keyboard.type('lars')
    await page.getByRole('option', { name: /Lars Lister/ }).waitFor()
    await navigateTo(/\/settings\/admin\/users\/[0-9a-f-]+$/, () => press('Enter'))
    await tabTo('Delete…', 80)
    await press('Enter')
    const dialog = page.getByRole('dialog', { name: /Lars Lister/ })
    await dialog.waitFor()
    for (let presses = 0; presses < 6; presses += 1) {
      await press('Tab')
      // Between the last and the first tab stop is the browser itself, which the body represents here.
      const place = await page.evaluate(
        () => document.activeElement === document.body || document.activeElement?.closest('dialog') !== null,
      )
      expect(place).toBe(true)
    }
    // Another palette would open a dialog over a dialog.
    await press('Control+k')
    expect(await page.locator('#palette').isVisible()).toBe(false)
    await press('Escape')
    await dialog.waitFor({ state: 'hidden' })
    await waitForFocus('Delete…')
  })

  test('an application is added from a template: a rejected value gets the focus and a link to its field', async () => {
    await go('clients', '/settings/admin/oidc-clients')
    await tabTo('Add client')
    await navigateTo('/settings/admin/oidc-clients/new', () => press('Enter'))
    await tabTo(/^Search/)
    await tabTo('Search')
    await tabTo(/Grafana/, 60)
    await navigateTo(/template=grafana/, () => press('Enter'))
    await tabTo(/^Address of Grafana/)
    await page.keyboard.type('ftp://grafana')
    await Promise.all([page.waitForResponse((response) => response.status() === 400), press('Enter')])
    await page.locator('[autofocus]').waitFor()
    await waitForFocus(/^One thing needs to be changed/)
    await press('Tab')
    await press('Enter')
    await waitForFocus(/^Address of Grafana/)
    await press('Control+a')
    await page.keyboard.type('https://grafana.example.com')
    await tabTo('No one')
    await press('ArrowDown')
    await tabTo('Add client')
    await navigateTo(/\/oidc-clients\/[0-9a-f-]+$/, () => press('Enter'))
    await tabTo('Test this client', 80)
    await press('Enter')
    await page.getByRole('heading', { name: 'Result', exact: true }).waitFor()
  })

  test('consent for an application is given or denied', async () => {
    // Any existing page, whatever it does with a code.
    const back = `${running.url}/settings/apps`
    const { id } = await running.app.pocket.clients.create({
      name: 'Photos',
      redirectUris: [back],
      isPublic: true,
    })
    const pkce = { code_challenge: 'E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM', code_challenge_method: 'S256' }
    const to = authorizationUrl(running.url, id, back, { ...pkce, scope: 'openid email' })
    const sendRequest = () => page.goto(to)
    await sendRequest()
    await tabTo('Cancel')
    await navigateTo(/error=access_denied/, () => press('Enter'))
    await sendRequest()
    await tabTo('Allow and continue')
    await navigateTo(/code=/, () => press('Enter'))
  })

  test('a passkey is renamed', async () => {
    await page.goto(`${running.url}/settings/account/security`)
    await tabTo(/Edit$/)
    await press('Enter')
    await tabTo('Name')
    await press('Control+a')
    await page.keyboard.type('The one in the safe')
    await navigateTo('/settings/account/security', () => press('Enter'))
    await page.getByRole('status').filter({ hasText: 'The one in the safe' }).waitFor()
  })

  test('a sign-up link is created and deleted', async () => {
    await go('invitations', '/settings/admin/invitations')
    await tabTo(/^Maximum uses/)
    await send()
    expect(await outcome()).toMatch(/^Copy the link below/)
    await tabTo('Delete', 60)
    await send()
    expect(await outcome()).toMatch(/^Deleted: /)
  })

  test('another theme is selected', async () => {
    await tabTo('Language and theme', 60)
    await press('Enter')
    await tabTo('Dark', 60)
    await send()
    expect(await page.evaluate(() => document.documentElement.dataset.theme)).toBe('dark')
  })

  test('no page logs to the console', () => {
    // Except Chromium's messages about forms that waited for the passkey.
    expect(output).toEqual(
      Array.from({ length: passkeyChecks }, () => expect.stringMatching(/status of 401 \(Unauthorized\)$/)),
    )
  })
})

test('without scripts, the button leads to the search page', async () => {
  const context = await browser.newContext({ javaScriptEnabled: false })
  await context.addCookies(await page.context().cookies())
  const plain = await context.newPage()
  await plain.goto(`${running.url}/settings/account`)
  expect(await plain.locator('kbd').isVisible()).toBe(false)
  await plain.getByRole('button', { name: 'Search' }).press('Enter')
  await plain.waitForURL(`${running.url}/settings/search?`)
  await plain.getByRole('searchbox').fill('lena')
  await plain.getByRole('searchbox').press('Enter')
  await plain.getByRole('link', { name: /Lena Lister/ }).click()
  await plain.waitForURL(/\/settings\/admin\/users\//)
})

test('the palette loads nothing before it is used', async () => {
  const other = await page.context().newPage()
  const requests: string[] = []
  other.on('request', (request) => requests.push(new URL(request.url()).pathname))
  await other.goto(`${running.url}/settings/account`, { waitUntil: 'networkidle' })
  expect(requests.filter((path) => /palette|search/.test(path))).toEqual([])
  await other.getByRole('button', { name: 'Search' }).click()
  await other.locator('#palette').getByRole('option').first().waitFor()
  expect(requests.filter((path) => /palette|search/.test(path))).toEqual([
    expect.stringMatching(/^\/assets\/palette\./),
    '/api/search',
  ])
  const account = other.getByRole('option', { name: /My apps/ })
  await account.click()
  await other.waitForURL(`${running.url}/settings/apps`)
})
