import { beforeAll, describe, expect, test } from '@jest/globals'
import {
  addVirtualAuthenticator,
  describeUnless,
  generateLdif,
  launchBrowser,
  type Page,
  shareBetweenTests,
  slapdUnavailableReason,
  startSlapd,
} from '@pocket/test-support'
import { startApp } from '../http/app.ts'
import { createKeyboard, type Keyboard } from './keyboard.ts'

const settings = '/settings/admin/application-configuration'
const grant = { grant_type: 'urn:ietf:params:oauth:grant-type:device_code' }

/** An administrator who changes the settings; each test continues from the previous one. */
const running = shareBetweenTests(() => startApp({ ALLOWED_PRIVATE_HOSTS: '127.0.0.1' }))
const browser = shareBetweenTests(() => launchBrowser())
let page: Page
let keys: Keyboard

async function openWindow() {
  const context = await browser.newContext({ viewport: { width: 1280, height: 720 } })
  const opened = await context.newPage()
  await addVirtualAuthenticator(opened)
  return { page: opened, keys: createKeyboard(opened, running.url), [Symbol.asyncDispose]: () => context.close() }
}

beforeAll(async () => {
  ;({ page, keys } = await openWindow())
  await page.goto(`${running.url}/login/setup`)
  await keys.tabTo(/^User name/i)
  await keys.type('ada')
  await keys.tabTo(/^E-mail/i)
  await keys.type('ada@example.com')
  await keys.navigateTo(/\/settings\//, () => keys.press('Enter'))
})

const go = (path: string) => page.goto(running.url + path)
const retype = async (text: string) => {
  await keys.press('Control+a')
  await keys.type(text)
}

describe('with the keyboard alone', () => {
  test('sign-up is opened and used: a conflict moves the focus to its field', async () => {
    await go(`${settings}/sign-up`)
    await keys.tabTo(/^Disabled/)
    await keys.press('ArrowDown')
    await keys.press('ArrowDown')
    await keys.waitForFocus(/^Everyone/)
    await keys.tabTo('Save', 60)
    await keys.submit()
    expect(await keys.outcome()).toBe('Saved: Sign-up')

    await using guest = await openWindow()
    const { tabTo, type, press, waitForFocus: focuses, navigateTo: goes } = guest.keys
    await guest.page.goto(`${running.url}/login`)
    await tabTo('Create an account')
    await goes(/\/signup/, () => press('Enter'))
    await tabTo(/^User name/)
    await type('ada')
    await tabTo(/^E-mail/)
    await type('grace@example.com')
    await tabTo('Create passkey and continue')
    await press('Enter')
    await guest.page.locator('#summary:focus').waitFor()
    await tabTo('This user name is taken. Choose another one.')
    await press('Enter')
    await focuses(/^User name/)
    await press('Control+a')
    await type('grace')
    await goes(/\/settings\/apps$/, () => press('Enter'))
  })

  test('one device is approved and one is denied', async () => {
    await using television = await openWindow()
    const begin = async () => {
      await television.page.goto(`${running.url}/login/device`)
      return (await television.page.locator('#user-code').textContent()) ?? ''
    }
    const sendRequest = async (code: string) => {
      await go('/device')
      await keys.tabTo(/^Code/)
      await keys.type(code.toLowerCase())
      await keys.navigateTo(/code=/, () => keys.press('Enter'))
    }
    await sendRequest('ABCD-EFGH')
    await keys.waitForFocus(/^One thing needs to be changed/)
    await sendRequest(await begin())
    await keys.tabTo('Don’t allow')
    await keys.press('Enter')
    await page.getByRole('heading', { name: 'Sign-in denied' }).waitFor()
    await television.page.getByText('The sign-in was denied on the other device').waitFor()
    await television.keys.tabTo('Get a new code')
    await television.keys.navigateTo(/\/login\/device/, () => television.keys.press('Enter'))
    await sendRequest((await television.page.locator('#user-code').textContent()) ?? '')
    await keys.tabTo('Approve with a passkey')
    await keys.press('Enter')
    await page.getByRole('heading', { name: 'It’s signed in' }).waitFor()
    await television.page.waitForURL(/\/settings\/account$/)
  })

  test('an application on another device is approved or denied', async () => {
    const { id } = await running.app.pocket.clients.create({
      name: 'Television',
      redirectUris: ['https://television.example/cb'],
      isPublic: true,
    })
    const sendRequest = async (path: string, fields: Readonly<Record<string, string>>) => {
      const body = new URLSearchParams({ client_id: id, ...fields })
      const response = await fetch(running.url + path, { method: 'POST', body })
      return (await response.json()) as Readonly<Record<string, string>>
    }
    for (const [act, title, outcome] of [
      ['Don’t allow', 'It has no access', { error: 'access_denied' }],
      ['Allow and continue', 'It has access', { access_token: expect.any(String) }],
    ] as const) {
      const { user_code = '', device_code = '' } = await sendRequest('/api/oidc/device/authorize', { scope: 'openid' })
      await go(`/device?code=${user_code}`)
      await keys.tabTo(act)
      await keys.press('Enter')
      await page.getByRole('heading', { name: title }).waitFor()
      expect(await sendRequest('/api/oidc/token', { ...grant, device_code })).toMatchObject(outcome)
    }
  })
})

describeUnless(slapdUnavailableReason, describe)('a directory, with the keyboard alone', () => {
  test('LDAP is tested, previewed and imported', async () => {
    await using slapd = await startSlapd({ ldif: generateLdif({ users: 3, groups: 1, members: 2 }) })
    await go(`${settings}/ldap`)
    await keys.tabTo('Directory')
    await keys.type('OpenLDAP')
    await keys.tabTo('Fill in', 1)
    await keys.submit()
    expect(await keys.outcome()).toMatch(/^Filled in for OpenLDAP/)
    for (const [field, value] of [
      [/^Import every hour/, null],
      [/^Address/, slapd.url],
      [/^Bind DN/, `uid=reader,${slapd.base}`],
      [/^Password/, 'secret'],
      [/^Base/, slapd.base],
    ] as const) {
      await keys.tabTo(field, 60)
      if (value === null) await keys.press(' ')
      else await retype(value)
    }
    await keys.submit()
    expect(await keys.outcome()).toBe('Saved: LDAP')
    await go('/settings/admin/ldap')
    await keys.tabTo('Test connection')
    await keys.submit()
    expect(await keys.outcome()).toMatch(/^The directory can be read\./)
    await keys.tabTo('Dry run', 60)
    await keys.submit()
    expect(await keys.outcome()).toBe('Dry run: nothing was changed.')
    await keys.tabTo('Import now', 60)
    await keys.submit()
    expect(await keys.outcome()).toBe('Done: Import from LDAP')
  })
})
