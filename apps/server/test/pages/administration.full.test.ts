import { afterEach, describe, expect, test } from '@jest/globals'
import {
  eventually,
  expectNoAxeViolations,
  launchBrowser,
  shareBetweenTests,
  type TestBrowser,
} from '@pocket/test-support'
import sharp from 'sharp'
import { startPageServer } from './page-server.ts'

type Page = Awaited<ReturnType<TestBrowser['newPage']>>

const phone = { width: 320, height: 640 }
const browser = shareBetweenTests(() => launchBrowser())
const server = shareBetweenTests(() => startPageServer())
let page: Page

afterEach(() => page.context().close())

async function open(name: string, options?: Parameters<TestBrowser['newPage']>[0]): Promise<void> {
  page = await browser.newPage(options)
  await page.goto(`${server.origin}/${name}`)
}
const readFocus = () => page.evaluate(() => document.activeElement?.textContent?.trim())

describe('a dangerous action', () => {
  test('opens a dialog with the keyboard, explains the effect, and restores the focus', async () => {
    await open('user')
    const dialog = page.getByRole('dialog', { name: 'Delete Bilal Mansour?' })
    await page.getByRole('button', { name: 'Delete…' }).press('Enter')
    await dialog.waitFor()
    await dialog.getByText('This can’t be undone.').waitFor()
    await expectNoAxeViolations(page)
    expect(await dialog.locator('form').first().getAttribute('action')).toBe('/settings/admin/users/2/remove')
    await page.keyboard.press('Escape')
    await dialog.waitFor({ state: 'hidden' })
    expect(await readFocus()).toBe('Delete…')
    await page.keyboard.press(' ')
    await dialog.getByRole('button', { name: 'Cancel' }).click()
    await dialog.waitFor({ state: 'hidden' })
    expect(page.url()).toBe(`${server.origin}/user`)
  })

  test('is a link to a confirmation page without scripts', async () => {
    await open('user', { javaScriptEnabled: false })
    const link = page.getByRole('link', { name: 'Delete…' })
    expect(await link.getAttribute('href')).toBe('/settings/admin/users/2/remove')
  })
})

describe('a form', () => {
  test('shows that it is being sent, and is sent once, until the page returns', async () => {
    await open('user')
    await page.getByLabel('First name').fill('Bill')
    let sent = 0
    // This response keeps the page unchanged.
    await page.route('**/settings/admin/users/2', async (route) => {
      sent += 1
      await route.fulfill({ status: 204 })
    })
    const save = page.getByRole('button', { name: 'Save', exact: true })
    await save.scrollIntoViewIfNeeded()
    const before = await save.boundingBox()
    await save.click()
    await page.locator('button[aria-busy="true"]').waitFor()
    await eventually(() => expect(sent).toBe(1))
    await save.click()
    expect(await save.boundingBox()).toEqual(before)
    await page.evaluate(() => dispatchEvent(new PageTransitionEvent('pageshow', { persisted: true })))
    await save.click()
    await eventually(() => expect(sent).toBeGreaterThan(1))
    await page.waitForLoadState('networkidle')
    expect(sent).toBe(2)
  })
})

describe('a slow action', () => {
  test.each([
    ['ldap-run', 'Test connection'],
    ['client-test', 'Test this client'],
    ['passkey-policy-strict', 'Read it now'],
    ['jobs', 'Run now Send e-mails'],
  ])('shows its progress on %s: “%s”', async (name, act) => {
    await open(name)
    await page.route('**/settings/**', async (route) => {
      if (route.request().method() === 'POST') await route.fulfill({ status: 204 })
      else await route.fallback()
    })
    await page.getByRole('button', { name: act }).press('Enter')
    await page.locator('button[aria-busy="true"]', { hasText: act }).waitFor()
    expect(await page.locator('form[aria-busy="true"]').count()).toBe(1)
  })
})

test('a picture upload shows its progress, with or without cropping', async () => {
  // One pixel.
  const buffer = Buffer.from(
    'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mP8z8BQDwAEhQGAhKmMIQAAAABJRU5ErkJggg==',
    'base64',
  )
  for (const [name, field, act, isAtOnce] of [
    ['account', 'New picture', 'Save picture', false],
    ['settings-general', 'Favicon', 'Upload Favicon', true],
    ['user', 'Picture', 'Upload', true],
  ] as const) {
    await open(name)
    await page.route('**/settings/**', async (route) => {
      if (route.request().method() === 'POST') await route.fulfill({ status: 204 })
      else await route.fallback()
    })
    const input = page.getByLabel(field).and(page.locator('input[type="file"]'))
    await input.setInputFiles({ name: 'a.png', mimeType: 'image/png', buffer })
    if (name === 'account') await page.getByRole('application').waitFor()
    if (!isAtOnce) await page.getByRole('button', { name: act }).press('Enter')
    await page.locator('button[aria-busy="true"]', { hasText: act }).waitFor()
    await page.context().close()
  }
  await open('account')
})

