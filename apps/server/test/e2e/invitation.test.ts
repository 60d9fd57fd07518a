import { expect, test } from '@jest/globals'
import { addVirtualAuthenticator, expectNoAxeViolations, launchBrowser } from '@pocket/test-support'
import { smtpSettings, startMailServer } from '../email/mail-server.ts'
import { startApp } from '../http/app.ts'
import { setUpOnPage } from './set-up.ts'

test('a user invited by e-mail signs up on a phone without entering the e-mail address', async () => {
  await using mailServer = await startMailServer()
  const env = { UI_CONFIG_DISABLED: 'true', ALLOW_USER_SIGNUPS: 'withToken', ...smtpSettings(mailServer) }
  await using running = await startApp(env)
  await using browser = await launchBrowser()
  const page = await browser.newPage({ viewport: { width: 1280, height: 720 } })
  await addVirtualAuthenticator(page)
  await setUpOnPage(page, running.url)
  await page.goto(`${running.url}/settings/admin/users`)
  await page.getByRole('link', { name: 'Invite' }).click()
  await page.getByLabel('E-mail').fill('mira+new@example.com')
  await page.getByRole('button', { name: 'Create link' }).click()
  await page.getByText('The link is being sent to mira+new@example.com.').waitFor()

  const { mail } = await mailServer.received('mira+new@example.com')
  const phone = await browser.newPage({ viewport: { width: 360, height: 740 }, hasTouch: true, isMobile: true })
  const authenticator = await addVirtualAuthenticator(phone)
  await phone.setContent(mail.html ?? '')
  await phone.getByRole('link', { name: 'Create account' }).tap()
  await phone.waitForURL('**/st/**')
  expect(await phone.getByLabel('E-mail').inputValue()).toBe('mira+new@example.com')
  await expectNoAxeViolations(phone)
  await phone.getByLabel('User name').fill('mira')
  await phone.getByRole('button', { name: 'Create passkey and continue' }).tap()
  await phone.waitForURL('**/settings/apps')
  expect(await authenticator.credentials()).toHaveLength(1)
  expect(await running.app.directory.findByName('mira')).toMatchObject({ email: 'mira+new@example.com' })
  expect(running.log.join('')).not.toContain('mira')
})
