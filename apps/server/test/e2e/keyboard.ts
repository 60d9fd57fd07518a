import { expect } from '@jest/globals'
import { eventually, type Page } from '@pocket/test-support'

/** A user without a pointer. */
export interface Keyboard {
  press(key: string): Promise<void>
  type(text: string): Promise<void>
  /** The focused element: its name, and whether the focus is visible. */
  readFocus(): Promise<{ readonly name: string; readonly isVisible: boolean }>
  /** Presses Tab until this element has the focus; every stop on the way must be visible. */
  tabTo(name: string | RegExp, maxTabs?: number): Promise<void>
  /** Waits until this element has the focus: the browser moves it after the key press and the load. */
  waitForFocus(name: string | RegExp): Promise<void>
  /** Performs an action that navigates, and waits for the new page. */
  navigateTo(to: string | RegExp, act: () => Promise<unknown>): Promise<void>
  /**
   * Sends a form with Enter. A passkey check that is not recent is repeated, which can happen anywhere on a slow machine.
   * Resolves to whether it was requested.
   */
  submit(): Promise<boolean>
  /** The message about the last action: it is in a live region and has the focus. */
  outcome(): Promise<string>
}

/** @param url - Of the server, the base of all visited paths. */
export function createKeyboard(page: Page, url: string): Keyboard {
  const press = (key: string) => page.keyboard.press(key)
  const readFocus = () => page.evaluate(readFocused)
  const tabTo: Keyboard['tabTo'] = async (name, maxTabs = 40) => {
    const passed: string[] = []
    for (let presses = 0; presses < maxTabs; presses += 1) {
      await press('Tab')
      const now = await readFocus()
      expect(now).toEqual({ name: now.name, isVisible: true })
      passed.push(now.name)
      if (typeof name === 'string' ? now.name === name : name.test(now.name)) return
    }
    throw new Error(`${name} is not reached; passed ${passed.join(', ')}.`)
  }
  const waitForFocus: Keyboard['waitForFocus'] = (name) =>
    eventually(async () => {
      const expected = typeof name === 'string' ? name : expect.stringMatching(name)
      expect(await readFocus()).toEqual({ name: expected, isVisible: true })
    })
  const pressEnter = () => navigate(page, () => press('Enter'))
  return {
    press,
    readFocus,
    waitForFocus,
    tabTo,
    type: (text) => page.keyboard.type(text),
    async navigateTo(to, act) {
      await navigate(page, act)
      await page.waitForURL(typeof to === 'string' ? url + to : to, { waitUntil: 'load' })
      await waitForRender(page)
    },
    async submit() {
      await pressEnter()
      if ((await page.locator('#act button[data-ceremony]').count()) === 0) return false
      await tabTo(/passkey/)
      await pressEnter()
      return true
    },
    async outcome() {
      expect(await page.evaluate(() => document.activeElement?.matches('[role="status"], [role="alert"]'))).toBe(true)
      const { name, isVisible } = await readFocus()
      expect(isVisible).toBe(true)
      return name
    },
  }
}

/** Performs an action that navigates, and waits until the new page has loaded and focused its autofocus element. */
async function navigate(page: Page, act: () => Promise<unknown>): Promise<void> {
  await Promise.all([page.waitForEvent('load'), act()])
  await waitForRender(page)
}

/** `autofocus` takes effect when the page is rendered for the first time (HTML, "flush autofocus candidates"). */
async function waitForRender(page: Page): Promise<void> {
  await page.waitForFunction(
    () => new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(() => resolve(true)))),
  )
}

/** Runs in the page. */
function readFocused() {
  const element = document.activeElement
  // After the last tab stop of a page comes the browser itself.
  if (!(element instanceof HTMLElement) || element === document.body) return { name: '', isVisible: true }
  const label =
    element instanceof HTMLInputElement || element instanceof HTMLSelectElement
      ? element.labels?.[0]?.textContent
      : element.textContent
  // A picker draws the focus of its text field around its whole box.
  const marked = (element.matches('.chooser > input') && element.parentElement) || element
  const { outlineStyle, outlineWidth } = getComputedStyle(marked)
  const { clipPath } = getComputedStyle(element)
  const { top, bottom, left, right } = element.getBoundingClientRect()
  const isInside = bottom > 0 && right > 0 && top < innerHeight && left < innerWidth
  // In a date field the browser focuses individual parts.
  const isDate = element instanceof HTMLInputElement && element.type === 'date'
  const isMarked =
    isDate || (element.matches(':focus-visible') && outlineStyle !== 'none' && Number.parseFloat(outlineWidth) > 0)
  return {
    name: (element.ariaLabel ?? label ?? '').replaceAll(/\s+/g, ' ').trim(),
    isVisible: isInside && isMarked && clipPath === 'none',
  }
}
