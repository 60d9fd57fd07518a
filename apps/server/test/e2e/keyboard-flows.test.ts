import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import {
  addVirtualAuthenticator,
  describeUnless,
  generateLdif,
  launchBrowser,
  type Page,
  slapdUnavailableReason,
  startSlapd,
  type TestBrowser,
} from '@pocket/test-support'
import { startScimServer } from '@pocket/test-support/scim'
import { type RunningApp, startApp } from '../http/app.ts'
import { photoWithMetadata } from '../images/samples.ts'
import { createKeyboard, type Keyboard } from './keyboard.ts'

const settings = '/settings/admin/application-configuration'
const grant = { grant_type: 'urn:ietf:params:oauth:grant-type:device_code' }

/** An administrator who changes the settings; each test continues from the previous one. */
let browser: TestBrowser
let running: RunningApp
let page: Page
let keys: Keyboard

async function openWindow() {
  const context = await browser.newContext({ viewport: { width: 1280, height: 720 } })
  const opened = await context.newPage()
  await addVirtualAuthenticator(opened)
  return { page: opened, keys: createKeyboard(opened, running.url), [Symbol.asyncDispose]: () => context.close() }
}

beforeAll(async () => {
  running = await startApp({ ALLOWED_PRIVATE_HOSTS: '127.0.0.1' })
  browser = await launchBrowser()
  ;({ page, keys } = await openWindow())
  await page.goto(`${running.url}/login/setup`)
  await keys.tabTo(/^User name/i)
  await keys.type('ada')
  await keys.tabTo(/^E-mail/i)
  await keys.type('ada@example.com')
  await keys.navigateTo(/\/settings\//, () => keys.press('Enter'))
})
afterAll(async () => {
  await browser[Symbol.asyncDispose]()
  await running[Symbol.asyncDispose]()
})

const go = (path: string) => page.goto(running.url + path)
const retype = async (text: string) => {
  await keys.press('Control+a')
  await keys.type(text)
}

describe('with the keyboard alone', () => {
  test('a settings section is rejected, corrected and tested', async () => {
    await go(`${settings}/email`)
    await keys.tabTo(/^Host/)
    await retype('127.0.0.1')
    await keys.tabTo(/^Port/)
    await retype('99999')
    await keys.submit()
    await keys.waitForFocus(/^One thing needs to be changed/)
    await keys.press('Tab')
    await keys.press('Enter')
    await keys.waitForFocus(/^Port/)
    // No server listens there.
    await retype('9')
    await keys.tabTo(/^Sender address/)
    await retype('entryPoint@example.com')
    await keys.tabTo('Save and send a test e-mail', 60)
    await keys.submit()
    expect(await keys.outcome()).toMatch(/^The settings under E-mail were saved\. .*The test e-mail failed/)
  })

  test('sign-up is opened and used: a conflict moves the focus to its field', async () => {
    await go(`${settings}/sign-up`)
    await keys.tabTo(/^Disabled/)
    await keys.press('ArrowDown')
    await keys.press('ArrowDown')
    await keys.waitForFocus(/^Everyone/)
    await keys.tabTo('Save', 60)
    await keys.submit()
    expect(await keys.outcome()).toMatch(/^The settings under Sign-up were saved\./)

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

  test('jobs are run together, and audit log entries are exported', async () => {
    await go('/settings/admin/jobs?sort[column]=every')
    await keys.tabTo('Select Rotate signing keys', 80)
    await keys.press(' ')
    await keys.tabTo('Run now', 80)
    await keys.submit()
    expect(await keys.outcome()).toMatch(/^(One job has started\.|Not changed: 1)/)
    expect(page.url()).toContain('column%5D=every')

    await go('/settings/admin/audit-log')
    await keys.tabTo('Columns')
    await keys.press('Enter')
    await keys.tabTo('IP address', 5)
    await keys.press(' ')
    await keys.navigateTo(/#rows$/, () => keys.press('Enter'))
    await page.locator('#rows:focus').waitFor()
    expect(await page.locator('summary .mono').count()).toBe(0)
    await keys.tabTo(/^Select .*ada/, 2)
    await keys.press(' ')
    await keys.tabTo('Export as CSV', 80)
    const [file] = await Promise.all([page.waitForEvent('download'), keys.press('Enter')])
    expect(file.suggestedFilename()).toBe('audit-log.csv')
    const chunks = await (await file.createReadStream()).toArray()
    expect(Buffer.concat(chunks).toString().trim().split('\r\n')).toHaveLength(2)
    await keys.waitForFocus('Export as CSV')
  })

  test('a picture is selected, cropped and removed', async () => {
    await go('/settings/account')
    // Runs before the key press, so that the browser does not open its own dialog in another way.
    const chooser = page.waitForEvent('filechooser')
    await keys.tabTo(/^New picture/)
    await keys.press('Enter')
    const buffer = await photoWithMetadata('png', 120, 40)
    await (await chooser).setFiles({ name: 'me.png', mimeType: 'image/png', buffer })
    await page.getByRole('application').waitFor()
    await keys.tabTo('Choose the part that is shown')
    for (const key of ['ArrowLeft', 'ArrowLeft', '+']) await keys.press(key)
    await keys.tabTo('Zoom')
    expect(Number(await page.getByLabel('Zoom').inputValue())).toBeGreaterThan(0)
    await keys.press('ArrowRight')
    await keys.tabTo('Left to right')
    expect(Number(await page.getByLabel('Left to right').inputValue())).toBe(42)
    await keys.tabTo('Save picture')
    await keys.submit()
    expect(await keys.outcome()).toBe('Your picture was saved.')
    await keys.tabTo('Remove picture', 60)
    await keys.submit()
    expect(await keys.outcome()).toMatch(/picture was removed/)
  })

  test('provisioning is set up, tested, run and removed', async () => {
    await using target = await startScimServer()
    const { id } = await running.app.pocket.clients.create({ name: 'Photos', redirectUris: [] })
    await go(`/settings/admin/oidc-clients/${id}/scim`)
    await keys.tabTo(/^Endpoint/)
    await keys.type('no address')
    await keys.submit()
    await keys.waitForFocus(/^One thing needs to be changed/)
    await keys.press('Tab')
    await keys.press('Enter')
    await keys.waitForFocus(/^Endpoint/)
    await retype(target.url)
    await keys.tabTo(/^Token/)
    await keys.type('scim-token')
    await keys.tabTo(/^Deactivate/)
    await keys.press('ArrowDown')
    await keys.submit()
    expect(await keys.outcome()).toMatch(/^The provisioning of .+ was saved\./)
    await keys.tabTo('Test connection', 60)
    await keys.submit()
    expect(await keys.outcome()).toMatch(/^The application responds\./)
    await keys.tabTo('Run now', 60)
    await keys.submit()
    expect(await keys.outcome()).toMatch(/^The provisioning of .+ (has started|is in progress)\./)
    await keys.tabTo('End provisioning…', 60)
    await keys.press('Enter')
    await keys.tabTo('End provisioning', 1)
    await keys.submit()
    expect(await keys.outcome()).toMatch(/^The provisioning of .+ was ended\./)
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
    expect(await keys.outcome()).toMatch(/^The settings under LDAP were saved\./)
    await go('/settings/admin/ldap')
    await keys.tabTo('Test connection')
    await keys.submit()
    expect(await keys.outcome()).toMatch(/^The directory can be read\./)
    await keys.tabTo('Dry run', 60)
    await keys.submit()
    expect(await keys.outcome()).toBe('Dry run: nothing was changed.')
    await keys.tabTo('Import now', 60)
    await keys.submit()
    expect(await keys.outcome()).toBe('The import has run.')
  })
})
