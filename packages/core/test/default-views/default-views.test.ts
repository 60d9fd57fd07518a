import { readFile } from 'node:fs/promises'
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import type { AuthenticationCeremony, RenderPage, View } from '@pocket/core'
import { UserAgent, type UserAgentResponse } from '@pocket/core/testing'
import { addVirtualAuthenticator, expectNoAxeViolations, launchBrowser, type TestBrowser } from '@pocket/test-support'
import type { RegistrationResponseJSON } from '@simplewebauthn/server'
import { type Host, startHost, storePasskey } from '../flows/host.ts'
import { bundledPageScript, generatedFile } from './bundle-page-script.ts'

const redirectUri = 'https://app.example/callback'
const back = (url: string) => url.startsWith(redirectUri)

const plain = { render: (view: View, _req: unknown, standard: Parameters<RenderPage>[2]) => standard.page(view) }

async function addressOf(host: Host, name = 'Photos') {
  const { client } = await host.client({ name, redirectUris: [redirectUri] })
  return `${host.issuer}/authorize?${new URLSearchParams({ client_id: client.id, redirect_uri: redirectUri, response_type: 'code', scope: 'openid profile email' })}`
}

async function answer(
  agent: UserAgent,
  page: UserAgentResponse,
  { authenticator }: Awaited<ReturnType<Host['person']>>,
) {
  const ceremony = page.scriptJson('ceremony') as AuthenticationCeremony
  const response = authenticator.get(ceremony.options, { origin: new URL(page.url).origin })
  const answered = await agent.postJson(new URL(ceremony.submitTo, page.url).href, { response })
  const { redirectTo } = answered.json() as { redirectTo: string }
  return agent.follow(await agent.get(new URL(redirectTo, page.url).href), { until: back })
}

/** In the browser. */
async function makePasskey(id: number[]): Promise<unknown> {
  const made = await navigator.credentials.create({
    publicKey: {
      rp: { id: 'localhost', name: 'Test' },
      user: { id: new Uint8Array(id), name: 'carol', displayName: 'carol' },
      challenge: new Uint8Array(32),
      pubKeyCredParams: [{ type: 'public-key', alg: -7 }],
      authenticatorSelection: { residentKey: 'required', userVerification: 'required' },
    },
  })
  return made instanceof PublicKeyCredential ? made.toJSON() : undefined
}

test('the served script is the bundle of its sources', async () => {
  expect(await readFile(generatedFile, 'utf8')).toBe(await bundledPageScript())
})

