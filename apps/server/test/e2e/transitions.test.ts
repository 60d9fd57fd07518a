import { expect, test } from '@jest/globals'
import { launchBrowser, type Page, shareBetweenTests, type TestBrowser } from '@pocket/test-support'
import { startCalledInstance } from '../api/calls.ts'
import { freshName } from '../api/people.ts'
import { changeSettings } from '../api/setting-calls.ts'

const browser = shareBetweenTests(() => launchBrowser())
const instance = shareBetweenTests(() => startCalledInstance('SQLite'))

interface AdministrationPage {
  readonly page: Page
  /** The console messages of the pages. */
  readonly messages: readonly string[]
  /** The running animations, after the page is shown. */
  listAnimatedElements(): Promise<readonly string[]>
  /** Clicks or taps immediately, without waiting for animations. */
  click(name: string): Promise<void>
  /** Clicks without waiting for animations, and waits for the page at this path. */
  goTo(name: string, path: string): Promise<void>
}

/** A user on their account page, with page transitions of one minute. */
async function openAdministration(
  options: NonNullable<Parameters<TestBrowser['newPage']>[0]> = { reducedMotion: 'no-preference' },
): Promise<AdministrationPage> {
  const name = freshName()
  await instance.personWithoutPasskey(name)
  const { url } = await instance.app.issueLoginCode(name)
  const page = await browser.newPage(options)
  const output: string[] = []
  page.on('console', (message) => output.push(message.text()))
  page.on('pageerror', (error) => output.push(String(error)))
  await page.addInitScript(() => {
    const slow = new CSSStyleSheet()
    slow.replaceSync('*, ::view-transition-old(page) { animation-duration: 60s !important }')
    document.adoptedStyleSheets.push(slow)
    addEventListener('pagereveal', ({ viewTransition }) => Object.assign(globalThis, { revealed: { viewTransition } }))
  })
  await page.goto(url)
  await page.getByRole('button', { name: 'Sign in' }).click()
  await page.waitForURL((to) => !to.pathname.startsWith('/lc'))
  await page.goto(`${instance.url}/settings/account`)
  const listAnimatedElements = async () => {
    await page.waitForFunction(() => 'revealed' in globalThis)
    return page.evaluate(async () => {
      const transition: ViewTransition | null = Reflect.get(globalThis, 'revealed').viewTransition
      await transition?.ready
      return document.getAnimations().map(({ effect }) => {
        const { target, pseudoElement } = effect as KeyframeEffect
        return pseudoElement ?? target?.localName ?? ''
      })
    })
  }
  const click = async (name: string) => {
    const box = await page.getByRole('link', { name, exact: true }).boundingBox()
    if (!box) throw new Error(`${name} is not there.`)
    const { touchscreen, mouse } = page
    const point = [box.x + 10, box.y + box.height / 2] as const
    await (options.hasTouch ? touchscreen.tap(...point) : mouse.click(...point))
  }
  const goTo = (name: string, path: string) =>
    Promise.all([page.waitForURL(instance.url + path), click(name)]).then(() => {})
  return { page, messages: output, listAnimatedElements, click, goTo }
}

/** A touch device without hover. */
const tablet = { reducedMotion: 'no-preference', hasTouch: true, isMobile: true } as const
/** The animations of a page that appears, without and with the old page that disappears. */
const coming = ['main']
const turning = ['main', '::view-transition-old(page)']

test.each([
  ['with a mouse', undefined, coming],
  ['by touch', tablet, turning],
] as const)('navigation shows a transition, and clicks during it count: %s', async (_, options, moves) => {
  const { page, messages, listAnimatedElements: moving, click, goTo } = await openAdministration(options)
  await goTo('My apps', '/settings/apps')
  expect(await moving()).toEqual(moves)
  await goTo('Account', '/settings/account')
  expect(await moving()).toEqual(moves)
  await goTo('API keys', '/settings/api-keys')
  expect(await moving()).toEqual(moves)
  // Two clicks at once: the second one decides the target.
  await click('Account')
  await goTo('My apps', '/settings/apps')
  expect(await moving()).toEqual(moves)
  expect(messages).toEqual([])
  await page.context().close()
})

// Chromium logs this when it ends a transition because a pointer moves over the page before it is shown.
test('a moving mouse causes no console message', async () => {
  const { page, messages, click } = await openAdministration()
  for (const [name, path] of [
    ['My apps', '/settings/apps'],
    ['Account', '/settings/account'],
    ['My apps', '/settings/apps'],
  ] as const) {
    await click(name)
    let there = false
    const arrival = page.waitForURL(instance.url + path).then(() => {
      there = true
    })
    for (let x = 0; !there; x = (x + 1) % 100) await page.mouse.move(400 + x, 300)
    await arrival
  }
  expect(messages).toEqual([])
  await page.context().close()
})

test('nothing moves with reduced motion or disabled animations', async () => {
  const { page, messages, listAnimatedElements: moving, goTo } = await openAdministration()
  await page.emulateMedia({ reducedMotion: 'reduce' })
  await goTo('My apps', '/settings/apps')
  expect(await moving()).toEqual([])
  await page.emulateMedia({ reducedMotion: 'no-preference' })
  await changeSettings(instance, { disableAnimations: 'true' })
  await page.reload()
  await goTo('Account', '/settings/account')
  expect(await moving()).toEqual([])
  await changeSettings(instance, { disableAnimations: 'false' })
  await page.reload()
  await goTo('My apps', '/settings/apps')
  expect(await moving()).toEqual(coming)
  expect(messages).toEqual([])
  await page.context().close()
})

test('a failed transition does not change the page and logs nothing', async () => {
  const { page, messages, goTo } = await openAdministration(tablet)
  await page.addInitScript(() =>
    addEventListener('pagereveal', ({ viewTransition }) => {
      viewTransition?.skipTransition()
      viewTransition?.finished.then(() => Object.assign(globalThis, { failed: document.getAnimations().length }))
    }),
  )
  for (const [name, path] of [
    ['My apps', '/settings/apps'],
    ['Account', '/settings/account'],
  ] as const) {
    await goTo(name, path)
    await page.waitForFunction(() => 'failed' in globalThis)
    expect(await page.evaluate(() => Reflect.get(globalThis, 'failed'))).toBe(0)
  }
  expect(messages).toEqual([])
  await page.context().close()
})

test('an error page has a transition; back navigation, the same page and sign-in pages have none', async () => {
  const { page, messages, listAnimatedElements: moving, click, goTo } = await openAdministration()
  await goTo('My apps', '/settings/apps')
  await page.goBack({ waitUntil: 'load' })
  expect(await moving()).toEqual([])
  await click('Account')
  await page.waitForFunction(() => navigation.activation?.navigationType === 'replace')
  expect(await moving()).toEqual([])

  await page.evaluate(() => location.assign('/settings/none'))
  await page.getByRole('heading', { name: 'There’s nothing here' }).waitFor()
  expect(await moving()).toEqual(coming)
  const act = page.locator('main a.primary')
  await goTo((await act.textContent()) ?? '', (await act.getAttribute('href')) ?? '')
  expect(await moving()).toEqual(coming)

  await page.context().clearCookies()
  await click('My apps')
  await page.waitForURL(/\/login/)
  expect(await moving()).toEqual([])
  // Chromium logs this sentence for an error status.
  expect(messages).toEqual([expect.stringContaining('status of 404')])
  await page.context().close()
})
