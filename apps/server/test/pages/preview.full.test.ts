import { beforeAll, describe, expect, test } from '@jest/globals'
import { expectNoAxeViolations, launchBrowser, shareBetweenTests, type TestBrowser } from '@pocket/test-support'
import { startPageServer } from './page-server.ts'
import { pageStates } from './page-states.ts'
import { ceremony } from './states/common.ts'
import { maxShift, watchPage } from './watch-page.ts'

/** Bytes over the network without compression, including response headers. */
const maxBytes = { signIn: 40_000, other: 100_000 }

type Page = Awaited<ReturnType<TestBrowser['newPage']>>

const sizes = {
  narrow: { width: 320, height: 640 },
  enlarged: { width: 640, height: 640 },
  phone: { width: 390, height: 844 },
  desktop: { width: 1280, height: 860 },
} as const

const server = shareBetweenTests(() => startPageServer())
// Disables optimizations for long-running scripts, because no page runs long.
const browser = shareBetweenTests(() => launchBrowser({ args: ['--js-flags=--no-opt --no-maglev'] }))
/** One page for all states and themes, because reloading takes as long as the checks. */
let page: Page
let output: string[]
let log: Awaited<ReturnType<typeof watchPage>>

beforeAll(async () => {
  server.answer = ({ path }) => {
    // The page that waits for another device polls, and no decision exists.
    if (path === '/submit') return { status: 202, body: {} }
    // The pages have a fixed date in the past, so their challenges have expired.
    if (path === '/ceremony') return { status: 200, body: { ...ceremony, expiresAt: Date.now() + 300_000 } }
    return undefined
  }
  page = await browser.newPage()
  output = collectOutput(page)
  log = await watchPage(page)
  await page.clock.install()
})

describe.each(Object.keys(pageStates))('%s', (name) => {
  let loaded: Awaited<ReturnType<typeof log.sinceLoad>>
  let optsIntoTransitions: boolean
  let hasNavigation: boolean

  beforeAll(async () => {
    output.length = 0
    await takeScreenshot('light', 'phone')
    await log.load(`${server.origin}/${name}`)
    // Includes late requests, and shifts after late content has loaded.
    await page.clock.runFor(5000)
    loaded = await log.sinceLoad()
    optsIntoTransitions = await page.evaluate(() => document.adoptedStyleSheets.length > 0)
    hasNavigation = (await page.locator('body.shell').count()) > 0
    await openEverything(page)
  })

  test('stays within its size limit and does not shift', () => {
    const { bytes, requests, shift } = loaded
    expect(shift).toBeLessThan(maxShift)
    expect(bytes).toBeGreaterThan(1000)
    expect(bytes).toBeLessThanOrEqual(name.startsWith('sign-in') ? maxBytes.signIn : maxBytes.other)
    // Scripts request only a new challenge after expiry, and the status of a waiting device.
    const byScripts = requests.filter(({ by }) => by === 'script').map(({ path }) => path)
    expect(byScripts.filter((path) => path !== '/ceremony' && path !== '/submit')).toEqual([])
    // Every page that the navigation links to must opt in to transitions, or Chromium logs a message about it.
    const { view = '' } = pageStates[name] ?? {}
    expect(optsIntoTransitions).toBe(hasNavigation || ['error', 'reauthenticate', 'session-ended'].includes(view))
  })

  test.each([
    ['light', 'desktop'],
    ['dark', 'phone'],
  ] as const)('is accessible and logs nothing in %s on a %s', async (colorScheme, size) => {
    await takeScreenshot(colorScheme, size)
    await expectNoAxeViolations(page)
    expect(output).toEqual([])
  })

  test('fits into 320 pixels', async () => {
    await takeScreenshot('light', 'narrow')
    await expectNothingCut()
  })

  test('fits with text at twice the size', async () => {
    await takeScreenshot('light', 'enlarged')
    await page.evaluate(() => document.documentElement.style.setProperty('font-size', '200%'))
    await expectNothingCut()
  })
})

describe('system preferences', () => {
  test('select the dark theme, unless the user chose another', async () => {
    const page = await browser.newPage({ colorScheme: 'dark' })
    const readBackground = async (theme: string) => {
      await page.context().addCookies([{ name: 'theme', value: theme, url: server.origin }])
      await page.goto(`${server.origin}/sign-in`)
      return page.evaluate(() => getComputedStyle(document.body).backgroundColor)
    }
    const [system, light, dark] = [
      await readBackground('system'),
      await readBackground('light'),
      await readBackground('dark'),
    ]
    expect([system === dark, system === light]).toEqual([true, false])
    await page.context().close()
  })

  test('disable animations', async () => {
    const listAnimations = async (reducedMotion: 'reduce' | 'no-preference') => {
      const page = await browser.newPage({ reducedMotion })
      await page.goto(`${server.origin}/settings-email-off`)
      await openEverything(page)
      const names = await page.evaluate(() => {
        document.querySelector('.btn:not(:has(> .icon))')?.setAttribute('aria-busy', 'true')
        return [...document.querySelectorAll('body *')].flatMap((element) =>
          ['', '::before', '::after'].flatMap((part) => {
            const { transitionDuration, animationDuration, animationName } = getComputedStyle(element, part)
            const lasts = [transitionDuration, animationDuration].some((each) => /[1-9]/.test(each))
            return lasts ? [animationName] : []
          }),
        )
      })
      await page.context().close()
      return names
    }
    expect(await listAnimations('no-preference')).toContain('appear, turn')
    expect(await listAnimations('reduce')).toEqual([])
  })
})

