import { beforeAll, expect, test } from '@jest/globals'
import {
  addVirtualAuthenticator,
  eventually,
  type Locator,
  launchBrowser,
  type Page,
  shareBetweenTests,
} from '@pocket/test-support'
import { startApp } from '../http/app.ts'
import { setUpOnPage } from './set-up.ts'

/**
 * The commonest tasks with the keyboard alone and a screen reader, and the clicks that they take with a pointer; each test continues
 * from the previous one.
 */
const browser = shareBetweenTests(() => launchBrowser())
const running = shareBetweenTests(() => startApp())
let page: Page
let clientId: string
let counted = { clicks: 0, keys: 0 }

/** Presses Tab until the control has the focus. */
async function tabTo(control: Locator): Promise<void> {
  await control.waitFor()
  const isFocused = () => control.evaluate((element) => element === document.activeElement)
  for (let presses = 0; !(await isFocused()); presses += 1) {
    if (presses === 200) throw new Error(`The keyboard does not reach ${control}.`)
    await control.page().keyboard.press('Tab')
  }
}
const activate = async (control: Locator) => {
  await tabTo(control)
  await control.page().keyboard.press('Enter')
}
/** Activates a control, which is counted. */
const click = async (control: Locator) => {
  counted.clicks += 1
  await activate(control)
}
const button = (name: string | RegExp, on = page) => on.getByRole('button', { name, exact: typeof name === 'string' })
const link = (name: string | RegExp) => page.getByRole('link', { name, exact: typeof name === 'string' })
const type = async (label: string, text: string, on = page) => {
  counted.keys += text.length
  await tabTo(on.getByLabel(label, { exact: true }))
  await on.keyboard.type(text)
}
/** The clicks and typed characters since the last call. */
const takeCounts = () => {
  const result = counted
  counted = { clicks: 0, keys: 0 }
  return result
}

async function openWindow(width: number) {
  const context = await browser.newContext({ viewport: { width, height: 844 } })
  const opened = await context.newPage()
  await addVirtualAuthenticator(opened)
  return opened
}

/** The accessibility tree, which a screen reader reads. Every control in it has a name. */
async function readTree(on = page) {
  await on.waitForLoadState('load')
  const session = await on.context().newCDPSession(on)
  const { nodes } = await session.send('Accessibility.getFullAXTree')
  await session.detach()
  const byId = new Map(nodes.map((node) => [node.nodeId, node]))
  type Node = (typeof nodes)[number]
  const hasProperty = (node: Node, name: string) =>
    node.properties?.some((each) => each.name === name && each.value.value === true)
  const textOf = (node: Node): string =>
    node.role?.value === 'StaticText'
      ? String(node.name?.value)
      : (node.childIds ?? []).map((id) => textOf(byId.get(id) ?? node)).join(' ')
  const controls = nodes.filter(
    (node) => !node.ignored && hasProperty(node, 'focusable') && node.role?.value !== 'RootWebArea',
  )
  const nameOf = (node: Node) => String(node.name?.value ?? '') || textOf(node)
  expect(controls.filter((node) => nameOf(node).trim() === '').map(({ role }) => role?.value)).toEqual([])
  return nodes.map((node) => ({
    role: String(node.role?.value),
    name: nameOf(node),
    isFocused: hasProperty(node, 'focused') === true,
  }))
}

/** A global listener for clicks makes a screen reader call all text clickable. */
async function expectNoClickableText() {
  const session = await page.context().newCDPSession(page)
  for (const expression of ['window', 'document', 'document.querySelector("main")']) {
    const { result } = await session.send('Runtime.evaluate', { expression })
    const { listeners } = await session.send('DOMDebugger.getEventListeners', { objectId: result.objectId ?? '' })
    expect(listeners.map(({ type }) => type)).not.toContain('click')
  }
  await session.detach()
}

/** The focused node, which a screen reader announces. */
async function waitForAnnouncement(on = page) {
  const focus = (await readTree(on)).filter(({ isFocused }) => isFocused).at(-1)
  return focus && `${focus.role}: ${focus.name.replaceAll(/\s+/g, ' ').trim()}`
}

beforeAll(async () => {
  page = await openWindow(1280)
  await setUpOnPage(page, running.url)
})

test('DSM is connected', async () => {
  await click(link('Add client').first())
  await click(link(/^Synology DSM/))
  await type('Address of DSM', 'nas.example:5001')
  await click(button('Add client'))
  await page.getByRole('heading', { name: 'Enter this in DSM' }).waitFor()
  clientId = new URL(page.url()).pathname.split('/').at(-1) ?? ''
  expect(await waitForAnnouncement()).toBe('status: Added: Synology DSM')
  await expectNoClickableText()
  await click(button('Allow everyone'))
  await page.getByText('Saved: Access · Synology DSM').waitFor()
  expect(await waitForAnnouncement()).toBe('status: Saved: Access · Synology DSM')
  const secret = await page.locator('.new-secret code').textContent()
  const body = { client_id: clientId, client_secret: secret ?? '', grant_type: 'refresh_token', refresh_token: 'x' }
  await fetch(`${running.url}/api/oidc/token`, { method: 'POST', body: new URLSearchParams(body) })
  // DSM has used the secret, so leaving asks for no confirmation when the administrator returns.
  await eventually(async () => {
    await page.evaluate(() => dispatchEvent(new Event('focus')))
    expect(await page.locator('[data-unstored]').count()).toBe(0)
  })
  expect(takeCounts()).toEqual({ clicks: 4, keys: 16 })
  await activate(button('I have stored it'))
  await page.getByText('is hidden now').waitFor()
  expect(await waitForAnnouncement()).toBe(
    'status: The secret of Synology DSM is hidden now. Only its beginning stays visible.',
  )
})