test('the page shows that a picture is being read, and waits for it on save', async () => {
  await open('account')
  const sent = new Promise<string>((resolve) => {
    server.answer = ({ method, body }) => {
      if (method === 'POST') resolve(body)
      return { status: 204, body: null }
    }
  })
  const output = await page.evaluate(async () => {
    const [file, status] = [
      document.querySelector<HTMLInputElement>('#f-file'),
      document.querySelector<HTMLElement>('#reading'),
    ]
    const canvas = new OffscreenCanvas(3000, 2000)
    canvas.getContext('2d')
    const blob = await canvas.convertToBlob()
    const chosen = new DataTransfer()
    chosen.items.add(new File([blob], 'whole.png', { type: blob.type }))
    if (!file || !status) return []
    file.files = chosen.files
    file.dispatchEvent(new Event('change'))
    const during = status.textContent
    file.form?.requestSubmit()
    await new Promise((resolve) => new MutationObserver(resolve).observe(status, { childList: true }))
    return [during, status.textContent]
  })
  expect(output).toEqual(['Opening the picture…', ''])
  // The cropped part only.
  expect(await sent).toContain('filename="picture.png"')
  server.answer = () => undefined
})

test('a disabled run button explains why', async () => {
  await open('client-scim-stopped')
  const run = page.getByRole('button', { name: 'Run now' })
  expect(await run.isDisabled()).toBe(true)
  expect(await run.evaluate((button) => button.ariaDescribedByElements?.map(({ textContent }) => textContent))).toEqual(
    ['Provisioning is already running'],
  )
  expect(await page.getByText('Provisioning is already running').isVisible()).toBe(true)
})

test.each(['audit-log-all', 'client-activity'])(
  '%s shows exact times in the time zone of the browser',
  async (name) => {
    await open(name, { timezoneId: 'Asia/Tokyo' })
    const entry = page.locator('.items details', { has: page.locator('time[data-exact]') }).first()
    await entry.locator('summary').click()
    await entry.locator('time[data-exact]', { hasText: 'GMT+9' }).waitFor()
    const time = entry.locator('summary time')
    await time.hover()
    await eventually(async () => expect(await time.getAttribute('title')).toContain('GMT+9'))
  },
)

test('a long name is truncated at its end and starts at the line start, for any page language', async () => {
  for (const [locale, side] of [
    ['ar', 'right'],
    ['en', 'left'],
  ] as const) {
    await open('apps', { locale })
    const names = await page.locator('.app-tile :is(.name, strong), .names > strong').evaluateAll((elements) =>
      elements.map((element) => {
        const { direction, textAlign } = getComputedStyle(element)
        return [element.textContent, direction, textAlign]
      }),
    )
    expect(names).toEqual([
      ['Anna Koch', 'ltr', side],
      ['Immich', 'ltr', side],
      ['Synology DSM with a name that is as long as a name may be here', 'ltr', side],
      ['مكتبة الصور', 'rtl', side],
    ])
    await page.context().close()
  }
  await open('apps')
})

test('a form with a concurrent change moves the focus to the changed field', async () => {
  for (const name of [
    'account-conflict',
    'user-conflict',
    'client-access-conflict',
    'client-settings-conflict',
    'settings-sign-up',
  ]) {
    await open(name)
    expect([name, await readFocus()]).toEqual([name, expect.stringContaining('Another person has changed this')])
    await page.context().close()
  }
  await open('users')
})

describe('a list', () => {
  test('shows bulk actions after a selection, and selects all at once', async () => {
    await open('users')
    const acts = page.getByRole('group', { name: 'Actions' })
    expect(await acts.isVisible()).toBe(false)
    await page.getByRole('checkbox', { name: 'Select Anna Koch' }).press(' ')
    expect(await acts.getByRole('button').allTextContents()).toEqual(['Add to a group…', 'Disable…', 'Delete…', ''])
    await expectNoAxeViolations(page)
    const all = page.getByRole('checkbox', { name: 'Select all on this page' })
    expect(await all.evaluate((box) => 'indeterminate' in box && box.indeterminate)).toBe(true)
    await all.check()
    expect(await page.locator('tbody :checked').count()).toBe(3)
    await all.uncheck()
    expect(await acts.isVisible()).toBe(false)
  })

  test('works without scripts, except for selecting all', async () => {
    await open('users', { javaScriptEnabled: false })
    expect(await page.getByRole('checkbox', { name: 'Select all on this page' }).isVisible()).toBe(false)
    await page.getByRole('checkbox', { name: 'Select Anna Koch' }).check()
    expect(await page.getByRole('button', { name: 'Disable…' }).isVisible()).toBe(true)
    await page.locator('summary', { hasText: 'Columns' }).click()
    expect(await page.getByRole('checkbox', { name: 'E-mail' }).isChecked()).toBe(true)
  })

  test('closes dropdowns with Escape, and restores the focus', async () => {
    await open('users')
    const columns = page.locator('details', { hasText: 'Columns' }).last()
    await columns.locator('summary').press('Enter')
    await page.keyboard.press('Tab')
    await page.keyboard.press('Escape')
    expect(await columns.evaluate((element) => element.hasAttribute('open'))).toBe(false)
    expect(await readFocus()).toBe('Columns')
  })
})

test.each(['users', 'groups', 'clients', 'apis', 'api-keys', 'invitations', 'emails', 'jobs-failed', 'audit-log-all'])(
  'the list of %s is not clipped on a tablet, and no page is wider than its window',
  async (name) => {
    await open(name, { viewport: { width: 820, height: 1000 } })
    const findCutTexts = () =>
      page.evaluate(() =>
        [...document.querySelectorAll('main, th, td')]
          .filter((element) => element.checkVisibility() && element.getBoundingClientRect().right > innerWidth)
          .map(({ textContent }) => textContent),
      )
    expect(await findCutTexts()).toEqual([])
    for (const width of [820, 1024]) {
      await page.setViewportSize({ width, height: 1000 })
      expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBe(width)
    }
  },
)

