import { expect, test } from '@jest/globals'
import { addVirtualAuthenticator, launchBrowser } from '@pocket/test-support'
import { authorizationUrl } from '../api/instance.ts'
import { startInstance } from './instance.ts'
import { setUpOnPage } from './set-up.ts'

const callback = 'https://app.example/callback'

test.each(['form_post', 'form_post.jwt'])(
  'a browser posts the response to the client (%s), without console messages',
  async (mode) => {
    await using instance = await startInstance('SQLite')
    await using browser = await launchBrowser()
    const context = await browser.newContext()
    const page = await context.newPage()
    await addVirtualAuthenticator(page)
    await setUpOnPage(page, instance.url)
    await page.goto(`${instance.url}/settings/admin/oidc-clients/new?template=other`)
    await page.getByLabel('Name').fill('App')
    await page.getByLabel('Callback URLs').fill(callback)
    await page.getByLabel('Everyone').check()
    await page.getByRole('button', { name: 'Add client' }).click()
    await page.waitForURL(/oidc-clients\/[0-9a-f-]{36}/)

    const complaints: string[] = []
    page.on('console', (message) => complaints.push(message.text()))
    await page.route('https://app.example/**', (route) => route.fulfill({ contentType: 'text/html', body: 'Welcome' }))
    const clientId = new URL(page.url()).pathname.split('/').at(-1) ?? ''
    await page.goto(authorizationUrl(instance.url, clientId, callback, { response_mode: mode }))
    const posted = page.waitForRequest((request) => request.url() === callback)
    await page.getByRole('button', { name: 'Allow and continue' }).click()
    const result = new URLSearchParams((await posted).postData() ?? '')
    expect(result.get(mode === 'form_post' ? 'code' : 'response')).toEqual(expect.any(String))
    await page.getByText('Welcome').waitFor()
    expect(complaints).toEqual([])
  },
)
