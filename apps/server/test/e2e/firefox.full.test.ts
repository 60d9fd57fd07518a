import { beforeAll, describe, expect, test } from '@jest/globals'
import {
  describeUnless,
  eventually,
  firefoxUnavailableReason,
  launchFirefox,
  shareBetweenTests,
} from '@pocket/test-support'
import { startApp } from '../http/app.ts'
import { setUpOverApi } from './set-up.ts'

describeUnless(firefoxUnavailableReason, describe)('Firefox', () => {
  const running = shareBetweenTests(() => startApp({ UI_CONFIG_DISABLED: 'true', ALLOW_USER_SIGNUPS: 'open' }))
  const firefox = shareBetweenTests(launchFirefox)

  beforeAll(() => setUpOverApi(running.url))

  const waitForPath = (path: string) => eventually(async () => expect(new URL(await firefox.url()).pathname).toBe(path))
  const waitForText = (text: string) => eventually(async () => expect(await firefox.text()).toContain(text))

  test('signs up with a passkey, and signs in with it', async () => {
    await firefox.goto(`${running.url}/signup`)
    await firefox.fill('#f-username', 'fox')
    await firefox.fill('#f-email', 'fox@example.com')
    await firefox.addAuthenticator()
    await firefox.click('#setup button[type="submit"]')
    await waitForPath('/settings/apps')
    await firefox.goto(`${running.url}/settings/account/security`)
    await waitForText('You can sign in with one passkey')

    await firefox.clearCookies()
    await firefox.goto(`${running.url}/login`)
    await firefox.click('button.primary')
    await waitForPath('/settings/account')
  })
})
