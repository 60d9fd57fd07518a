import { fileURLToPath } from 'node:url'
import { beforeAll, describe, expect, test } from '@jest/globals'
import { type Application, applications, EmulatedRelyingParty } from '@pocket/test-support/relying-parties'
import { parsePastedUrl } from '../../src/clients/templates/pasted-url.ts'
import type { ClientTemplate } from '../../src/clients/templates/template.ts'
import { templateOf, templates } from '../../src/clients/templates/templates.ts'
import { loadMessages } from '../../src/http/messages.ts'
import { shareWithAdministrator } from './app.ts'

let pageUrl: string

const { running, agent } = shareWithAdministrator()

beforeAll(async () => {
  pageUrl = `${running.url}/settings/admin/oidc-clients`
  const { directory } = running.app
  const ada = await directory.findByName('ada')
  const { id } = await directory.groups.create({ name: 'admins', friendlyName: 'Admins' })
  await directory.groups.setMembers(id, [ada?.id ?? ''])
  const users = `${running.url}/api/users/${ada?.id}`
  const user = (await agent.getJson(users)).json() as object
  const response = await agent.sendJson('PUT', users, { body: { ...user, emailVerified: true } })
  expect(response.status).toBe(200)
})

const create = (fields: Readonly<Record<string, string>>) => agent.postForm(`${pageUrl}/new`, fields)
/** Input for templates that need more than one URL, or for a custom application. */
const added: Readonly<Record<string, readonly string[]>> = {
  immich: ['http://192.168.1.20:2283/auth/login', 'https://photos.example.com/api/oauth/mobile-redirect'],
  'proxmox-ve': ['https://pve2.example.com:8006'],
}
const named = applications.map((application): [string, Application] => [application.name, application])

test.each(named)('%s signs users in with the client that its template creates', async (_, application) => {
  const template = templateOf(application.id)
  if (!template) throw new Error('There is no such template.')
  const [entryPoint] = application.entryPoints
  const created = await create({
    template: template.id,
    name: template.name,
    address: new URL(entryPoint.redirectUri).origin,
    access: 'everybody',
  })
  expect([created.status, created.location]).toEqual([303, expect.stringContaining(`${pageUrl}/`)])
  const page = await agent.follow(created)
  const client = await running.app.pocket.clients.find(created.location?.split('/').at(-1) ?? '')
  const secret = /pk_[\w-]{43}/.exec(page.text)?.[0] ?? ''
  expect(secret === '').toBe(client?.isPublic)
  const { clientSettings } = application
  const launchUrl = template.example === null ? null : new URL(entryPoint.redirectUri).origin
  expect(client).toMatchObject({ isPublic: clientSettings.isPublic ?? false, template: template.id, launchUrl })
  const wanted = clientSettings.redirectUris.filter((uri) => !added[application.id]?.includes(uri))
  expect(client?.redirectUris).toEqual(expect.arrayContaining(wanted))
  expect(client?.postLogoutRedirectUris).toEqual(
    expect.arrayContaining([...(clientSettings.postLogoutRedirectUris ?? [])]),
  )
  expect(client?.protocol.backchannelLogoutUri).toBe(clientSettings.protocol?.backchannelLogoutUri ?? null)

  const party = new EmulatedRelyingParty(application, {
    issuer: running.url,
    webFinger: { address: 'ada@example.com', origin: running.url },
    clientId: client?.id ?? '',
    clientSecret: secret,
  })
  const known = await party.setUp()
  // The WebFinger check depends on the domain owner, so it is not part of this test.
  expect(known.checks.filter(({ passed, name }) => !passed && !name.startsWith('WebFinger'))).toEqual([])
  if (!known.passed) return
  const response = await agent.follow(await agent.get(party.begin(entryPoint).url), { until: party.isItsAddress })
  const form = response.form(`${new URL(response.url).pathname}/consent`)
  const back = await agent.followTo(await agent.submit(response, form), party.isItsAddress)
  const { passed, checks } = await party.finish(back)
  expect(checks.filter((check) => !check.passed)).toEqual([])
  expect(passed).toBe(true)
})

