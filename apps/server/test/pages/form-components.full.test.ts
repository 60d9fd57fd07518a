import { afterEach, beforeAll, describe, expect, test } from '@jest/globals'
import { expectNoAxeViolations, launchBrowser, shareBetweenTests, type TestBrowser } from '@pocket/test-support'
import { startPageServer } from './page-server.ts'

type Page = Awaited<ReturnType<TestBrowser['newPage']>>

const browser = shareBetweenTests(() => launchBrowser())
const server = shareBetweenTests(() => startPageServer())
let page: Page

beforeAll(async () => {
  const apis = [{ id: 'a9', name: 'Photos API', detail: 'https://photos.example.com' }]
  const items = [
    { id: 'g1', name: 'Family', detail: 'Members: 6' },
    { id: 'g7', name: 'Engineering', detail: 'Members: 42' },
    { id: 'g8', name: 'Engineering contractors', detail: 'Members: 7' },
  ]
  server.answer = ({ method, path }) =>
    path === '/settings/admin/choices/groups'
      ? { status: 200, body: { items, summary: 'Results: 3' } }
      : path === '/settings/admin/choices/apis'
        ? { status: 200, body: { items: apis, summary: '1 match' } }
        : method === 'GET'
          ? { status: 200, body: 'Another page' }
          : { status: 204, body: null }
})
afterEach(() => page.context().close())

async function open(name: string, options?: Parameters<TestBrowser['newPage']>[0]): Promise<void> {
  page = await browser.newPage(options)
  await page.goto(`${server.origin}/${name}`)
}
const groups = () => page.getByRole('combobox', { name: 'Groups' })
const readChosen = () => page.locator('.chooser').first().locator('.tag bdi').allTextContents()
const savebar = () => page.locator('.savebar')

describe('a picker', () => {
  test('searches on the server, and adds and removes several with the keyboard', async () => {
    await open('client-access')
    const [first = '', second = ''] = await readChosen()
    await groups().focus()
    await page.keyboard.type('eng')
    const options = page.getByRole('option')
    await options.first().waitFor()
    // Selected items are not offered.
    expect(await options.locator('bdi:first-child').allTextContents()).toEqual([
      'Engineering',
      'Engineering contractors',
    ])
    expect(await groups().getAttribute('aria-expanded')).toBe('true')
    await expectNoAxeViolations(page)
    await page.keyboard.press('ArrowDown')
    const active = await groups().getAttribute('aria-activedescendant')
    expect(await page.locator(`#${active}`).getAttribute('aria-selected')).toBe('true')
    await page.keyboard.press('Enter')
    await page.getByText('Added: Engineering contractors').waitFor()
    expect(await readChosen()).toEqual([first, second, 'Engineering contractors'])
    await page.keyboard.press('ArrowDown')
    await options.first().waitFor()
    await page.keyboard.press('Enter')
    expect(await readChosen()).toEqual([first, second, 'Engineering contractors', 'Engineering'])
    await page.keyboard.press('Backspace')
    expect(await readChosen()).toEqual([first, second, 'Engineering contractors'])
    await page.getByRole('button', { name: `Remove ${first}` }).click()
    expect(await readChosen()).toEqual([second, 'Engineering contractors'])
    await groups().press('ArrowDown')
    await options.first().waitFor()
    await page.keyboard.press('Escape')
    expect([await options.count(), await groups().getAttribute('aria-expanded')]).toEqual([0, 'false'])
    const sent = page.waitForRequest((request) => request.method() === 'POST')
    await page.getByRole('button', { name: 'Save' }).click()
    expect(new URLSearchParams((await sent).postData() ?? '').getAll('groups')).toEqual(['g2', 'g8'])
  })

  test('shows the slugs of groups with the same name', async () => {
    await open('client-access')
    await page.route('**/choices/groups?*', (route) =>
      route.fulfill({
        json: {
          items: ['one', 'two'].map((slug) => ({ id: slug, name: 'Twin', detail: '', slug })),
          summary: '',
        },
      }),
    )
    const chooseFirst = async () => {
      await groups().press('ArrowDown')
      await page.getByRole('option').first().waitFor()
      await groups().press('Enter')
    }
    await groups().press('ArrowDown')
    await page.getByRole('option').first().waitFor()
    expect(await page.getByRole('option').locator('bdi:first-child').allTextContents()).toEqual([
      'Twin (one)',
      'Twin (two)',
    ])
    await groups().press('Enter')
    expect((await readChosen()).slice(2)).toEqual(['Twin'])
    await chooseFirst()
    expect((await readChosen()).slice(2)).toEqual(['Twin (one)', 'Twin (two)'])
    await page.getByRole('button', { name: 'Remove Twin (one)' }).click()
    expect((await readChosen()).slice(2)).toEqual(['Twin'])
    expect(await page.getByRole('button', { name: 'Remove Twin', exact: true }).count()).toBe(1)
  })

  test('leads to a search page without scripts', async () => {
    await open('client-access', { javaScriptEnabled: false })
    await page.getByRole('textbox', { name: 'Groups' }).fill('eng')
    const sent = page.waitForRequest((request) => request.method() === 'POST')
    await page.getByRole('textbox', { name: 'Groups' }).press('Enter')
    const request = await sent
    expect(new URL(request.url()).pathname).toBe('/settings/admin/choose/groups')
    expect(Object.fromEntries(new URLSearchParams(request.postData() ?? ''))).toMatchObject({
      'choose.groups': 'eng',
      access: 'groups',
    })
  })
})