test.each([
  ['users', 'nl'],
  ['users', 'de'],
  ['api-keys', 'de'],
  ['emails', 'uk'],
])('the list of %s fits its card beside the navigation of a tablet, in %s', async (name, locale) => {
  await open(name, { viewport: { width: 961, height: 1000 }, locale })
  for (const width of [768, 961, 1024, 1280]) {
    await page.setViewportSize({ width, height: 1000 })
    const excess = await page.locator('.scroller').evaluate((list) => list.scrollWidth - list.clientWidth)
    expect([width, excess]).toEqual([width, 0])
  }
})

test('a long URL in a list keeps its start in a right-to-left language', async () => {
  await open('apis', { viewport: { width: 390, height: 640 }, locale: 'ar' })
  const starts = await page.locator('#rows td > code').evaluateAll((urls) =>
    urls.map((url) => {
      url.textContent = 'https://photos.department.example.com/api/version-2/albums'
      const range = document.createRange()
      range.setStart(url.firstChild ?? url, 0)
      range.setEnd(url.firstChild ?? url, 1)
      return range.getBoundingClientRect().left >= (url.closest('tr')?.getBoundingClientRect().left ?? 0)
    }),
  )
  expect([starts.length > 0, new Set(starts)]).toEqual([true, new Set([true])])
})

test.each([
  ['audit-log-all', '#rows summary .what'],
  ['user-security', '.items summary .lead'],
  ['approvals', '.items summary .truncated'],
])('a long name on %s of a phone keeps its start in a right-to-left language', async (name, selector) => {
  await open(name, { viewport: { width: 390, height: 640 }, locale: 'ar' })
  const [start, edge] = await page
    .locator(selector)
    .first()
    .evaluate((line) => {
      const name = line.querySelector('bdi')
      if (!name) return []
      name.textContent = 'bartholomaus.hagglund@department.example.com'
      const range = document.createRange()
      range.setStart(name.firstChild ?? name, 0)
      range.setEnd(name.firstChild ?? name, 1)
      return [range.getBoundingClientRect().left, line.getBoundingClientRect().left]
    })
  expect(start).toBeGreaterThanOrEqual(edge ?? Number.POSITIVE_INFINITY)
})

test.each(['users', 'groups', 'clients', 'apis', 'api-keys', 'invitations', 'emails'])(
  'the list of %s is a table from 768 px, with whole addresses on a desktop and two lines per row on a phone',
  async (name) => {
    await open(name, { viewport: { width: 768, height: 1000 } })
    expect(await page.locator('#rows thead').isVisible()).toBe(true)
    await page.setViewportSize({ width: 1280, height: 1000 })
    const findCutTexts = () =>
      page.evaluate(() =>
        [...document.querySelectorAll('#rows .middle > :first-child')]
          .filter((element) => element.checkVisibility() && element.scrollWidth > element.clientWidth + 1)
          .map(({ textContent }) => textContent),
      )
    expect(await findCutTexts()).toEqual([])
    await page.setViewportSize({ width: 390, height: 1000 })
    const factLines = await page
      .locator('#rows tbody tr')
      .first()
      .locator('td[data-label]:visible')
      .evaluateAll((cells) => new Set(cells.map((cell) => Math.round(cell.getBoundingClientRect().bottom))).size)
    expect(factLines).toBeLessThan(2)
  },
)

/** The number of lines of text in each of these rows, without those of the pictures, actions and labels in `except`. */
const countLines = (selector: string, except: string) =>
  page.locator(selector).evaluateAll(
    (rows, except) =>
      rows.map((row) => {
        const texts = document.createTreeWalker(row, NodeFilter.SHOW_TEXT)
        const middles: number[] = []
        while (texts.nextNode()) {
          const parent = texts.currentNode.parentElement
          if (!parent?.checkVisibility() || parent.closest(except) || !texts.currentNode.textContent?.trim()) continue
          const range = document.createRange()
          range.selectNodeContents(texts.currentNode)
          for (const { top, bottom } of range.getClientRects()) middles.push((top + bottom) / 2)
        }
        return middles.sort((a, b) => a - b).filter((middle, index) => middle - (middles[index - 1] ?? 0) > 9).length
      }),
    except,
  )

test.each([
  ...['users', 'groups', 'clients', 'apis', 'api-page-clients', 'api-keys'],
  ...['emails', 'invitations', 'jobs-several', 'audit-log-all'],
])('each row of %s has its name on one line of a phone, and its details on the next', async (name) => {
  await open(name, { viewport: { width: 390, height: 844 } })
  const counts = await countLines('#rows > li, #rows > tbody > tr', '.hidden, .row-act, .act')
  expect(counts).toEqual(counts.map(() => 2))
  await expectNoAxeViolations(page)
})

