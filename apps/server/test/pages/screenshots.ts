// Takes screenshots of every page in every state: `pnpm screenshots [--language TAG] [PART OF A NAME …]` into `screenshots/`.
import { mkdir } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { launchBrowser } from '@pocket/test-support'
import { startPageServer } from './page-server.ts'

/** CSS pixels. */
const widths = { phone: 360, tablet: 820, desktop: 1280 }
const themes = ['light', 'dark'] as const

const { values, positionals: parts } = parseArgs({
  allowPositionals: true,
  options: {
    language: { type: 'string' },
    theme: { type: 'string', multiple: true, default: [...themes] },
    width: { type: 'string', multiple: true, default: Object.keys(widths) },
  },
})
const folder = fileURLToPath(new URL('../../../../screenshots/', import.meta.url))
await mkdir(folder, { recursive: true })
await using server = await startPageServer()
await using browser = await launchBrowser()
const names = [...server.pages.keys()].filter((name) => parts.length === 0 || parts.some((part) => name.includes(part)))
for (const colorScheme of themes.filter((theme) => values.theme.includes(theme))) {
  const context = await browser.newContext({ colorScheme })
  if (values.language !== undefined)
    await context.addCookies([{ name: 'language', value: values.language, url: server.origin }])
  const page = await context.newPage()
  for (const [device, width] of Object.entries(widths).filter(([name]) => values.width.includes(name))) {
    await page.setViewportSize({ width, height: 900 })
    for (const name of names) {
      await page.goto(`${server.origin}/${name}`)
      const language = values.language === undefined ? '' : `.${values.language}`
      await page.screenshot({ path: `${folder}${name}.${device}.${colorScheme}${language}.png`, fullPage: true })
    }
  }
  await context.close()
}
console.log(`${names.length} pages are in ${folder}`)