/** Follows a link, and stays when the browser asks. */
async function stayAtQuestion() {
  const asked = page.waitForEvent('dialog')
  const leaving = page
    .getByRole('main')
    .getByRole('link', { name: 'Clients', exact: true })
    .click({ noWaitAfter: true })
  const dialog = await asked
  expect(dialog.type()).toBe('beforeunload')
  await dialog.dismiss()
  await leaving
}

describe('a form with a save bar', () => {
  test('shows the bar only while something differs, names it, and asks before the page is left', async () => {
    await open('client-settings')
    expect(await savebar().isVisible()).toBe(false)
    await page.getByLabel('Description').fill('Changed')
    expect(await savebar().getByRole('status').textContent()).toBe('Changed: Description')
    await page.getByLabel('Require PKCE').uncheck()
    expect(await savebar().getByRole('status').textContent()).toBe('Changed: Description, Require PKCE')
    await page.getByLabel('Description').fill('Our photos')
    await page.getByLabel('Require PKCE').check()
    expect(await savebar().isVisible()).toBe(false)
    await page.getByLabel('Description').fill('Changed again')
    await stayAtQuestion()
    expect(await page.getByLabel('Description').inputValue()).toBe('Changed again')
    await expectNoAxeViolations(page)
  })

  test('does not count the picker of APIs under Advanced, which has a form of its own', async () => {
    await open('client-settings')
    await page.getByText('Advanced', { exact: true }).click()
    await page.getByRole('combobox', { name: 'API', exact: true }).fill('photos')
    await page.getByRole('option', { name: 'Photos API' }).click()
    expect(await savebar().isVisible()).toBe(false)
    await expectNoAxeViolations(page)
    const sent = page.waitForRequest(/apis\/access/)
    await page.getByRole('button', { name: 'Give access' }).click()
    const { searchParams } = new URL((await sent).url())
    expect(Object.fromEntries(searchParams)).toEqual({ api: 'a9', client: expect.any(String) })
  })

  test('names a changed optional field without the word “optional”, and a changed unlabeled line by its section', async () => {
    await open('user')
    await page.getByLabel('First name').fill('Changed')
    await page.getByLabel('Value: 1').fill('Changed')
    expect(await savebar().getByRole('status').textContent()).toBe('Changed: First name, Custom claims')
  })

  test('is there from the start if its input was rejected, and saves without scripts', async () => {
    await open('client-settings-refused')
    expect(await savebar().isVisible()).toBe(true)
    await page.context().close()
    await open('client-settings', { javaScriptEnabled: false })
    expect(await page.getByRole('button', { name: 'Save' }).isVisible()).toBe(true)
  })
})

test('asks for confirmation before leaving a client with an unstored secret, but not for its own pages', async () => {
  await open('client-new-secret')
  const value = page.locator('.new-secret code')
  await value.click()
  expect(await page.evaluate(() => getSelection()?.toString())).toBe(await value.textContent())
  await stayAtQuestion()
  const sent = page.waitForRequest((request) => request.method() === 'POST')
  await page.getByRole('button', { name: 'I have stored it' }).click()
  expect(new URL((await sent).url()).pathname).toMatch(/\/secrets\/s2\/stored$/)
})

test('asks for no confirmation after the application has used the secret', async () => {
  await open('client-new-secret')
  const unstored = page.locator('[data-unstored]')
  const path = await unstored.getAttribute('data-unstored')
  const body = (await page.content()).replace(/ data-unstored="[^"]*"/, '')
  await page.route(`**${path}`, (route) => route.fulfill({ contentType: 'text/html', body }))
  await page.evaluate(() => dispatchEvent(new Event('focus')))
  await unstored.waitFor({ state: 'detached' })
  const dialogs: string[] = []
  page.on('dialog', (dialog) => {
    dialogs.push(dialog.type())
    void dialog.accept()
  })
  await page.getByRole('main').getByRole('link', { name: 'Clients', exact: true }).click()
  await page.waitForURL('**/oidc-clients')
  expect(dialogs).toEqual([])
})

test('the settings select the encryption that is usual at the mail port', async () => {
  await open('settings-email-off')
  for (const [port, encryption] of [
    ['465', 'tls'],
    ['587', 'starttls'],
    ['25', 'none'],
  ] as const) {
    await page.locator('input[name="smtpPort"]').fill(port)
    await page.locator('input[name="smtpPort"]').blur()
    expect(await page.locator('input[name="smtpTls"]:checked').getAttribute('value')).toBe(encryption)
  }
})

test('the settings preview the accent color until the page is loaded again', async () => {
  await open('settings-general')
  const readAccentHue = () =>
    page.evaluate(() => getComputedStyle(document.documentElement).getPropertyValue('--accent-hue'))
  const before = await readAccentHue()
  await page.getByRole('radio', { name: 'Violet' }).check()
  expect(Number(await readAccentHue())).not.toBe(Number(before))
  await page.reload()
  expect(await readAccentHue()).toBe(before)
})

test('the color options remain distinguishable in forced colors, and the chosen one is outlined', async () => {
  await open('settings-general', { forcedColors: 'active' })
  const swatches = page.locator('.swatch > input')
  const shown = await swatches.evaluateAll((inputs) => inputs.map((input) => getComputedStyle(input).backgroundColor))
  expect(new Set(shown.slice(0, 5)).size).toBe(5)
  expect(await page.locator('.swatch > input:checked').evaluate((input) => getComputedStyle(input).outlineStyle)).toBe(
    'solid',
  )
})