test.each(['de', 'ar'])('the name of a user has the first line of a phone to itself, in %s', async (locale) => {
  await open('users', { viewport: { width: 390, height: 844 }, locale })
  const widths = await page.locator('#rows .name > bdi').evaluateAll((names) =>
    names.map((name) => {
      name.textContent = 'Wilhelmina Schneider'
      return name.scrollWidth - name.clientWidth
    }),
  )
  expect(widths).toEqual([0, 0, 0])
  expect(await countLines('#rows > tbody > tr', '.hidden')).toEqual([2, 2, 2])
})

test.each([
  ['user-security', 'en'],
  ['user-security', 'de'],
  ['account-security', 'de'],
  ['account-security', 'ar'],
  ['approvals', 'en'],
  ['approvals', 'de'],
  ['approvals', 'ar'],
])(
  'each passkey or approval of %s in %s has two lines on a phone, with its action on the last one',
  async (name, locale) => {
    await open(name, { viewport: { width: 390, height: 844 }, locale })
    const rows = '.items details:is([name="passkey"], [name="person"]) > summary'
    expect(await countLines(rows, '.face')).toEqual([2, 2])
    await page.locator(`${rows} strong > bdi`).evaluateAll((names) => {
      for (const name of names) name.textContent = 'Bartholomäus Leutheusser-Schnarrenberger'
    })
    expect(await countLines(rows, '.face')).toEqual([2, 2])
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBe(390)
  },
)

test.each(['de', 'ar'])('an open approval shows its e-mail address on a phone, in %s', async (locale) => {
  await open('approvals-one', { viewport: { width: 390, height: 844 }, locale })
  const email = page.locator('summary .muted > bdi').first()
  await email.evaluate((text) => Object.assign(text, { textContent: 'user100@example.com' }))
  expect(await charactersBeforeBreaks('summary .muted > bdi:first-child')).toEqual([])
})

test('Enter in a check box of a list does nothing to another row', async () => {
  await open('users')
  const requests: string[] = []
  page.on('request', (request) => requests.push(request.url()))
  const second = page.locator('tbody input[type="checkbox"]').nth(1)
  await second.press('Enter')
  await second.press('Space')
  await page.getByText('Selected: 1').waitFor()
  expect(requests).toEqual([])
})

test.each(['de', 'ar'])('names of API keys and times of e-mails are not cut on a phone, in %s', async (locale) => {
  await open('api-keys', { viewport: { width: 390, height: 844 }, locale })
  const cut = await page
    .locator('#rows .name > bdi')
    .evaluateAll((names) => names.map((name) => name.scrollWidth > name.clientWidth && name.clientWidth > 0))
  expect(cut).toEqual([false, false])
  expect(await countLines('#rows > tbody > tr', '.hidden')).toEqual([2, 2])
  const rows = await page.locator('#rows > tbody > tr').evaluateAll((all) =>
    all.map((row) => {
      const texts = [...row.querySelectorAll('.name, td:not(.row-act)[data-label] > *')]
      const [button] = row.querySelectorAll('.btn')
      const { left = 0, right = 0, top = 0 } = button?.getBoundingClientRect() ?? {}
      const covered = texts.flatMap((text) => [...text.getClientRects()]).filter((rect) => rect.bottom > top + 4)
      return covered.filter((rect) => rect.right > left && rect.left < right).length
    }),
  )
  expect(rows).toEqual([0, 0])
  expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBe(390)
  await page.goto(`${server.origin}/emails`)
  const times = await page.locator('#rows td.short').evaluateAll((cells) =>
    cells
      .filter((cell) => cell.checkVisibility())
      .map((cell) => {
        cell.textContent = 'vor 10 Stunden'
        const [row, rect] = [cell.closest('tr')?.getBoundingClientRect(), cell.getBoundingClientRect()]
        return rect.left >= (row?.left ?? 0) && rect.right <= (row?.right ?? 0)
      }),
  )
  expect(times).toEqual([true, true])
})

test('each job has two lines on a phone in every language, and nothing is cut', async () => {
  await open('jobs-all', { viewport: { width: 390, height: 844 } })
  const found: string[] = []
  for (const { tag } of server.languages) {
    await page.context().addCookies([{ name: 'language', value: tag, url: server.origin }])
    await page.reload()
    const names = await page.locator('#rows strong').allTextContents()
    for (const [index, count] of (await countLines('#rows > li', '.hidden, .act')).entries())
      if (count !== 2) found.push(`${tag}: ${names[index]} has ${count} lines`)
    const cut = await page
      .locator('#rows .what, #rows .what > *')
      .evaluateAll((parts) => parts.filter(({ scrollWidth, clientWidth }) => scrollWidth > clientWidth).length)
    const width = await page.evaluate(() => document.documentElement.scrollWidth)
    if (cut > 0 || width !== 390) found.push(`${tag}: ${cut} are cut, ${width} wide`)
  }
  expect(found).toEqual([])
  await expectNoAxeViolations(page)
})

test.each([
  ['user-security', 'de'],
  ['account-security', 'de'],
  ['account-security', 'ar'],
])('each session of %s in %s has at most two lines on a phone', async (name, locale) => {
  await open(name, { viewport: { width: 390, height: 844 }, locale })
  expect(await countLines('.items details[name="session"] > summary', '.face')).toEqual([2, 2])
})

/** WCAG's contrast ratio of two colors. */
const contrastOf = (one: readonly number[], other: readonly number[]) => {
  const luminanceOf = (color: readonly number[]) => {
    const [red = 0, green = 0, blue = 0] = color.map((byte) => {
      const value = byte / 255
      return value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4
    })
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue
  }
  const [darker = 0, lighter = 0] = [luminanceOf(one), luminanceOf(other)].sort((a, b) => a - b)
  return (lighter + 0.05) / (darker + 0.05)
}