describe('touch targets', () => {
  test.each(['sign-in-field', 'select-account', 'sign-up', 'code-by-email', 'device-request'])(
    'are large enough for a finger on %s',
    async (name) => {
      const page = await browser.newPage({ viewport: sizes.phone, hasTouch: true, isMobile: true })
      await page.goto(`${server.origin}/${name}`)
      const sizesOf = await page.evaluate(() =>
        [...document.querySelectorAll<HTMLElement>('main :is(.btn, .item, input:not([type="hidden"]))')]
          .filter((element) => element.checkVisibility())
          .map((element) => [element.outerHTML.slice(0, 80), element.offsetHeight] as const),
      )
      expect(sizesOf.length).toBeGreaterThan(1)
      expect(sizesOf.filter(([, height]) => height < 44)).toEqual([])
      await page.context().close()
    },
  )
})

describe('a card of names and values', () => {
  test('has enough width for the names in every language', async () => {
    const page = await browser.newPage({ viewport: sizes.phone })
    for (const { tag } of server.languages) {
      await page.context().addCookies([{ name: 'language', value: tag, url: server.origin }])
      await page.goto(`${server.origin}/device-authorization`)
      const spilled = await page.evaluate(() =>
        [...document.querySelectorAll('dt')]
          .filter(({ scrollWidth, clientWidth }) => scrollWidth > clientWidth)
          .map(({ textContent }) => textContent),
      )
      expect([tag, spilled]).toEqual([tag, []])
    }
    await page.context().close()
  })
})

async function expectNothingCut(): Promise<void> {
  const widths = await page.evaluate(() => [document.documentElement.scrollWidth, innerWidth])
  expect(widths[0]).toBe(widths[1])
  const cut = await page.evaluate(() =>
    [...document.querySelectorAll('body *')]
      .filter((element) => element.checkVisibility() && element.getBoundingClientRect().right > innerWidth + 0.5)
      .filter((element) => !element.closest('.copy > code'))
      .map((element) => element.outerHTML.slice(0, 100)),
  )
  expect(cut).toEqual([])
}

describe('sign-in', () => {
  test('weighs at most 40 kB with all its files', async () => {
    const page = await browser.newPage()
    const session = await page.context().newCDPSession(page)
    await session.send('Network.enable')
    let bytes = 0
    session.on('Network.loadingFinished', ({ encodedDataLength }) => {
      bytes += encodedDataLength
    })
    await page.goto(`${server.origin}/sign-in-to-client`, { waitUntil: 'networkidle' })
    expect(bytes).toBeGreaterThan(5000)
    expect(bytes).toBeLessThan(40_000)
    await page.context().close()
  })

  test('explains without JavaScript what is missing, and keeps every other method available', async () => {
    const page = await browser.newPage({ javaScriptEnabled: false })
    await page.goto(`${server.origin}/sign-in-to-client`)
    // Found by its element, because text search ignores the content of noscript.
    expect(await page.locator('noscript .note').isVisible()).toBe(true)
    expect(await page.locator('noscript .note').textContent()).toContain('A passkey needs JavaScript')
    expect(await page.getByRole('button', { name: 'Continue with a passkey' }).isVisible()).toBe(false)
    expect(await page.getByRole('link', { name: 'Another way to sign in' }).isVisible()).toBe(true)
    expect(await page.getByRole('button', { name: 'Cancel' }).isVisible()).toBe(true)
    await page.context().close()
  })
})

describe('settings', () => {
  test('a slow test e-mail shows its progress, and stops showing it after back navigation', async () => {
    const page = await browser.newPage()
    await page.goto(`${server.origin}/settings-email-off`)
    // A response without content keeps the browser on the page.
    await page.route('**/application-configuration/email', (route) => route.fulfill({ status: 204 }))
    const button = page.getByRole('button', { name: 'Save and send a test e-mail' })
    await button.click()
    expect(await button.getAttribute('aria-busy')).toBe('true')
    await page.evaluate(() => dispatchEvent(new Event('pageshow')))
    expect(await button.getAttribute('aria-busy')).toBeNull()
    await page.context().close()
  })

  test('a custom color can be entered after its option is selected, with and without JavaScript', async () => {
    const page = await browser.newPage({ javaScriptEnabled: false })
    await page.goto(`${server.origin}/settings-general`)
    const field = page.getByRole('textbox', { name: 'Your own color' })
    expect(await field.isVisible()).toBe(false)
    await page.getByRole('radio', { name: 'Your own color' }).check()
    expect(await field.isVisible()).toBe(true)
    await page.context().close()
  })
})

/** Disables theme transitions, so that checks see the final colors. */
async function takeScreenshot(colorScheme: 'light' | 'dark', size: keyof typeof sizes): Promise<void> {
  await page.setViewportSize(sizes[size])
  await page.emulateMedia({ colorScheme })
  await page.evaluate(() => {
    for (const animation of document.getAnimations()) if (animation instanceof CSSTransition) animation.finish()
  })
}

/** All console messages and errors of the page. */
function collectOutput(page: Page): string[] {
  const output: string[] = []
  page.on('console', (message) => output.push(message.text()))
  page.on('pageerror', (error) => output.push(String(error)))
  return output
}

async function openEverything(page: Page): Promise<void> {
  await page.evaluate(() => {
    for (const details of document.querySelectorAll('details')) {
      details.removeAttribute('name')
      details.open = true
    }
  })
}
