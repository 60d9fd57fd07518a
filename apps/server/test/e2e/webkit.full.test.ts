import { beforeAll, describe, expect, test } from '@jest/globals'
import { newUser } from '@pocket/directory'
import {
  describeUnless,
  eventually,
  launchWebKit,
  shareBetweenTests,
  webKitUnavailableReason,
} from '@pocket/test-support'
import { startApp } from '../http/app.ts'
import { setUpOverApi } from './set-up.ts'

describeUnless(webKitUnavailableReason, describe)('WebKitGTK, which has no passkeys', () => {
  const running = shareBetweenTests(() => startApp({ UI_CONFIG_DISABLED: 'true', ALLOW_USER_SIGNUPS: 'open' }))
  const webKit = shareBetweenTests(launchWebKit)

  beforeAll(() => setUpOverApi(running.url))

  const waitForText = (text: string) => eventually(async () => expect(await webKit.text()).toContain(text))
  const scrollsSideways = () =>
    webKit.evaluate('return document.documentElement.scrollWidth > document.documentElement.clientWidth')

  test('says at sign-in and sign-up that this browser cannot use passkeys', async () => {
    await webKit.goto(`${running.url}/login`)
    expect(await webKit.evaluate('return typeof PublicKeyCredential')).toBe('undefined')
    await webKit.click('#passkey')
    await waitForText('This browser can’t use passkeys. Update it, or open this page in another browser.')
    await webKit.goto(`${running.url}/signup`)
    await webKit.fill('#f-username', 'gnome')
    await webKit.fill('#f-email', 'gnome@example.com')
    await webKit.click('#setup button[type="submit"]')
    await waitForText('This browser can’t use passkeys.')
  })

  test('signs in with a login code, and shows the pages of the account without scrolling sideways', async () => {
    await running.app.directory.create(newUser({ userName: 'web', email: 'web@example.com' }))
    const { code } = await running.app.issueLoginCode('web')
    await webKit.goto(`${running.url}/lc`)
    await webKit.fill('[name="code"]', code)
    await webKit.click('form[action="/lc"] button[type="submit"]')
    await eventually(async () => expect(new URL(await webKit.url()).pathname).toBe('/signup/add-passkey'))
    for (const width of [400, 1280]) {
      await webKit.resize(width, 800)
      for (const path of ['/login?another=yes', '/settings/account', '/settings/account/security', '/settings/apps']) {
        await webKit.goto(running.url + path)
        expect([path, width, await scrollsSideways()]).toEqual([path, width, false])
      }
    }
  })
})