test.each(['light', 'dark'] as const)(
  'enabled check boxes belong to the %s theme, and are not dimmed',
  async (colorScheme) => {
    await open('passkey-policy', { colorScheme })
    const boxes = page.locator('input:is([type="checkbox"], [type="radio"]):enabled:visible')
    const states = new Set<boolean>()
    for (const box of await boxes.all()) {
      const isChecked = await box.isChecked()
      states.add(isChecked)
      const { data, info } = await sharp(await box.screenshot())
        .removeAlpha()
        .raw()
        .toBuffer({ resolveWithObject: true })
      const pixelAt = (index: number) => [...data.subarray(3 * index, 3 * index + 3)]
      // The corner is outside of the rounded box.
      const contrasts = Array.from({ length: info.width * info.height }, (_, index) =>
        contrastOf(pixelAt(index), pixelAt(0)),
      )
      expect(Math.max(...contrasts)).toBeGreaterThanOrEqual(3)
      const center = info.width * Math.floor(info.height / 2) + Math.floor(info.width / 2)
      if (!isChecked) expect(contrasts[center]).toBeLessThan(3)
    }
    expect(states.size).toBe(2)
  },
)

test.each(['de', 'ar', 'uk'])('the tabs of a client are on one line of a phone, in %s', async (locale) => {
  await open('client-settings', { viewport: { width: 390, height: 640 }, locale })
  expect(await countLines('main ul.tabs', '.count')).toEqual([1])
  await page.setViewportSize({ width: 320, height: 640 })
  await page.reload()
  expect(await countLines('main ul.tabs', '.count')).toEqual([1])
  expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBe(320)
  const current = await page.locator('main ul.tabs a[aria-current]').evaluate((tab) => {
    const { left, right } = tab.getBoundingClientRect()
    return left >= 0 && right <= innerWidth
  })
  expect(current).toBe(true)
})

test.each(['de', 'es', 'nl', 'uk'])('the tabs of the settings are on one line of a tablet, in %s', async (locale) => {
  await open('settings-general', { viewport: { width: 768, height: 1000 }, locale })
  for (const width of [768, 820, 1024]) {
    await page.setViewportSize({ width, height: 1000 })
    expect([width, await countLines('main ul.tabs', '.count')]).toEqual([width, [1]])
  }
})

test.each(['de', 'nl', 'uk'])('the chip of a user with one device is on one line, in %s', async (locale) => {
  await open('users', { viewport: { width: 768, height: 1000 }, locale })
  for (const width of [390, 768, 1024, 1280]) {
    await page.setViewportSize({ width, height: 1000 })
    expect([width, await countLines('#rows td > a > .chip', '.hidden')]).toEqual([width, [1]])
  }
  expect(await page.locator('.scroller').evaluate((list) => list.scrollWidth - list.clientWidth)).toBe(0)
})

test.each(['users', 'clients', 'api-keys'])('each row of %s has at most two lines at 1280 px', async (name) => {
  await open(name, { viewport: { width: 1280, height: 900 } })
  await page.locator('#rows :is(.name, .several) > bdi').evaluateAll((names) => {
    for (const name of names) name.textContent = 'Bartholomäus Leutheusser-Schnarrenberger of the Fire Brigade'
  })
  const excess = await page.locator('#rows tbody tr').evaluateAll((rows) =>
    rows.map((row) => {
      const { lineHeight, paddingBlockStart } = getComputedStyle(row.querySelector('td') ?? row)
      return row.getBoundingClientRect().height - 2 * parseFloat(paddingBlockStart) - 3 * parseFloat(lineHeight)
    }),
  )
  expect(Math.max(...excess)).toBeLessThan(0)
  expect(await page.locator('.scroller').evaluate((list) => list.scrollWidth - list.clientWidth)).toBe(0)
  const titles = await page
    .locator('#rows :is(.name, .several, .middle)')
    .evaluateAll((texts) => texts.map((text) => text.hasAttribute('title')))
  expect(new Set(titles)).toEqual(new Set([true]))
})

/** The last characters of the lines of these elements, except for the last line of each. */
const charactersBeforeBreaks = (selector: string) =>
  page.locator(selector).evaluateAll((elements) =>
    elements
      .filter((element) => element.checkVisibility())
      .flatMap((element) => {
        const texts = document.createTreeWalker(element, NodeFilter.SHOW_TEXT)
        const characters: { readonly text: string; readonly top: number }[] = []
        while (texts.nextNode()) {
          const { data } = texts.currentNode as Text
          for (let index = 0; index < data.length; index += 1) {
            const range = document.createRange()
            range.setStart(texts.currentNode, index)
            range.setEnd(texts.currentNode, index + 1)
            const { top, width } = range.getBoundingClientRect()
            if (width > 0) characters.push({ text: data[index] ?? '', top })
          }
        }
        return characters.flatMap(({ text }, index) => {
          const next = characters[index + 1]
          return next && next.top > (characters[index]?.top ?? 0) + 4 ? [text] : []
        })
      }),
  )

