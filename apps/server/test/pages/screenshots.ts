// Takes screenshots of every page in every state: `pnpm screenshots [--language TAG] [PART OF A NAME …]` into `screenshots/`.
// With `--count 500`, of the account and administration pages of an instance with 500 users, groups, clients and so on.
// `pnpm screenshots --docs [--folder FOLDER]` takes the pictures of the documentation instead; with `--check` it names those
// whose pages have another text now, and exits with 1 if there are any.
import { createHash } from 'node:crypto'
import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { launchBrowser, type TestBrowser } from '@pocket/test-support'
import sharp from 'sharp'
import { filledPages, startFilledInstance } from './filled-instance.ts'
import { type PageServer, startPageServer } from './page-server.ts'

/** CSS pixels. */
const widths = { phone: 390, tablet: 820, desktop: 1280 }
const themes = ['light', 'dark'] as const
/** Pictures of the tutorial: the page, and its height in CSS pixels. */
const tutorial = {
  'set-up': ['setup', 620],
  'second-passkey': ['account-one-passkey', 620],
  'add-client': ['client-new-dsm', 700],
  connect: ['client-dsm', 900],
  'sign-in': ['sign-in-to-client', 620],
} as const

const root = fileURLToPath(new URL('../../../../', import.meta.url))
const { values, positionals: parts } = parseArgs({
  allowPositionals: true,
  options: {
    docs: { type: 'boolean', default: false },
    check: { type: 'boolean', default: false },
    count: { type: 'string' },
    folder: { type: 'string', default: `${root}docs/` },
    language: { type: 'string' },
    theme: { type: 'string', multiple: true, default: [...themes] },
    width: { type: 'string', multiple: true, default: Object.keys(widths) },
  },
})
/** The text of the pages when the pictures were taken, because pixels differ between machines. */
const textsFile = join(values.folder, 'pictures.json')
// The instance of the tutorial is new.
await using server = await startPageServer(undefined, values.docs || values.check ? 0 : 2)
if (values.check) await checkPictures(server)
else {
  await using browser = await launchBrowser()
  if (values.docs) await takePictures(server, browser)
  else await takeScreenshots(server, browser)
}

async function takeScreenshots({ origin, pages }: PageServer, browser: TestBrowser): Promise<void> {
  await using stack = new AsyncDisposableStack()
  const page = await browser.newPage()
  const count = Number(values.count)
  const filled = values.count && stack.use(await startFilledInstance(page, { users: count, others: count }))
  const urls = filled
    ? new Map(Array.from(filledPages, ([name, path]) => [`${name}.${count}`, filled.url + path]))
    : new Map(Array.from(pages.keys(), (name) => [name, `${origin}/${name}`]))
  const folder = `${root}screenshots/`
  await mkdir(folder, { recursive: true })
  const shown = [...urls].filter(([name]) => parts.length === 0 || parts.some((part) => name.includes(part)))
  if (values.language !== undefined)
    await page.context().addCookies([{ name: 'language', value: values.language, url: filled ? filled.url : origin }])
  for (const colorScheme of themes.filter((theme) => values.theme.includes(theme))) {
    await page.emulateMedia({ colorScheme })
    for (const [device, width] of Object.entries(widths).filter(([name]) => values.width.includes(name))) {
      await page.setViewportSize({ width, height: 900 })
      for (const [name, url] of shown) {
        await page.goto(url)
        const language = values.language === undefined ? '' : `.${values.language}`
        await page.screenshot({ path: `${folder}${name}.${device}.${colorScheme}${language}.png`, fullPage: true })
      }
    }
  }
  console.log(`${shown.length} pages are in ${folder}`)
}

/** A hash of the visible text of each page in a picture. */
async function textsOf({ pages, render }: PageServer): Promise<Readonly<Record<string, string>>> {
  const states = new Set(['sign-in', 'client-dsm', ...Object.values(tutorial).map(([state]) => state)])
  const texts = Array.from(states, async (state) => {
    const page = pages.get(state)
    if (page === undefined) throw new Error(`There is no page ${state}.`)
    const html = await render(page)
    const text = html.replaceAll(/<(head|script|template)\b.*?<\/\1>|<[^>]*>/gs, ' ').replaceAll(/\s+/g, ' ')
    return [state, createHash('sha256').update(text).digest('hex').slice(0, 16)] as const
  })
  return Object.fromEntries(await Promise.all(texts))
}

async function checkPictures(server: PageServer): Promise<void> {
  const taken: unknown = JSON.parse(await readFile(textsFile, 'utf8'))
  const stale = Object.entries(await textsOf(server)).filter(([state, text]) => Object(taken)[state] !== text)
  for (const [state] of stale)
    console.log(`The page ${state} has another text than its picture: pnpm screenshots --docs`)
  if (stale.length > 0) process.exitCode = 1
}

/** The picture of the README, two pages side by side, and those of the tutorial. */
async function takePictures(server: PageServer, browser: TestBrowser): Promise<void> {
  const { origin } = server
  const context = await browser.newContext({ colorScheme: 'light', deviceScaleFactor: 1.5 })
  const page = await context.newPage()
  const take = async (name: string, width: number, height: number) => {
    await page.setViewportSize({ width, height })
    await page.goto(`${origin}/${name}`)
    return page.screenshot()
  }
  await mkdir(join(values.folder, 'tutorial/pictures'), { recursive: true })
  for (const [name, [state, height]] of Object.entries(tutorial))
    await sharp(await take(state, 1000, height))
      .webp({ quality: 80 })
      .toFile(join(values.folder, `tutorial/pictures/${name}.webp`))
  const both = [await take('sign-in', 780, 560), await take('client-dsm', 1170, 840)]
  await sharp({ create: { width: 2400, height: 880, channels: 3, background: '#d9ddd6' } })
    .composite(
      await Promise.all(
        both.map(async (picture, index) => ({
          input: await sharp(picture).resize({ width: 1170 }).toBuffer(),
          top: 20,
          left: 20 + index * 1190,
        })),
      ),
    )
    .webp({ quality: 80 })
    .toFile(join(values.folder, 'pocket.webp'))
  await writeFile(textsFile, `${JSON.stringify(await textsOf(server), undefined, 2)}\n`)
  await context.close()
}