test('brings the logo of the application, if there is one', async () => {
  const address = 'https://drawn.example.com'
  const logoOf = async (template: string) => {
    const created = await create({ template, name: 'Drawn', address, redirectUris: address })
    expect(created.status).toBe(303)
    const id = created.location?.split('/').at(-1)
    return agent.get(`${running.url}/api/oidc/clients/${id}/logo`)
  }
  const logo = await logoOf('grafana')
  expect([logo.status, logo.headers.get('content-type')]).toEqual([200, 'image/svg+xml'])
  expect(logo.text).toMatch(/<rect[^>]* fill="#fff"\/?>.*<path [^>]*fill="#F46800"[^>]* transform="translate\(4 4\)/i)
  for (const template of ['open-webui', 'synology-dsm'])
    expect((await logoOf(template)).text).not.toContain('translate(4 4)')
})

test('every template has its texts and no empty placeholder', async () => {
  const messages = await loadMessages(fileURLToPath(new URL('../../locales/en.json', import.meta.url)))
  const described = new Set(Object.keys(messages.below('templates')).map((key) => key.split('.')[0]))
  expect([...described].sort()).toEqual(templates.map(({ id }) => id).sort())
  for (const { id, name, example } of templates) {
    // They show their own instructions.
    if (id === 'synology-dsm' || id === 'protected-site') continue
    const page = await agent.follow(await create({ template: id, name, address: example ?? '' }))
    const shown = page.text.slice(page.text.indexOf('id="instructions"'), page.text.indexOf('id="credentials"'))
    expect([id, shown.length > 500, shown.match(/\{(?!&#34;)\w+\}/)]).toEqual([id, true, null])
    const { where, entries } = valuesToEnter(page.text)
    expect([id, where.length > 0, entries.flat().filter((each) => each === '')]).toEqual([id, true, []])
    const clientId = page.url.split('/').at(-1) ?? ''
    expect([id, entries.some(([, value]) => value?.includes(clientId))]).toEqual([id, true])
    const [secret] = /pk_[\w-]{43}/.exec(page.text) ?? []
    // Guacamole has no setting for a secret.
    const isEntered = secret !== undefined && id !== 'guacamole'
    expect([id, entries.some(([, value]) => secret !== undefined && value?.includes(secret))]).toEqual([id, isEntered])
  }
})

test('marks the words of an application as English on a page in another language', async () => {
  const created = await create({ template: 'portainer', name: 'Portainer', address: 'https://example.com' })
  const { text } = await agent.get(created.location ?? '', { headers: { 'accept-language': 'de' } })
  const terms = ['Settings', 'Authentication', 'Client ID', 'Client secret', 'Auth Style']
  for (const term of terms) expect(text).toMatch(new RegExp(`<(li|dt) lang="en">${term}</(li|dt)>`))
})

/** The instructions on a client page: the settings page of the application, and the value of each field. */
function valuesToEnter(text: string) {
  const from = text.search(/id="(instructions|dsm)"/)
  const shown = text.slice(from, text.indexOf('id="credentials"'))
  const textOf = (html = '') =>
    html
      .replaceAll(/<button.*?<\/button>/gs, '')
      .replaceAll(/<[^>]+>/g, '')
      .replaceAll('&#34;', '"')
      .replaceAll('&amp;', '&')
      .trim()
  const [, path] = /<ol class="path">(.*?)<\/ol>/s.exec(shown) ?? []
  return {
    where: [...(path ?? '').matchAll(/<li>(.*?)<\/li>/gs)].map(([, step]) => textOf(step)),
    entries: [...shown.matchAll(/<dt>(.*?)<\/dt>\s*<dd[^>]*>(.*?)<\/dd>/gs)].map(([, label, value]) => [
      textOf(label),
      textOf(value),
    ]),
  }
}

test.each<[string, string, readonly string[], (issuer: string) => readonly (readonly [string, string])[]]>([
  [
    'synology-dsm',
    'https://nas.example.com:5001/#/signin',
    ['Control Panel', 'Domain/LDAP', 'SSO Client', 'OpenID Connect SSO settings'],
    (issuer) => [
      ['Profile', 'choose OIDC'],
      ['Account type', 'choose Domain/LDAP/local'],
      ['Name', 'Pocket ID'],
      ['Well-known URL', `${issuer}/.well-known/openid-configuration`],
      ['Application ID', 'ID'],
      ['Application secret', 'SECRET'],
      ['Redirect URL', 'https://nas.example.com:5001'],
      ['Authorization scope', 'openid email profile'],
      ['Username claim', 'preferred_username'],
    ],
  ],
  [
    'grafana',
    'https://example.com/graphs/',
    ['grafana.ini', '[auth.generic_oauth]'],
    (issuer) => [
      ['enabled', 'true'],
      ['name', 'Pocket ID'],
      ['client_id', 'ID'],
      ['client_secret', 'SECRET'],
      ['scopes', 'openid email profile groups offline_access'],
      ['auth_url', `${issuer}/authorize`],
      ['token_url', `${issuer}/api/oidc/token`],
      ['api_url', `${issuer}/api/oidc/userinfo`],
      ['use_pkce', 'true'],
      ['use_refresh_token', 'true'],
      ['login_attribute_path', 'preferred_username'],
      ['groups_attribute_path', 'groups'],
    ],
  ],
])('%s has instructions in its own terms: the settings page and the values', async (id, address, where, entries) => {
  const field = id === 'synology-dsm' ? 'redirectUris' : 'address'
  const page = await agent.follow(await create({ template: id, name: 'Explained', [field]: address }))
  const clientId = page.url.split('/').at(-1) ?? ''
  const launchUrl = id === 'synology-dsm' ? 'https://nas.example.com:5001' : address.replace(/\/$/, '')
  expect((await running.app.pocket.clients.find(clientId))?.launchUrl).toBe(launchUrl)
  const secret = /pk_[\w-]{43}/.exec(page.text)?.[0] ?? ''
  const fillIn = (value: string) => (value === 'ID' ? clientId : value === 'SECRET' ? secret : value)
  const received = entries(running.url).map(([label, value]) => [label, fillIn(value)])
  expect(valuesToEnter(page.text)).toEqual({ where, entries: received })
  // Once it is stored, the page shows only the prefix of the secret, which distinguishes it from others.
  const stored = secret === '' ? page : await agent.follow(await agent.submit(page, page.form('/stored')))
  const later = valuesToEnter(stored.text).entries
  const isSecret = (_: unknown, index: number) => received[index]?.[1] === secret
  expect(later.filter((each, index) => !isSecret(each, index))).toEqual(
    received.filter(([, value]) => value !== secret),
  )
  for (const [, value] of later.filter(isSecret)) {
    expect(value).toContain(`Begins with ${secret.slice(0, 7)}`)
    expect(value).not.toContain(secret)
  }
})

describe('selecting a template', () => {
  const readTemplates = (text: string) =>
    [...text.matchAll(/<li data-name="[^"]*"( hidden)?><a class="card choice" href="\?template=([^"]+)"/g)]
      .filter(([, hidden]) => hidden === undefined)
      .map(([, , id]) => id)

  test('starts with the NAS, and searches without a script', async () => {
    expect(readTemplates((await agent.get(`${pageUrl}/new`)).text).slice(0, 3)).toEqual([
      'synology-dsm',
      'protected-site',
      'actual-budget',
    ])
    expect(readTemplates((await agent.get(`${pageUrl}/new?search=argo CLI`)).text)).toEqual(['argo-cd-cli'])
    const none = await agent.get(`${pageUrl}/new?search=nothing`)
    expect(readTemplates(none.text)).toEqual([])
    expect(none.text).toContain('href="?template=other"')
  })

  test('names a protected site in the language of the page', async () => {
    const back = '/settings/admin/oidc-clients/new'
    const changeLanguage = (language: string) => agent.postForm(`${running.url}/preferences`, { language, back })
    await changeLanguage('de')
    expect((await agent.get(`${pageUrl}/new`)).text).toContain('<strong>Geschützte Website</strong>')
    const form = (await agent.get(`${pageUrl}/new?template=protected-site`)).text
    expect(form).toMatch(/<h1>[^<]*Geschützte Website.*value="Geschützte Website"/s)
    await changeLanguage('en')
  })

  test.each([
    ['photos.example.com', 'https:// was missing', 'https://photos.example.com'],
    ['http://192.168.1.5:2283/', 'begins with http://', 'http://192.168.1.5:2283'],
    ['https://photos.example.com:2284', 'has an unusual port', 'https://photos.example.com:2284'],
  ])('asks for a confirmation of %s, and then accepts it', async (address, sentence, origin) => {
    const fields = { template: 'immich', name: 'Immich', address }
    const response = await create(fields)
    expect(response.status).toBe(400)
    expect(response.text.replaceAll('<code>', '').replaceAll('</code>', '')).toContain(sentence)
    expect(response.text).toContain(`value="${address}"`)
    const sure = /name="sure" value="([^"]+)"/.exec(response.text)?.[1] ?? ''
    // A confirmation is valid for one URL only.
    expect((await create({ ...fields, address: 'http://192.168.1.6:2283', sure })).status).toBe(400)
    const created = await create({ ...fields, sure })
    expect(created.status).toBe(303)
    const client = await running.app.pocket.clients.find(created.location?.split('/').at(-1) ?? '')
    expect(client?.redirectUris[0]).toBe(`${origin}/auth/login`)
  })

  test('reports the removed parts of a URL, and rejects an invalid one', async () => {
    const fields = { template: 'immich', name: 'Immich' }
    const page = await agent.follow(await create({ ...fields, address: 'https://photos.example.com/photos?x=1#y' }))
    expect(page.text).toContain('</code> became <code>')
    for (const address of ['', 'a b', 'javascript:alert(1)']) {
      const refused = await create({ ...fields, address })
      expect(refused.status).toBe(400)
      expect(refused.text).toMatch(/id="f-address"[^>]*aria-invalid="true"/)
    }
  })
})

describe('the ID and the type of a new client', () => {
  const find = (id: string) => running.app.pocket.clients.find(id)

  test.each([
    ['other', { redirectUris: 'https://any.example.com/callback' }],
    ['grafana', { address: 'https://graphs.example.com' }],
  ])('can be chosen for the template %s', async (template, fields) => {
    const id = `chosen-${template}`
    const created = await create({ template, name: 'Chosen', id: ` ${id} `, isPublic: 'true', ...fields })
    expect([created.status, created.location]).toEqual([303, `${pageUrl}/${id}`])
    expect(await find(id)).toMatchObject({ isPublic: true, pkceRequired: true, secrets: [] })
    const again = await create({ template, name: 'Again', id, ...fields })
    expect([again.status, (await find(id))?.name]).toEqual([409, 'Chosen'])
    expect(again.text).toMatch(/id="f-id"[^>]*value="chosen-\w+"[^>]*aria-invalid="true"/)
  })

  test('come from the template by default, and an invalid ID is rejected', async () => {
    const fields = { template: 'home-assistant', name: 'Home', address: 'https://home.example.com' }
    expect((await agent.get(`${pageUrl}/new?template=home-assistant`)).text).toContain('<option value="true" selected>')
    const confidential = await create({ ...fields, isPublic: 'false' })
    expect(await find(confidential.location?.split('/').at(-1) ?? '')).toMatchObject({ isPublic: false })
    for (const id of ['a', 'a b', '__proto__', 'x'.repeat(129)])
      expect((await create({ ...fields, id })).status).toBe(400)
  })
})

test.each<[Pick<ClientTemplate, 'port' | 'hasPath'>, string, ReturnType<typeof parsePastedUrl>]>([
  [{}, ' https://A.example/ ', { address: 'https://a.example', warning: null, isCorrected: true }],
  [{}, 'https://a.example', { address: 'https://a.example', warning: null, isCorrected: false }],
  [{}, 'https://a.example/x/', { address: 'https://a.example', warning: null, isCorrected: true }],
  [{ hasPath: true }, 'https://a.example/x/', { address: 'https://a.example/x', warning: null, isCorrected: false }],
  [{ port: 80 }, 'https://a.example:81', { address: 'https://a.example:81', warning: 'port', isCorrected: false }],
  [{}, 'a.example:81', { address: 'https://a.example:81', warning: 'scheme', isCorrected: true }],
  [{}, 'ftp://a.example', { address: 'ftp://a.example', warning: 'invalid', isCorrected: false }],
  [{}, 'https://', { address: 'https://', warning: 'invalid', isCorrected: false }],
])('%j: %s', (template, pasted, expected) => {
  expect(parsePastedUrl(template, pasted)).toEqual(expected)
})
