import { beforeAll, expect, test } from '@jest/globals'
import { UserAgent, type UserAgentResponse } from '@pocket/core/testing'
import { shareBetweenTests } from '@pocket/test-support'
import { decide, signIn, startHost, viewOf, visit } from './host.ts'
import { authorizationUrl, type Parameters, redirectUri } from './login.ts'

const host = shareBetweenTests(() => startHost({ options: { pages: { languages: ['en', 'de'] } } }))
let clientId: string

beforeAll(async () => {
  const { client } = await host.client({ redirectUris: [redirectUri], postLogoutRedirectUris: [redirectUri] })
  clientId = client.id
})

const languagesOf = (page: UserAgentResponse) => viewOf(page).languages

const authorize = (agent: UserAgent, extra: Parameters = {}) => visit(agent, authorizationUrl(host, clientId, extra))

test.each([
  ['de-AT de en', ['de-AT', 'de', 'en']],
  ['de-AT  DE-at de_AT fr', ['de-AT', 'fr']],
  ['zh-hant-tw sr-latn', ['zh-Hant-TW', 'sr-Latn']],
  ['', []],
  ['nonsense! <script> de/../x ../../etc/passwd %00 de\r\nX: y fr', ['fr']],
  ['__proto__ constructor en', ['en']],
  [`${'x'.repeat(4000)} de`, ['de']],
  [`de-x-${'a-'.repeat(20)}a en`, ['en']],
  [
    Array.from({ length: 40 }, (_, index) => `de-x-a${index}`).join(' '),
    Array.from({ length: 10 }, (_, index) => `de-x-a${index}`),
  ],
  [`${'- '.repeat(2000)}de`, []],
])('passes ui_locales %j to the page as %j', async (uiLocales, languages) => {
  expect(languagesOf(await authorize(new UserAgent(), { ui_locales: uiLocales }))).toEqual(languages)
})

test('advertises the supported languages if there are any', async () => {
  const metadata = async (issuer: string) =>
    (await (await fetch(`${issuer}/.well-known/openid-configuration`)).json()) as Readonly<Record<string, unknown>>
  expect(await metadata(host.issuer)).toHaveProperty('ui_locales_supported', ['en', 'de'])
  await using silent = await startHost()
  expect(await metadata(silent.issuer)).not.toHaveProperty('ui_locales_supported')
})

test('passes no languages without ui_locales', async () => {
  expect(languagesOf(await authorize(new UserAgent()))).toEqual([])
})

test('passes the languages to every page of an interaction, and to the sign-out page', async () => {
  const { authenticator } = await host.person('ada')
  const agent = new UserAgent()
  const asked = { ui_locales: 'fr-CA de' }
  const seen = new Map<string, readonly string[] | undefined>()
  const recordLanguages = (page: UserAgentResponse) => {
    seen.set(viewOf(page).view, languagesOf(page))
    return page
  }
  const first = recordLanguages(await authorize(agent, asked))
  const consent = recordLanguages(await signIn(agent, first, authenticator))
  await decide(agent, consent)
  recordLanguages(await authorize(agent, { ...asked, prompt: 'select_account' }))
  recordLanguages(await authorize(agent, { ...asked, redirect_uri: 'https://evil.example/' }))

  await host.pocket.clients.update(clientId, { ...(await findClient()), isGroupRestricted: true })
  recordLanguages(await authorize(agent, asked))
  await host.pocket.clients.update(clientId, { ...(await findClient()), isGroupRestricted: false })

  const query = new URLSearchParams({ client_id: clientId, ...asked })
  const signOut = viewOf(recordLanguages(await agent.get(`${host.issuer}/api/oidc/end-session?${query}`)), 'sign-out')
  const fields = { ...signOut.hidden, [signOut.confirm.name]: signOut.confirm.value }
  recordLanguages(await agent.follow(await agent.postForm(signOut.submitTo, fields)))

  const languages = ['fr-CA', 'de']
  expect(Object.fromEntries(seen)).toEqual({
    'sign-in': languages,
    consent: languages,
    'select-account': languages,
    'not-allowed': languages,
    error: languages,
    'sign-out': languages,
    'signed-out': languages,
  })
})

test('shows an expired interaction in the requested language', async () => {
  const agent = new UserAgent()
  const page = await authorize(agent, { ui_locales: 'da' })
  host.clock.pass(61 * 60_000)
  const expired = await agent.get(page.url)
  expect(viewOf(expired)).toMatchObject({ view: 'error', code: 'interaction_expired', languages: ['da'] })
})

async function findClient() {
  const client = await host.pocket.clients.find(clientId)
  if (!client) throw new Error('The client no longer exists.')
  return client
}
