import { expect, test } from '@jest/globals'
import { launchBrowser, shareBetweenTests, type TestBrowser } from '@pocket/test-support'
import sharp from 'sharp'
import { startCalledInstance } from '../api/calls.ts'
import { freshName } from '../api/people.ts'

type Page = Awaited<ReturnType<TestBrowser['newPage']>>

const browser = shareBetweenTests(() => launchBrowser())
const instance = shareBetweenTests(() => startCalledInstance('SQLite'))

/** Signs a user in with a login code. */
async function signInUser(): Promise<{ id: string; page: Page; messages: string[] }> {
  const name = freshName()
  const { id } = await instance.personWithoutPasskey(name)
  const { url } = await instance.app.issueLoginCode(name)
  const context = await browser.newContext()
  const page = await context.newPage()
  const messages: string[] = []
  page.on('console', (message) => messages.push(message.text()))
  await page.goto(url)
  await page.getByRole('button', { name: 'Sign in' }).click()
  await page.waitForURL((to) => !to.pathname.startsWith('/lc'))
  await page.goto(`${instance.url}/settings/account`)
  return { id, page, messages }
}

test('crops a picture with the keyboard, and sends the square', async () => {
  const { id, page, messages } = await signInUser()
  // Red on the left, blue on the right.
  const left = await sharp({ create: { width: 60, height: 60, channels: 3, background: '#f00' } })
    .png()
    .toBuffer()
  const buffer = await sharp({ create: { width: 300, height: 60, channels: 3, background: '#00f' } })
    .composite([{ input: left, left: 0, top: 0 }])
    .png()
    .toBuffer()
  const canvas = page.getByRole('application', { name: 'Choose the part that is shown' })
  expect(await canvas.isVisible()).toBe(false)
  await page.getByLabel('New picture').setInputFiles({ name: 'a.png', mimeType: 'image/png', buffer })
  await canvas.waitFor()
  await canvas.focus()
  for (let pressed = 0; pressed < 15; pressed += 1) await page.keyboard.press('ArrowLeft')
  await page.keyboard.press('+')
  expect(await page.getByLabel('Left to right').inputValue()).toBe('0')
  await page.getByRole('button', { name: 'Save picture' }).click()
  await page.getByText('Your picture was saved.').waitFor()
  const shown = await fetch(`${instance.url}/api/users/${id}/profile-picture.png`)
  const { channels } = await sharp(Buffer.from(await shown.arrayBuffer())).stats()
  const [red, , blue] = channels
  expect([red?.min, blue?.max]).toEqual([255, 0])
  expect(messages).toEqual([])
  await page.context().close()
})

test('finds applications while the user types, and marks them with the keyboard', async () => {
  const launchUrl = 'https://photos.example.com/'
  for (const name of ['Photos', 'Café wiki', 'Notes'])
    await instance.app.pocket.clients.create({ name, redirectUris: ['https://x.example'], launchUrl })
  const { page, messages } = await signInUser()
  await page.goto(`${instance.url}/settings/apps`)
  expect(await page.locator('[data-app]:visible').count()).toBe(3)
  await page.getByRole('searchbox').fill('cafe')
  expect(await page.locator('[data-app]:visible').allInnerTexts()).toEqual([expect.stringContaining('Café wiki')])
  expect(await page.locator('#apps-status').textContent()).toBe('1 found')
  await page.getByRole('searchbox').fill('zebra')
  await page.getByText('Nothing matches').waitFor()
  await page.getByRole('searchbox').fill('')
  await page.getByRole('button', { name: 'Favorite: Notes' }).press('Enter')
  await page.locator('[data-app]').first().getByText('Notes').waitFor()
  expect(messages).toEqual([])
  await page.context().close()
})