test('a URL in the connection log of a phone breaks after punctuation only', async () => {
  await open('client-activity', { viewport: { width: 390, height: 844 } })
  await page
    .locator('.items summary strong', { hasText: '://' })
    .first()
    .evaluate((url) => {
      const parts = [...url.childNodes].filter((node) => node instanceof Text)
      for (const [index, text] of ['https://photosofeverybody.', 'communication.'].entries()) {
        const part = parts[index]
        if (part) part.data = text
      }
    })
  const breaks = await charactersBeforeBreaks('.items summary strong')
  expect([breaks.length > 0, breaks.filter((text) => !/[./?&=:\s-]/.test(text))]).toEqual([true, []])
})

test.each([
  ['client-access-check', '.claims-card :is(dt, dd)'],
  ['client-dsm-created', '.note.warn code'],
  ['client-activity', '.panel :is(dt, dd) code'],
  ['client-scim-problems', '.items strong'],
])('URLs and names on %s break after punctuation on a phone', async (name, selector) => {
  await open(name, { viewport: { width: 390, height: 844 }, locale: 'de' })
  await page.locator('details').evaluateAll((all) => all.map((each) => each.setAttribute('open', '')))
  const breaks = await charactersBeforeBreaks(selector)
  expect([breaks.length > 0, breaks.filter((text) => !/[./_-]/.test(text))]).toEqual([true, []])
})

test.each(['en', 'de', 'uk'])(
  'the last use of a user has at most two lines beside the navigation of a tablet, in %s',
  async (locale) => {
    await open('users', { viewport: { width: 768, height: 900 }, locale })
    for (const width of [768, 900, 1024]) {
      await page.setViewportSize({ width, height: 900 })
      const counts = await countLines('#rows td.short', '.hidden')
      expect([width, counts.filter((lines) => lines > 2)]).toEqual([width, []])
    }
  },
)

test('long names of group members are whole at 1280 px, because there is room', async () => {
  await open('group', { viewport: { width: 1280, height: 900 } })
  const cut = await page.locator('#rows .titles > .name > bdi').evaluateAll((names) =>
    names.map((element) => {
      element.textContent = 'Dolores Ibárruri-Fernández de la Torre y Gómez'
      return element.scrollHeight > element.clientHeight
    }),
  )
  expect(cut).toEqual([false, false])
})

test('long addresses of users break after punctuation at 1280 px, and counts do not break', async () => {
  await open('users', { viewport: { width: 1280, height: 900 } })
  const breaks = await charactersBeforeBreaks('#rows .middle')
  expect([breaks.length > 0, breaks.filter((text) => !/[.@-]/.test(text))]).toEqual([true, []])
  expect(await charactersBeforeBreaks('#rows td.short')).toEqual([])
})

test('a fragment target is below the top bar of a phone, and tabs start where the title starts', async () => {
  await open('users', { viewport: { width: 390, height: 640 } })
  const textStart = (selector: string) =>
    page
      .locator(selector)
      .first()
      .evaluate((element) => {
        const range = document.createRange()
        range.selectNodeContents(element)
        return range.getBoundingClientRect().left
      })
  expect(await textStart('.tabs a')).toBe(await textStart('h1'))
  await page.locator('.tools').evaluate((tools) => {
    tools.id = 'target'
    location.hash = '#target'
  })
  await eventually(async () => expect(await page.evaluate(() => scrollY)).toBeGreaterThan(0))
  const [bar, target] = await Promise.all([
    page.locator('.shell > nav').boundingBox(),
    page.locator('#target').boundingBox(),
  ])
  expect(target?.y).toBeGreaterThanOrEqual((bar?.y ?? 0) + (bar?.height ?? 0))
})

test('an empty card of the overview is as tall as its heading', async () => {
  await open('overview', { viewport: { width: 1280, height: 900 } })
  const [card, heading] = await page
    .locator('section[aria-labelledby="failures"]')
    .evaluate((section) => [section.getBoundingClientRect().height, section.querySelector('header')?.offsetHeight])
  expect((card ?? 0) - (heading ?? 0)).toBeLessThan(60)
})

test('the focus moves to a list and a message without a focus ring', async () => {
  await open('users')
  const outline = (selector: string) =>
    page
      .locator(selector)
      .first()
      .evaluate((element) => {
        if (element instanceof HTMLElement) element.focus()
        const { outlineStyle, outlineWidth, outlineOffset } = getComputedStyle(element)
        return [element === document.activeElement, outlineStyle === 'none' ? 'none' : outlineWidth, outlineOffset]
      })
  await page.keyboard.press('Tab')
  expect(await outline('#rows')).toEqual([true, 'none', expect.anything()])
  expect(await outline('#rows a.name')).toEqual([true, '2px', '2px'])
  await page.goto(`${server.origin}/account-conflict`)
  expect(await outline('.note[tabindex="-1"]')).toEqual([true, '1px', '-1px'])
})

test('selected and hovered rows are outlined in forced colors', async () => {
  await open('users', { forcedColors: 'active' })
  const outlineOf = (selector: string) =>
    page
      .locator(selector)
      .first()
      .evaluate((element) => getComputedStyle(element).outlineWidth)
  await page.locator('#rows tbody tr').first().hover()
  expect(await outlineOf('#rows tbody tr')).toBe('1px')
  await page.getByRole('checkbox', { name: 'Select Anna Koch' }).check()
  await page.getByRole('heading', { level: 1 }).hover()
  expect(await outlineOf('#rows tbody tr')).toBe('2px')
  await page.goto(`${server.origin}/user-security`)
  await page.locator('.items summary').first().hover()
  expect(await outlineOf('.items summary')).toBe('1px')
})

