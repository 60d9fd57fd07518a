import { expect, test } from '@jest/globals'
import { expectNoAxeViolations, launchBrowser } from '@pocket/test-support'
import { createSource, facts } from './fixture.ts'
import { createTarget } from './migrated-server.ts'

test('leads an operator in a browser from the set-up page to the migrated instance', async () => {
  await using source = await createSource('archive')
  await using target = await createTarget('SQLite')
  await using server = await target.start({}, /set-up token (\S+) at/)
  await using browser = await launchBrowser()
  const page = await (await browser.newContext()).newPage()
  await page.goto(`${target.url}/login/setup`)
  await page.getByRole('link', { name: 'Move from Pocket ID' }).click()
  await expectNoAxeViolations(page)
  await page.getByLabel('Set-up token').fill(server.output().match(/set-up token (\S+) at/)?.[1] ?? '')
  await page.getByRole('button', { name: 'Continue' }).click()
  await page.getByLabel('Upload', { exact: true }).setInputFiles(source.source)
  await page.getByRole('button', { name: 'Upload file' }).click()
  await page.getByRole('radio', { name: 'Uploaded file' }).waitFor()
  await expectNoAxeViolations(page)
  await page.getByLabel('Encryption key of Pocket ID').fill(facts.encryptionKey)
  await page.getByRole('button', { name: 'Check' }).click()
  await page.getByRole('heading', { name: 'Check the result' }).waitFor()
  await expectNoAxeViolations(page)
  await page.getByRole('button', { name: 'Migrate now' }).click()
  // The page reloads itself until the migrated instance serves.
  await page.getByRole('heading', { name: 'Migration from Pocket ID complete' }).waitFor()
  await expectNoAxeViolations(page)
  await page.getByRole('link', { name: 'Sign in with your passkey' }).click()
  await page.waitForURL(`${target.url}/login`)
  expect(await page.title()).toContain(facts.settings.appName)
})
