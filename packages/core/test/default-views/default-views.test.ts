import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import type { AuthenticationCeremony, HostAccount, LoginCodeMail, View } from '@pocket/core'
import { memoryStores } from '@pocket/core/memory'
import { UserAgent, type UserAgentResponse } from '@pocket/core/testing'
import { shareBetweenTests } from '@pocket/test-support'
import { followRedirects, type Host, openBrowser, signIn, startHost, viewOf, visit } from '../flows/host.ts'
import { authorizationUrl, plain, redirectUri } from './plain-pages.ts'

async function answerCeremony(
  agent: UserAgent,
  page: UserAgentResponse,
  { authenticator }: Awaited<ReturnType<Host['person']>>,
) {
  const ceremony = page.scriptJson('ceremony') as AuthenticationCeremony
  const response = authenticator.get(ceremony.options, { origin: new URL(page.url).origin })
  const answered = await agent.postJson(new URL(ceremony.submitTo, page.url).href, { response })
  const { redirectTo } = answered.json() as { redirectTo: string }
  return visit(agent, new URL(redirectTo, page.url).href)
}

describe('without a render option', () => {
  const host = shareBetweenTests(() => startHost({ options: plain }))

  test('a user signs in, consents and signs out on the default pages', async () => {
    const agent = new UserAgent()
    const ada = await host.person('ada')
    const signInPage = await agent.follow(await agent.get(await authorizationUrl(host, '<b>Photos & "more"</b>')))
    expect(signInPage.text).toContain('&#60;b&#62;Photos &#38; &#34;more&#34;&#60;/b&#62;</strong> at app.example</p>')
    const consent = await answerCeremony(agent, signInPage, ada)
    expect(consent.text).toContain('ada@example.com')
    const returned = await followRedirects(agent, await agent.submit(consent, consent.form('/consent')))
    expect(new URL(returned.location ?? '').searchParams.get('code')).toBeTruthy()
    const signOut = await agent.get(`${host.issuer}/api/oidc/end-session`)
    const done = await agent.follow(
      await agent.submit(signOut, signOut.forms()[0] ?? signOut.form(), { logout: 'yes' }),
    )
    expect(done.text).toContain('You’ve been signed out')
    expect(host.events.at(-1)).toMatchObject({ event: 'signed_out', accountId: ada.account.id })
  })

  test('offers other accounts, and explains when an account has no access', async () => {
    const agent = new UserAgent()
    const bob = await host.person('bob')
    const { client } = await host.client({ redirectUris: [redirectUri], isGroupRestricted: true })
    const query = { client_id: client.id, redirect_uri: redirectUri, response_type: 'code', scope: 'openid' }
    const page = await agent.follow(await agent.get(`${host.issuer}/authorize?${new URLSearchParams(query)}`))
    const refused = await answerCeremony(agent, page, bob)
    expect(refused.text).toContain('bob may not use Client.')
    const chooser = await agent.follow(await agent.submit(refused, refused.form('/switch')))
    expect(chooser.text).toContain('Choose an account')
    expect(chooser.text).toContain('Sign bob out')
  })

  test('shows a failure in one sentence with its code', async () => {
    const page = await new UserAgent().get(`${host.issuer}/authorize?client_id=nobody`)
    expect(page.status).toBe(400)
    expect(page.text).toMatch(/isn’t known\. Ask its operator/)
    const ended = await new UserAgent().get(`${host.issuer}/interaction/none`)
    expect(ended.text).toContain('This sign-in has ended')
  })

  test('shows a redirect URI that is not registered', async () => {
    const url = new URL(await authorizationUrl(host))
    url.searchParams.set('redirect_uri', 'https://other.example/')
    const page = await new UserAgent().get(url.href)
    expect(page.text).toContain('<dl><dt>Received redirect URI</dt><dd>https://other.example/</dd></dl>')
  })

  test('caches the page assets permanently, and serves no other files', async () => {
    const { page } = await openBrowser(await authorizationUrl(host))
    const paths = [...page.text.matchAll(/(?:src|href)="(\/interaction\/assets\/[^"]+)"/g)].map(([, path]) => path)
    expect(paths).toHaveLength(2)
    for (const path of paths) {
      const file = await fetch(host.issuer + path)
      expect([file.status, file.headers.get('cache-control')]).toEqual([200, 'public, max-age=31536000, immutable'])
    }
    expect((await fetch(`${host.issuer}/interaction/assets/passkey.js`)).status).toBe(404)
  })
})