test('states keep their colors with any accent color', async () => {
  await open('users')
  const colors = (selector: string) =>
    page
      .locator(selector)
      .evaluateAll((elements) => elements.map((element) => getComputedStyle(element).backgroundColor))
  const states = await colors('.chip:is(.ok, .warn, .bad)')
  const [action] = await colors('main .btn.primary')
  expect(new Set(states).size).toBeGreaterThan(2)
  await page.evaluate(() => document.documentElement.style.setProperty('--accent-hue', '300'))
  await eventually(async () => expect((await colors('main .btn.primary'))[0]).not.toBe(action))
  expect(await colors('.chip:is(.ok, .warn, .bad)')).toEqual(states)
})

test('an expired API key has one action on a phone, and says that it has expired', async () => {
  await open('api-keys', { viewport: { width: 390, height: 844 } })
  const row = page.locator('#rows tbody tr').nth(1)
  expect(await row.locator('.row-act .btn:visible').allTextContents()).toEqual([expect.stringMatching(/^Renew/)])
  const [chip, act] = await Promise.all([
    row.locator('.chip.warn').boundingBox(),
    row.locator('.row-act').boundingBox(),
  ])
  expect((chip?.x ?? 0) + (chip?.width ?? 0)).toBeLessThan(act?.x ?? 0)
})

test.each(['de', 'uk', 'ar'])('the name of an API key does not touch its action on a phone, in %s', async (locale) => {
  await open('api-keys', { viewport: { width: 390, height: 844 }, locale })
  const gaps = await page.locator('#rows tbody tr').evaluateAll((rows) =>
    rows.map((row) => {
      const name = row.querySelector('.name > bdi')
      if (name) name.textContent = 'The backup of the house with a very long name'
      const act = row.querySelector('.row-act .btn')?.getBoundingClientRect() ?? new DOMRect()
      const besides = [...(name?.getClientRects() ?? [])].map((text) =>
        // Four pixels beside it, or above it.
        Math.max(act.left - text.right - 4, text.left - act.right - 4, act.top - text.bottom),
      )
      return Math.min(...besides)
    }),
  )
  expect(gaps.length).toBe(2)
  expect(Math.min(...gaps)).toBeGreaterThanOrEqual(0)
})

test.each(['apps', 'users', 'client-choose'])(
  '%s is searched without a button on a phone, unless there are no scripts',
  async (name) => {
    for (const javaScriptEnabled of [true, false]) {
      await open(name, { viewport: { width: 390, height: 844 }, javaScriptEnabled })
      const search = page.locator('main form:has(input[type="search"]) > .btn[type="submit"]').first()
      expect(await search.isVisible()).toBe(!javaScriptEnabled)
      if (javaScriptEnabled) await page.context().close()
    }
  },
)

test('a failed e-mail has its address on one line of a phone, and opens the technical text', async () => {
  await open('emails', { viewport: { width: 390, height: 844 } })
  const row = page.locator('#rows tbody tr').nth(2)
  const heights = await row
    .locator('.middle > span')
    .evaluateAll((parts) => parts.map((part) => part.getClientRects()[0]?.height ?? 0))
  expect(Math.max(...heights)).toBeLessThan(30)
  const technical = row.getByText('550 5.1.1')
  expect(await technical.isVisible()).toBe(false)
  await row.locator('summary').click()
  expect(await technical.isVisible()).toBe(true)
  await expectNoAxeViolations(page)
})

test.each([
  ['de', 'left'],
  ['ar', 'right'],
])('a row of users on a tablet shows the whole name, user name and address, in %s', async (locale, side) => {
  await open('users', { viewport: { width: 820, height: 1000 }, locale })
  const first = page.locator('#rows tbody tr').first()
  const cut = await first
    .locator(':is(.name > bdi, .titles > .muted, .middle)')
    .evaluateAll((texts) =>
      texts
        .filter((text) => text.scrollWidth > text.clientWidth || text.scrollHeight > text.clientHeight + 1)
        .map(({ textContent }) => textContent),
    )
  expect(cut).toEqual([])
  const groups = first.locator('.several > bdi')
  expect(await groups.evaluate((names) => getComputedStyle(names).textAlign)).toBe(side)
  expect(await page.locator('.scroller').evaluate((list) => list.scrollWidth - list.clientWidth)).toBe(0)
})

test('a disabled user with one device has both states on one line of a phone', async () => {
  await open('users', { viewport: { width: 390, height: 844 }, locale: 'de' })
  const row = page.locator('#rows tbody tr').nth(1)
  await row.locator('.titles .chip').evaluate((chip) => Object.assign(chip, { textContent: 'Deaktiviert' }))
  const [chipEnd, rowEnd] = await row.evaluate((row) =>
    [row.querySelector('td .chip.warn'), row].map((element) => element?.getBoundingClientRect().right ?? 0),
  )
  expect(chipEnd).toBeLessThan(rowEnd ?? 0)
})

