import { beforeAll, describe, expect, test } from '@jest/globals'
import { newUser } from '@pocket/directory'
import {
  addVirtualAuthenticator,
  expectNoAxeViolations,
  launchBrowser,
  type Page,
  shareBetweenTests,
} from '@pocket/test-support'
import { startApp } from '../http/app.ts'
import { setUpOnPage } from './set-up.ts'

const users = '/settings/admin/users'
const browser = shareBetweenTests(() => launchBrowser())
const running = shareBetweenTests(() => startApp())
let page: Page
let annaId = ''

beforeAll(async () => {
  page = await (await browser.newContext({ viewport: { width: 1280, height: 720 } })).newPage()
  await addVirtualAuthenticator(page)
  await setUpOnPage(page, running.url)
  const { directory } = running.app
  for (const name of ['Anna', 'Bert', 'Carla'])
    await directory.create(newUser({ username: name.toLowerCase(), firstName: name, lastName: 'Koch' }))
  annaId = (await directory.findByName('anna'))?.id ?? ''
  const { id } = await directory.groups.create({ name: 'family', friendlyName: 'Family' })
  await directory.groups.setMembers(id, [annaId])
})

const open = (path: string) => page.goto(running.url + path)
const names = () => page.locator('tbody .name').allTextContents()

describe('a list', () => {
  test('shows matches while typing, says how many, and keeps the focus and the URL', async () => {
    await open(users)
    const search = page.getByRole('searchbox', { name: 'Search this list' })
    await search.focus()
    await page.keyboard.type('koch an')
    await page.locator('[data-matches]', { hasText: 'Matches: 1 of 4' }).waitFor()
    expect(await names()).toEqual(['Anna Koch'])
    expect(await page.locator('.tools > [role="status"]').textContent()).toBe('Matches: 1 of 4')
    expect(new URL(page.url()).searchParams.get('search')).toBe('koch an')
    expect(await search.evaluate((input) => input === document.activeElement)).toBe(true)
    await page.keyboard.type('xyz')
    await page.getByText('Nothing matches').waitFor()
    await expectNoAxeViolations(page)
    await search.fill('')
    await page.getByRole('link', { name: 'Bert Koch' }).waitFor()
    expect(await names()).toHaveLength(4)
  })

  test('opens a row with a click anywhere except on its menu and its check box', async () => {
    await open(`${users}?search=anna`)
    const row = page.getByRole('row', { name: /Anna Koch/ })
    await row.getByRole('checkbox').check()
    await page.getByText('Selected: 1').waitFor()
    await row.getByRole('button', { name: 'Actions for Anna Koch' }).click()
    await row.getByRole('link', { name: 'Security' }).waitFor()
    await expectNoAxeViolations(page)
    await page.keyboard.press('Escape')
    expect(new URL(page.url()).pathname).toBe(users)
    await row.getByRole('cell').nth(2).click()
    await page.waitForURL(`**/${annaId}`)
  })

  test('selects all rows of the page with one box, even after a search', async () => {
    await open(users)
    await page.getByRole('searchbox', { name: 'Search this list' }).fill('koch')
    await page.locator('[data-matches]', { hasText: 'Matches: 3 of 4' }).waitFor()
    await page.getByRole('checkbox', { name: 'Select all on this page' }).check()
    await page.getByText('Selected: 3').waitFor()
  })
})

test('a new group suggests its name for applications until it is edited', async () => {
  await open('/settings/admin/user-groups/new')
  const [shown, name] = [page.getByLabel('Name', { exact: true }), page.locator('#f-name')]
  await shown.fill('Élan & Früh  2')
  expect(await name.inputValue()).toBe('elan-fruh-2')
  await name.fill('mine')
  await shown.fill('Another')
  expect(await name.inputValue()).toBe('mine')
})