test('a user is invited, and signs in on a phone', async () => {
  await click(link(/^Users/))
  await click(link('Invite'))
  await click(button('Allow links and create one'))
  await page.getByText('Copy the link below').waitFor()
  expect(await waitForAnnouncement()).toBe('status: Copy the link below and send it.')
  const phone = await openWindow(390)
  await phone.goto((await page.locator('#created-link').textContent()) ?? '')
  await type('User name', 'bob', phone)
  await click(button('Create passkey and continue', phone))
  await phone.waitForURL('**/settings/apps')
  expect(await waitForAnnouncement(phone)).toBe('status: Your passkey works.')
  expect(takeCounts()).toEqual({ clicks: 4, keys: 3 })
})

test('each row of a list has a header, and no label is read twice', async () => {
  await page.goto(`${running.url}/settings/admin/users`)
  const tree = await readTree()
  const namesOf = (role: string) => tree.filter((node) => node.role === role).map(({ name }) => name)
  expect(namesOf('rowheader')).toEqual([expect.stringMatching(/^Ada Lovelace/), expect.stringMatching(/^bob/)])
  expect(namesOf('columnheader').at(0)).toBe('Select')
  expect(namesOf('checkbox')).toEqual(['Select all on this page', 'Select Ada Lovelace', 'Select bob'])
  expect(namesOf('StaticText').filter((text) => text.startsWith('Select'))).toEqual([])
  // Screen readers that join the texts of a line would read "Passkeys:1".
  expect(namesOf('StaticText')).toContain('Passkeys: ')
})

test('a screen reader reads the skip link as one line', async () => {
  const lines = await page.evaluate(() => {
    const range = document.createRange()
    range.selectNodeContents(document.querySelector('.skip') ?? document)
    return range.getClientRects().length
  })
  expect(lines).toBe(1)
})

test('a failed sign-in is explained and fixed', async () => {
  const redirectUri = 'https://nas.example:5001/wrong'
  const request = { client_id: clientId, redirect_uri: redirectUri, response_type: 'code', scope: 'openid' }
  await fetch(`${running.url}/authorize?${new URLSearchParams(request)}`)
  await click(link(/^Clients/))
  await click(link('Synology DSM'))
  await click(link(/^Activity/))
  await page.getByText(`The callback URL ${redirectUri} is not registered.`).waitFor()
  await waitForAnnouncement()
  expect(takeCounts()).toEqual({ clicks: 3, keys: 0 })
  await click(button('Register it'))
  await page.getByText('Added: Callback URLs').waitFor()
  expect(await waitForAnnouncement()).toBe('status: Added: Callback URLs · Synology DSM')
  expect(takeCounts()).toEqual({ clicks: 1, keys: 0 })
})

test('a stolen laptop is locked out', async () => {
  await page.goto(`${running.url}/settings/admin`)
  await click(link(/^Users/))
  await click(page.getByRole('row', { name: /bob/ }).getByRole('link', { name: 'Passkeys: 1' }))
  // The sign-up used the passkey.
  await page.getByText('Passkeys: 1, used').waitFor()
  await click(page.locator('details[name="passkey"] > summary'))
  await click(page.locator('details[name="passkey"] button.danger'))
  await page.getByText('Removed: Passkey').waitFor()
  expect(await waitForAnnouncement()).toBe('status: Removed: Passkey')
  expect(takeCounts()).toEqual({ clicks: 4, keys: 0 })
})

test('a secret is renewed', async () => {
  await page.goto(`${running.url}/settings/admin`)
  await click(link(/^Clients/))
  await click(link('Synology DSM'))
  await click(button('Add secret'))
  await page.getByText('Added: Client secret').waitFor()
  expect(await waitForAnnouncement()).toMatch(/^status: Added: Client secret · Synology DSM/)
  await click(button('I have stored it'))
  await page.getByText('is hidden now').waitFor()
  expect(await waitForAnnouncement()).toBe(
    'status: The secret of Synology DSM is hidden now. Only its beginning stays visible.',
  )
  const first = page.locator('details[name="secret"]').first()
  await click(first.locator('summary'))
  await click(first.getByRole('button'))
  await page.getByText('Removed: Client secret').waitFor()
  expect(await waitForAnnouncement()).toBe('status: Removed: Client secret · Synology DSM')
  expect(takeCounts()).toEqual({ clicks: 6, keys: 0 })
})