describe('users without a passkey on this device', () => {
  const mails: LoginCodeMail[] = []
  let host: Host
  beforeAll(async () => {
    const stores = memoryStores()
    host = await startHost({
      stores,
      options: {
        ...plain,
        mailer: { send: async (mail) => mails.push(mail) },
        accounts: {
          find: async (id) => host.accounts.get(id),
          findByLogin: async (login) => [...host.accounts.values()].find(({ email }) => email === login),
          register: async (account) => account,
        },
      },
    })
  })
  afterAll(async () => host[Symbol.asyncDispose]())

  const signInPage = async (agent: UserAgent) => agent.follow(await agent.get(await authorizationUrl(host)))
  const linkUrl = (page: UserAgentResponse, text: string) =>
    new URL(new RegExp(`href="([^"]+)">${text}<`).exec(page.text)?.[1] ?? '', page.url).href

  test('sign in with a login code once', async () => {
    const { account } = await host.person('ada')
    const { code } = await host.pocket.issueLoginCode(account, 60_000)
    const agent = new UserAgent()
    const page = await agent.get(linkUrl(await signInPage(agent), 'Sign in another way'))
    const wrong = await agent.submit(page, page.form('/code'), { code: 'WRONGCODE' })
    expect([wrong.status, wrong.text]).toEqual([400, expect.stringContaining('code is wrong')])
    const offer = await agent.follow(await agent.submit(wrong, wrong.form('/code'), { code }))
    expect(offer.text).toContain('Create a passkey')
    expect((await agent.follow(await agent.get(linkUrl(offer, 'Not now')))).text).toContain('ada@example.com')
    const other = new UserAgent()
    const again = await other.get(linkUrl(await signInPage(other), 'Sign in another way'))
    expect((await other.submit(again, again.form('/code'), { code })).text).toContain('code is wrong')
  })

  test('request a code by e-mail, and do not learn whether the account exists', async () => {
    await host.person('dora')
    const agent = new UserAgent()
    const page = await signInPage(agent)
    const sent = await agent.follow(await agent.submit(page, page.form('/mail'), { email: 'dora@example.com' }))
    const unknown = await agent.follow(await agent.submit(page, page.form('/mail'), { email: 'nobody@example.com' }))
    expect(sent.text).toContain('a code is on its way')
    expect(unknown.text).toBe(sent.text)
    await agent.submit(page, page.form('/mail'), { email: 'dora@example.com' })
    await host.pocket[Symbol.asyncDispose]()
    expect(mails.map(({ to }) => to)).toEqual(['dora@example.com', 'dora@example.com'])
    const code = mails.at(-1)?.code ?? ''
    const offer = await agent.follow(await agent.submit(sent, sent.form('/code'), { code }))
    expect((await agent.follow(await agent.get(linkUrl(offer, 'Not now')))).text).toContain('dora@example.com')
  })

  test('see no such pages if the host has its own or disables them', async () => {
    await using own = await startHost({ options: { pages: { ...plain.pages, otherMethodsUrl: null } } })
    const { agent, page } = await openBrowser(await authorizationUrl(own))
    expect(page.text).not.toMatch(/another way|Create an account|Send me a code/)
    for (const path of ['code', 'sign-up']) expect((await agent.get(`${page.url}/${path}`)).status).toBe(404)
  })
})

describe('render option', () => {
  const noTemplate = () => {
    throw new Error('no template')
  }
  test.each([
    ['throws', noTemplate],
    ['returns no text', () => 42 as unknown as string],
    ['never finishes', () => new Promise<string>(() => {})],
  ])('that %s results in an error page and no sign-in', async (_name, broken) => {
    await using host = await startHost({
      options: {
        pages: { render: (view, _req, standard) => (view.view === 'error' ? standard.page(view) : broken()) },
        limits: { hookTimeout: 200 },
      },
    })
    const { agent, page } = await openBrowser(await authorizationUrl(host))
    expect([page.status, page.text]).toEqual([500, expect.stringContaining('misconfigured')])
    expect(host.errors).toMatchObject([{ code: 'misconfigured', details: { option: 'pages.render', view: 'sign-in' } }])
    expect(host.events).toMatchObject([{ event: 'request_refused', code: 'misconfigured' }])
    expect(agent.cookies().some(({ name }) => name === 'access_token')).toBe(false)
  })

  test('with a page for each view replaces all default pages', async () => {
    const views: Readonly<Record<View['view'], true>> = {
      'sign-in': true,
      'login-code': true,
      'sign-up': true,
      'add-passkey': true,
      consent: true,
      'select-account': true,
      'not-allowed': true,
      error: true,
      'sign-out': true,
      'signed-out': true,
    }
    const shown: string[] = []
    const stores = memoryStores()
    const accounts = {
      find: async (id: string) => host.accounts.get(id),
      register: async (account: HostAccount) => account,
    }
    await using host: Host = await startHost({ stores, options: { accounts, stores: stores } })
    const agent = new UserAgent()
    const recordView = (page: UserAgentResponse) => {
      shown.push(viewOf(page).view)
      return page
    }
    const { authenticator } = await host.person('ada')
    const address = await authorizationUrl(host)
    const page = recordView(await agent.follow(await agent.get(address)))
    for (const path of ['code', 'sign-up']) recordView(await agent.get(`${page.url}/${path}`))
    recordView(await signIn(agent, page, authenticator))
    recordView(await agent.get(`${host.issuer}/login/passkey`))
    recordView(await agent.follow(await agent.get(`${address}&prompt=select_account`)))
    const { client } = await host.client({ redirectUris: [redirectUri], isGroupRestricted: true })
    recordView(await agent.follow(await agent.get(address.replace(/(?<=client_id=)[^&]+/, client.id))))
    recordView(await agent.get(`${host.issuer}/authorize?client_id=nobody`))
    const leaving = viewOf(recordView(await agent.get(`${host.issuer}/api/oidc/end-session`)), 'sign-out')
    recordView(await agent.follow(await agent.postForm(leaving.submitTo, { ...leaving.hidden, logout: 'yes' })))
    expect(shown.toSorted()).toEqual(Object.keys(views).toSorted())
  })

  test('without an error page falls back to the default one', async () => {
    const render = () => Promise.reject(new Error('no templates at all'))
    await using host = await startHost({ options: { pages: { render } } })
    const { page } = await openBrowser(await authorizationUrl(host))
    expect([page.status, page.text]).toEqual([500, expect.stringContaining('misconfigured')])
  })
})
