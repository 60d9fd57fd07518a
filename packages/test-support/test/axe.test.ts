import { expect, test } from '@jest/globals'
import { expectNoAxeViolations, launchBrowser } from '@pocket/test-support'
import { servePage } from './page-server.ts'

function page(body: string): string {
  return `<!doctype html><html lang="en"><title>Page</title><main><h1>Page</h1>${body}</main></html>`
}

test('reports a violation with its rule, element and remedy', async () => {
  await using server = await servePage(page('<input id="mail"><img src="data:," alt="">'))
  await using browser = await launchBrowser()
  const opened = await browser.newPage()
  await opened.goto(server.url)

  await expect(expectNoAxeViolations(opened)).rejects.toThrow(
    /has 1 accessibility violation\(s\):\nlabel \(critical\): [^\n]+\n {4}#mail\n {4}Fix any of the following: /,
  )
  await expectNoAxeViolations(opened, { exclude: ['#mail'] })
})

test('reports touch targets that are too close together', async () => {
  const small = '<button style="inline-size: 16px; block-size: 16px; padding: 0; border: 0">'
  await using server = await servePage(page(`<div>${small}a</button>${small}b</button></div>`))
  await using browser = await launchBrowser()
  const opened = await browser.newPage()
  await opened.goto(server.url)

  await expect(expectNoAxeViolations(opened)).rejects.toThrow(/target-size \(serious\)/)
})

test('accepts an accessible page', async () => {
  await using server = await servePage(page('<label>Mail <input></label>'))
  await using browser = await launchBrowser()
  const opened = await browser.newPage()
  await opened.goto(server.url)

  await expect(expectNoAxeViolations(opened)).resolves.toBeUndefined()
})