describe('without a render option', () => {
  let host: Host
  beforeAll(async () => {
    host = await startHost({ options: plain })
  })
  afterAll(async () => host[Symbol.asyncDispose]())

  test('a person signs in, allows and signs out on the plain pages', async () => {
    const agent = new UserAgent()
    const ada = await host.person('ada')
    const signInPage = await agent.follow(await agent.get(await addressOf(host, '<b>Photos & "more"</b>')))
    expect(signInPage.text).toContain('&#60;b&#62;Photos &#38; &#34;more&#34;&#60;/b&#62;')
    const consent = await answer(agent, signInPage, ada)
    expect(consent.text).toContain('ada@example.com')
    const returned = await agent.follow(await agent.submit(consent, consent.form('/consent')), { until: back })
    expect(new URL(returned.location ?? '').searchParams.get('code')).toBeTruthy()
    const signOut = await agent.get(`${host.issuer}/api/oidc/end-session`)
    const done = await agent.follow(
      await agent.submit(signOut, signOut.forms()[0] ?? signOut.form(), { logout: 'yes' }),
    )
    expect(done.text).toContain('You’ve been signed out')
    expect(host.events.at(-1)).toMatchObject({ event: 'signed_out', accountId: ada.account.id })
  })

  test('somebody else can be chosen, and whoever may not is told so', async () => {
    const agent = new UserAgent()
    const bob = await host.person('bob')
    const { client } = await host.client({ redirectUris: [redirectUri], isGroupRestricted: true })
    const query = { client_id: client.id, redirect_uri: redirectUri, response_type: 'code', scope: 'openid' }
    const page = await agent.follow(await agent.get(`${host.issuer}/authorize?${new URLSearchParams(query)}`))
    const refused = await answer(agent, page, bob)
    expect(refused.text).toContain('bob may not use Client.')
    const chooser = await agent.follow(await agent.submit(refused, refused.form('/switch')))
    expect(chooser.text).toContain('Choose an account')
    expect(chooser.text).toContain('Sign bob out')
  })

  test('what fails is said in one sentence, with its code', async () => {
    const page = await new UserAgent().get(`${host.issuer}/authorize?client_id=nobody`)
    expect(page.status).toBe(400)
    expect(page.text).toMatch(/isn’t known\. Ask whoever runs it/)
    const ended = await new UserAgent().get(`${host.issuer}/interaction/none`)
    expect(ended.text).toContain('This sign-in has ended')
  })

  test('the files of the pages are kept for good, and there are no others', async () => {
    const agent = new UserAgent()
    const page = await agent.follow(await agent.get(await addressOf(host)))
    const paths = [...page.text.matchAll(/(?:src|href)="(\/interaction\/assets\/[^"]+)"/g)].map(([, path]) => path)
    expect(paths).toHaveLength(2)
    for (const path of paths) {
      const file = await fetch(host.issuer + path)
      expect([file.status, file.headers.get('cache-control')]).toEqual([200, 'public, max-age=31536000, immutable'])
    }
    expect((await fetch(`${host.issuer}/interaction/assets/passkey.js`)).status).toBe(404)
  })

  describe('in a browser', () => {
    let chromium: TestBrowser
    beforeAll(async () => {
      chromium = await launchBrowser()
    })
    afterAll(async () => chromium[Symbol.asyncDispose]())

    test('the passkey button signs in, in both themes without an accessibility violation', async () => {
      const carol = await host.person('carol')
      const page = await chromium.newPage({ viewport: { width: 320, height: 640 } })
      const complaints: string[] = []
      page.on('console', (message) => message.type() === 'error' && complaints.push(message.text()))
      await addVirtualAuthenticator(page)
      await page.goto(await addressOf(host))
      for (const colorScheme of ['light', 'dark'] as const) {
        await page.emulateMedia({ colorScheme })
        await expectNoAxeViolations(page)
      }
      await page.getByRole('button', { name: 'Sign in with a passkey' }).click()
      await page.getByText('No passkey was used').or(page.getByText('has no passkey for this site')).waitFor()
      const made = await page.evaluate(makePasskey, [...Buffer.from(carol.account.id)])
      await storePasskey(host.stores, carol.account, made as RegistrationResponseJSON)
      await page.getByRole('button', { name: 'Sign in with a passkey' }).click()
      await page.getByText('carol@example.com').waitFor()
      await expectNoAxeViolations(page)
      expect(complaints).toEqual([])
    })
  })
})

describe('a render option', () => {
  test('that throws ends in a page of the error, and signs nobody in', async () => {
    await using host = await startHost({
      options: {
        render: (view, _req, standard) => {
          if (view.view === 'error') return standard.page(view)
          throw new Error('no template')
        },
      },
    })
    const agent = new UserAgent()
    const page = await agent.follow(await agent.get(await addressOf(host)))
    expect([page.status, page.text]).toEqual([500, expect.stringContaining('misconfigured')])
    expect(host.errors).toMatchObject([{ code: 'misconfigured', details: { option: 'render', view: 'sign-in' } }])
    expect(host.events).toMatchObject([{ event: 'request_refused', code: 'misconfigured' }])
    expect(agent.cookies().some(({ name }) => name === 'access_token')).toBe(false)
  })

  test('that has no page for errors either leaves them to the plain one', async () => {
    const render = () => Promise.reject(new Error('no templates at all'))
    await using host = await startHost({ options: { render } })
    const agent = new UserAgent()
    const page = await agent.follow(await agent.get(await addressOf(host)))
    expect([page.status, page.text]).toEqual([500, expect.stringContaining('set up wrongly')])
  })
})
