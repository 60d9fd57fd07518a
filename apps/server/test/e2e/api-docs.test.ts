import { expect, test } from '@jest/globals'
import { launchBrowser } from '@pocket/test-support'
import { startInstance } from './instance.ts'

test('the API page shows the document under its content security policy, without another origin', async () => {
  await using instance = await startInstance('SQLite')
  await using browser = await launchBrowser()
  const page = await (await browser.newContext()).newPage()
  const errors: string[] = []
  page.on('console', (message) => message.type() === 'error' && errors.push(message.text()))
  page.on('pageerror', (error) => errors.push(String(error)))
  const origins = new Set<string>()
  page.on('request', (request) => origins.add(new URL(request.url()).origin))
  await page.goto(`${instance.url}/api/docs`)
  await page.getByText('List your API keys').first().click()
  await page.getByText('Responses').first().waitFor()
  expect(await page.getByRole('button', { name: 'Try it out' }).count()).toBe(0)
  expect(errors).toEqual([])
  expect([...origins].filter((origin) => origin !== 'null')).toEqual([new URL(instance.url).origin])
})
