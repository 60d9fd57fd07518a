import { expect, test } from '@jest/globals'
import { expectNoAxeViolations, launchBrowser } from '@pocket/test-support'
import { startInstance } from '../api/instance.ts'
import { photoWithMetadata } from '../images/samples.ts'
import { upload } from '../images/uploads.ts'

test('the accent color and the background are shown by a browser without console errors, readable in both themes', async () => {
  await using instance = await startInstance({ UI_CONFIG_DISABLED: 'true', ACCENT_COLOR: 'yellow' })
  const url = `${instance.url}/settings/admin/application-configuration/images/background`
  await upload(instance.administrator, { method: 'POST', url, bytes: await photoWithMetadata('png', 1200, 900) })
  await using browser = await launchBrowser()
  for (const colorScheme of ['light', 'dark'] as const) {
    const page = await browser.newPage({ colorScheme, viewport: { width: 1280, height: 800 } })
    const output: string[] = []
    page.on('console', (message) => void output.push(message.text()))
    await page.goto(`${instance.url}/login`)
    await expectNoAxeViolations(page)
    const seen = await page.evaluate(() => {
      const beside = getComputedStyle(document.body, '::after')
      const accent = getComputedStyle(document.documentElement).getPropertyValue('--accent-hue')
      const { right } = document.querySelector('main')?.getBoundingClientRect() ?? { right: 0 }
      return { accent, picture: beside.backgroundImage, isClear: right <= innerWidth / 2 }
    })
    expect(seen).toEqual({
      accent: expect.stringMatching(/^1\d\d/),
      picture: expect.stringContaining('/api/application-images/background'),
      isClear: true,
    })
    expect(output).toEqual([])
    await page.context().close()
  }
})

test('a wide logo keeps its proportions, and leaves room for the name', async () => {
  await using instance = await startInstance()
  const images = `${instance.url}/settings/admin/application-configuration/images`
  const stored = await upload(instance.administrator, {
    method: 'POST',
    url: `${images}/logoLight`,
    bytes: await photoWithMetadata('png', 600, 100),
  })
  expect(stored.status).toBe(303)
  await using browser = await launchBrowser()
  const page = await browser.newPage({ colorScheme: 'light', viewport: { width: 1280, height: 800 } })
  await page.goto(`${instance.url}/login`, { waitUntil: 'load' })
  const logo = await page.locator('img.mark').first().boundingBox()
  expect((logo?.width ?? 0) / (logo?.height ?? 1)).toBeGreaterThan(4)

  const cookies = instance.administrator.cookies().map(({ name, value }) => ({ name, value, url: instance.url }))
  await page.context().addCookies(cookies)
  await page.goto(`${instance.url}/settings/account`, { waitUntil: 'load' })
  const lines = await page.locator('.brand > span').evaluate((name) => {
    const range = document.createRange()
    range.selectNodeContents(name)
    return range.getClientRects().length
  })
  expect(lines).toBe(1)
  await page.context().close()
})
