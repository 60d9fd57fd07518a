import { expect, test } from '@jest/globals'
import {
  addVirtualAuthenticator,
  type BrowserContext,
  launchBrowser,
  type Page,
  shareBetweenTests,
} from '@pocket/test-support'
import { startInstance } from './instance.ts'

/** Eight tabs of four clients. */
const clients = [0, 1, 2, 3]
const tabs = [...clients, ...clients]
const callbackOf = (client: number) => `https://app${client}.example/callback`

const browser = shareBetweenTests(() => launchBrowser())

/** The request to a client at which a tab ends; the clients do not need to run. */
function waitForCallback(tab: Page): Promise<string> {
  return tab.waitForRequest(/^https:\/\/app\d\.example\/callback\?/).then((request) => request.url())
}

/** Begins to load a URL; the load itself fails where it ends at a client. */
function load(tab: Page, begin: () => Promise<unknown>): Promise<unknown> {
  return begin().catch((error: unknown) => {
    if (!/net::ERR|interrupted by another navigation/.test(`${error} ${tab.url()}`)) throw error
  })
}

async function createClients(page: Page): Promise<readonly string[]> {
  return Promise.all(
    clients.map((client) =>
      page.evaluate(
        async ([name, callback]) => {
          const response = await fetch('/api/oidc/clients', {
            method: 'POST',
            headers: { 'content-type': 'application/json' },
            body: JSON.stringify({ name, callbackURLs: [callback], skipConsent: true }),
          })
          const { id } = (await response.json()) as { id: string }
          return id
        },
        [`App ${client}`, callbackOf(client)] as const,
      ),
    ),
  )
}

test('every tab reaches its application: with a session, after one sign-in, and after a restart of the browser', async () => {
  await using stack = new AsyncDisposableStack()
  const instance = stack.use(await startInstance('SQLite'))
  const context = await browser.newContext()
  stack.defer(() => context.close())
  const page = await context.newPage()
  await addVirtualAuthenticator(page)
  await page.goto(instance.url)
  await page.getByLabel('User name').fill('ada')
  await page.getByLabel('E-mail').fill('ada@example.com')
  await page.getByRole('button', { name: 'Create passkey and finish' }).click()
  await page.waitForURL('**/settings/admin/oidc-clients')
  const ids = await createClients(page)
  const urlOf = (client: number, state: string) => {
    const query = { client_id: ids[client] ?? '', redirect_uri: callbackOf(client), response_type: 'code', state }
    return `${instance.url}/authorize?${new URLSearchParams({ ...query, scope: 'openid' })}`
  }
  const openTabs = (where: BrowserContext) => Promise.all(tabs.map(() => where.newPage()))
  const loadTabs = (opened: readonly Page[]) =>
    Promise.all(opened.map((tab, index) => load(tab, () => tab.goto(urlOf(tabs[index] ?? 0, `s${index}`)))))
  const expectArrived = async (opened: readonly Page[], begin: () => Promise<unknown>) => {
    const [urls] = await Promise.all([Promise.all(opened.map(waitForCallback)), begin()])
    const arrived = urls.map((url) => {
      const { origin, searchParams } = new URL(url)
      return [origin, searchParams.has('code'), searchParams.get('state')]
    })
    expect(arrived).toEqual(tabs.map((client, index) => [new URL(callbackOf(client)).origin, true, `s${index}`]))
    await Promise.all(opened.map((tab) => tab.close()))
  }

  const first = await openTabs(context)
  await expectArrived(first, () => loadTabs(first))

  // A restarted browser has the cookies with an expiry, and no page.
  const { cookies } = await context.storageState()
  const persistent = cookies.filter(({ expires }) => expires > 0)
  const restarted = await browser.newContext({ storageState: { cookies: persistent, origins: [] } })
  stack.defer(() => restarted.close())
  const second = await openTabs(restarted)
  await expectArrived(second, () => loadTabs(second))

  await page.goto(`${instance.url}/logout`)
  await page.getByRole('button', { name: 'Sign out' }).last().click()
  await page.getByRole('heading', { name: 'You’re signed out' }).waitFor()
  const waiting = await openTabs(context)
  await loadTabs(waiting)
  await Promise.all(waiting.map((tab) => tab.getByRole('button', { name: 'Continue with a passkey' }).waitFor()))
  await load(page, () => page.goto(urlOf(0, 'first')))
  await Promise.all([waitForCallback(page), page.getByRole('button', { name: 'Continue with a passkey' }).click()])
  // The browser restores its tabs, and loads them all at once.
  await expectArrived(waiting, () => Promise.all(waiting.map((tab) => load(tab, () => tab.reload()))))
  expect(instance.output()).not.toContain('The request failed')
})