test('the hint of a check box begins below its label, however long', async () => {
  await open('settings-email-off', { viewport: { width: 390, height: 844 } })
  const gaps = await page.locator('.pick ~ .under').evaluateAll((hints) =>
    hints.map((hint) => {
      const text = hint.parentElement?.querySelector('.pick > span > span')
      if (text) text.textContent = 'Sign-in codes that users ask for by themselves when they have no passkey'
      return hint.getBoundingClientRect().top - (text?.getBoundingClientRect().bottom ?? Number.POSITIVE_INFINITY)
    }),
  )
  expect(gaps.length).toBeGreaterThan(0)
  expect(Math.min(...gaps)).toBeGreaterThanOrEqual(0)
})

test.each([
  ['recovery-codes', 'p.small bdi'],
  ['account-recovery-used', '.note p > :is(bdi, .mono)'],
])('facts on %s are ordered from right to left in Arabic', async (name, selector) => {
  await open(name, { viewport: { width: 1280, height: 900 }, locale: 'ar' })
  const lefts = await page
    .locator(selector)
    .evaluateAll((facts) => facts.map((fact) => fact.getBoundingClientRect().left))
  expect(lefts.length).toBeGreaterThan(1)
  expect(lefts).toEqual(lefts.toSorted((a, b) => b - a))
})

test('a path of a service token begins with its slash in Arabic', async () => {
  await open('client-protected-site', { locale: 'ar' })
  const lefts = await page.getByText('GET /api/*').evaluate((element) =>
    ['/', '*'].map((character) => {
      const range = document.createRange()
      const at = element.textContent?.indexOf(character) ?? 0
      range.setStart(element.firstChild ?? element, at)
      range.setEnd(element.firstChild ?? element, at + 1)
      return range.getBoundingClientRect().left
    }),
  )
  expect(lefts).toEqual(lefts.toSorted((a, b) => a - b))
})

test('the user name begins the line of facts in Arabic', async () => {
  await open('user', { locale: 'ar' })
  const distance = await page.locator('.who p').evaluate((line) => {
    const name = document.createTreeWalker(line, NodeFilter.SHOW_TEXT).nextNode() ?? line
    const range = document.createRange()
    range.setStart(name, 0)
    range.setEnd(name, 'bilal'.length)
    return line.getBoundingClientRect().right - range.getBoundingClientRect().right
  })
  expect(distance).toBeLessThan(1)
})

test.each([
  ['settings-oidc', '.what > code'],
  ['recovery-codes', '.codes > li'],
])('identifiers on %s align with an Arabic page', async (name, selector) => {
  await open(name, { locale: 'ar' })
  const sides = await page
    .locator(selector)
    .evaluateAll((codes) =>
      codes.map((code) => [getComputedStyle(code).direction, getComputedStyle(code).textAlign].join()),
    )
  expect(new Set(sides)).toEqual(new Set(['ltr,end']))
})

test('the title of the recovery codes does not break inside the German word on a phone', async () => {
  await open('recovery-codes', { viewport: { width: 390, height: 844 }, locale: 'de' })
  for (const width of [390, 320]) {
    await page.setViewportSize({ width, height: 844 })
    expect([width, await charactersBeforeBreaks('h1')]).toEqual([width, []])
  }
})

test('a logo for light pages is shown on a light background in both themes', async () => {
  const colors: string[] = []
  for (const colorScheme of ['light', 'dark'] as const) {
    await open('client-settings', { colorScheme })
    colors.push(await page.locator('.tile.on-light').evaluate((tile) => getComputedStyle(tile).backgroundColor))
    if (colorScheme === 'light') await page.context().close()
  }
  expect(colors[0]).toBe(colors[1])
})

describe('the navigation', () => {
  test.each(['en', 'de', 'ar'])('fits 1280 × 720 with the user and the sign-out, in %s', async (locale) => {
    await open('users', { viewport: { width: 1280, height: 720 }, locale })
    const bottoms = await page
      .locator('#rail :is(a, button):visible')
      .evaluateAll((elements) => elements.map((element) => element.getBoundingClientRect().bottom))
    expect(bottoms.length).toBeGreaterThan(8)
    expect(Math.max(...bottoms)).toBeLessThanOrEqual(720)
  })

  test.each(['light', 'dark'] as const)('is a menu on a phone, in %s', async (colorScheme) => {
    await open('users', { viewport: phone, colorScheme })
    const users = page.locator('#rail').getByRole('link', { name: /^Users/ })
    expect(await users.isVisible()).toBe(false)
    await page.getByRole('button', { name: 'Menu' }).press('Enter')
    await users.waitFor()
    expect(await users.getAttribute('aria-current')).toBe('page')
    await expectNoAxeViolations(page)
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBe(phone.width)
    await page.keyboard.press('Escape')
    expect(await users.isVisible()).toBe(false)
    expect(await readFocus()).toBe('Menu')
  })

  test('opens without scripts too', async () => {
    await open('users', { viewport: phone, javaScriptEnabled: false })
    await page.getByRole('button', { name: 'Menu' }).click()
    expect(await page.getByRole('button', { name: 'Sign out' }).isVisible()).toBe(true)
  })

  test('shows the admin pages only to administrators', async () => {
    await open('account-no-passkey')
    expect(await page.getByRole('link', { name: 'Users', exact: true }).count()).toBe(0)
    expect(await page.getByRole('link', { name: 'Account', exact: true }).isVisible()).toBe(true)
  })
})
