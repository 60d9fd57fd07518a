import { expect, test } from '@jest/globals'
import { expectNoAxeViolations, launchBrowser } from '@pocket/test-support'
import { servePage } from './page-server.ts'

function pageHtml(body: string): string {
  return `<!doctype html><html lang="en"><title>Page</title><main><h1>Page</h1>${body}</main></html>`
}

test('reports a violation with its rule, element and remedy', async () => {
  await using server = await servePage(pageHtml('<input id="mail"><img src="data:," alt="">'))
  await using browser = await launchBrowser()
  const page = await browser.newPage()
  await page.goto(server.url)

  await expect(expectNoAxeViolations(page)).rejects.toThrow(
    /has 1 accessibility violation\(s\):\nlabel \(critical\): [^\n]+\n {4}#mail\n {4}Fix any of the following: /,
  )
  await expectNoAxeViolations(page, { exclude: ['#mail'] })
})

test('reports touch targets that are too close together', async () => {
  const smallButton = '<button style="inline-size: 16px; block-size: 16px; padding: 0; border: 0">'
  await using server = await servePage(pageHtml(`<div>${smallButton}a</button>${smallButton}b</button></div>`))
  await using browser = await launchBrowser()
  const page = await browser.newPage()
  await page.goto(server.url)

  await expect(expectNoAxeViolations(page)).rejects.toThrow(/target-size \(serious\)/)
})

test('accepts an accessible page', async () => {
  await using server = await servePage(pageHtml('<label>Mail <input></label>'))
  await using browser = await launchBrowser()
  const page = await browser.newPage()
  await page.goto(server.url)

  await expect(expectNoAxeViolations(page)).resolves.toBeUndefined()
})
