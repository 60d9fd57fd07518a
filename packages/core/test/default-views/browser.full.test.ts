import { expect, test } from '@jest/globals'
import type { HostAccount } from '@pocket/core'
import { ConflictError } from '@pocket/core/errors'
import { addVirtualAuthenticator, expectNoAxeViolations, launchBrowser, shareBetweenTests } from '@pocket/test-support'
import type { RegistrationResponseJSON } from '@simplewebauthn/server'
import { type Host, startHost, storePasskey } from '../flows/host.ts'
import { authorizationUrl, plain } from './plain-pages.ts'

const created = new Map<string, HostAccount>()
let disabled = false
const host: Host = shareBetweenTests(() =>
  startHost({
    options: {
      ...plain,
      accounts: {
        find: async (id) => created.get(id) ?? host.accounts.get(id),
        async register(account) {
          if (account.userName === 'taken') throw new ConflictError('already_in_use', 'The name is taken.')
          created.set(account.id, { ...account, disabled })
          return { ...account, disabled }
        },
      },
    },
  }),
)
const chromium = shareBetweenTests(() => launchBrowser())

/** Runs in the browser. */
async function makePasskey(id: number[]): Promise<unknown> {
  const created = await navigator.credentials.create({
    publicKey: {
      rp: { id: 'localhost', name: 'Test' },
      user: { id: new Uint8Array(id), name: 'carol', displayName: 'carol' },
      challenge: new Uint8Array(32),
      pubKeyCredParams: [{ type: 'public-key', alg: -7 }],
      authenticatorSelection: { residentKey: 'required', userVerification: 'required' },
    },
  })
  return created instanceof PublicKeyCredential ? created.toJSON() : undefined
}

test('the passkey button signs in, without accessibility violations in both themes', async () => {
  const carol = await host.person('carol')
  const page = await chromium.newPage({ viewport: { width: 320, height: 640 } })
  const complaints: string[] = []
  page.on('console', (message) => message.type() === 'error' && complaints.push(message.text()))
  await addVirtualAuthenticator(page)
  await page.goto(await authorizationUrl(host))
  for (const colorScheme of ['light', 'dark'] as const) {
    await page.emulateMedia({ colorScheme })
    await expectNoAxeViolations(page)
  }
  await page.getByRole('button', { name: 'Sign in with a passkey' }).click()
  await page.getByText('No passkey was used').or(page.getByText('has no passkey for this site')).waitFor()
  const created = await page.evaluate(makePasskey, [...Buffer.from(carol.account.id)])
  await storePasskey(host.stores, carol.account, created as RegistrationResponseJSON)
  await page.getByRole('button', { name: 'Sign in with a passkey' }).click()
  await page.getByText('carol@example.com').waitFor()
  await expectNoAxeViolations(page)
  expect(complaints).toEqual([])
})

test('create a passkey in a browser after a login code, and sign in with it at the site', async () => {
  const { account } = await host.person('gina')
  const page = await chromium.newPage({ viewport: { width: 320, height: 640 } })
  await addVirtualAuthenticator(page)
  const home = `${host.issuer}/login/sign-up?redirect=/login/code`
  await page.goto(`${host.issuer}/login/code?redirect=${encodeURIComponent('/login/sign-up?at=home')}`)
  await page.getByLabel('Code').fill((await host.pocket.issueLoginCode(account, 60_000)).code)
  await page.getByRole('button', { name: 'Sign in' }).click()
  await expectNoAxeViolations(page)
  await page.getByRole('button', { name: 'Create a passkey' }).click()
  await page.waitForURL('**/login/sign-up?at=home')
  await page.context().clearCookies()
  await page.goto(home)
  // Runs in the browser.
  await page.evaluate(
    async ([module = '']) => {
      const { signIn } = await import(module)
      // The navigation ends this script, so it cannot wait.
      void signIn({ to: '/login/sign-up?at=signed-in' })
    },
    [host.pocket.browserModule],
  )
  await page.waitForURL('**/login/sign-up?at=signed-in')
  await page.evaluate(
    async ([module = '']) => {
      const { addPasskey } = await import(module)
      await addPasskey({ to: '/login/sign-up?at=added' }).catch((error: { code: string }) => {
        document.title = error.code
      })
    },
    [host.pocket.browserModule],
  )
  // The authenticator has a passkey of this account already.
  expect(await page.title()).toBe('already_registered')
})

test('create an account in a browser, and may have to wait for approval', async () => {
  const page = await chromium.newPage({ viewport: { width: 320, height: 640 } })
  await addVirtualAuthenticator(page)
  await page.goto(await authorizationUrl(host))
  await page.getByRole('link', { name: 'Create an account' }).click()
  await expectNoAxeViolations(page)
  const create = async (name: string) => {
    await page.getByLabel('User name').fill(name)
    await page.getByRole('button', { name: 'Create an account with a passkey' }).click()
  }
  await create('taken')
  await page.getByText('An account with this name').waitFor()
  await create('eva')
  await page.getByRole('heading', { name: 'Allow Photos?' }).waitFor()
  expect([...created.values()]).toMatchObject([{ userName: 'eva' }])
  disabled = true
  const other = await chromium.newPage()
  await addVirtualAuthenticator(other)
  await other.goto(await authorizationUrl(host))
  await other.getByRole('link', { name: 'Sign in another way' }).click()
  await expectNoAxeViolations(other)
  await other.getByRole('link', { name: 'Use a passkey' }).click()
  await other.getByRole('link', { name: 'Create an account' }).click()
  await other.getByLabel('User name').fill('finn')
  await other.getByRole('button', { name: 'Create an account with a passkey' }).click()
  await other.getByText('An administrator has to approve the account').waitFor()
  await expectNoAxeViolations(other)
})
