import { beforeAll, describe, expect, test } from '@jest/globals'
import type { NewClientInput } from '@pocket/core'
import { eventually } from '@pocket/test-support'
import { sectionNames } from '../../src/clients/settings/sections.ts'
import { stopTime } from '../stopped-time.ts'
import { shareWithAdministrator } from './app.ts'

let pageUrl: string

const { running, agent } = shareWithAdministrator()

beforeAll(async () => {
  pageUrl = `${running.url}/settings/admin/oidc-clients`
})

type Fields = Readonly<Record<string, string>>

const clients = () => running.app.pocket.clients
const createClient = (input: Partial<NewClientInput> = {}) =>
  clients().create({ name: 'Wiki', redirectUris: ['https://wiki.example/cb'], ...input })
const unescapeHtml = (text: string) => text.replaceAll('&#34;', '"').replaceAll('&#39;', "'").replaceAll('&amp;', '&')

async function fetchSettingsForm(id: string): Promise<string> {
  const page = await agent.get(`${pageUrl}/${id}/settings`)
  expect(page.status).toBe(200)
  return /<form id="settings"[^>]*>(.*?)<\/form>/s.exec(page.text)?.[1] ?? ''
}

/** The unchanged form data of the settings. */
async function readSettings(id: string): Promise<URLSearchParams> {
  const form = await fetchSettingsForm(id)
  const sent = new URLSearchParams()
  const controls = /<input [^>]*>|<textarea[^>]*>[^<]*<\/textarea>|<select[^>]*>.*?<\/select>/gs
  for (const [control] of form.matchAll(controls)) {
    const name = /name="([^"]+)"/.exec(control)?.[1]
    if (name === undefined || / disabled/.test(control)) continue
    if (/type="checkbox"/.test(control) && !/ checked/.test(control)) continue
    const value = control.startsWith('<textarea')
      ? />([^<]*)</.exec(control)?.[1]
      : control.startsWith('<select')
        ? (/<option value="([^"]*)" selected/.exec(control) ?? /<option value="([^"]*)"/.exec(control))?.[1]
        : /value="([^"]*)"/.exec(control)?.[1]
    sent.append(name, unescapeHtml(value ?? ''))
  }
  return sent
}

/** Submits the settings with changes: an array sets a repeated field, one value per row. */
async function saveSettings(id: string, changes: Readonly<Record<string, string | readonly string[]>>) {
  const sent = await readSettings(id)
  for (const [name, value] of Object.entries(changes)) {
    sent.delete(name)
    for (const each of [value].flat()) sent.append(name, each)
  }
  return agent.postForm(`${pageUrl}/${id}/settings`, [...sent])
}

describe('the list of clients', () => {
  test('has pages, a search, filters, and the last attempt of each client', async () => {
    const found = await Promise.all(
      Array.from({ length: 25 }, (_, index) => createClient({ name: `Listed ${String(index).padStart(2, '0')}` })),
    )
    await clients().update(found[0]?.id ?? '', { name: 'Listed 00', redirectUris: [], isGroupRestricted: true })
    await agent.get(`${running.url}/authorize?client_id=${found[1]?.id}&redirect_uri=https://wrong.example`)
    const first = await agent.get(`${pageUrl}?search=Listed`)
    expect(first.text).toContain('25 of ')
    expect(first.text.match(/Listed \d\d<\/bdi>/g)).toHaveLength(20)
    expect(first.text).toMatch(/Listed 00<.*?chip warn">No one<.*?Listed 01</s)
    expect(first.text).toContain('no callback URL')
    expect(first.text).toMatch(/Listed 01<.*?chip warn">Failed.*?Listed 02/s)
    const second = await agent.get(`${pageUrl}?search=Listed&page=2`)
    expect(second.text.match(/Listed \d\d<\/bdi>/g)).toHaveLength(5)
    const restricted = await agent.get(`${pageUrl}?search=Listed&filters[isGroupRestricted]=true`)
    expect(restricted.text.match(/Listed \d\d<\/bdi>/g)).toEqual(['Listed 00</bdi>'])
    const searchByAttempt = async (query: string) =>
      (await agent.get(`${pageUrl}?search=Listed&${query}`)).text.match(/Listed \d\d<\/bdi>/g)
    expect(await searchByAttempt('filters[lastAttempt]=failed')).toEqual(['Listed 01</bdi>'])
    expect(await searchByAttempt('filters[lastAttempt]=never&limit=100')).toHaveLength(24)
    expect((await searchByAttempt('sort[column]=lastAttempt&sort[direction]=desc'))?.[0]).toBe('Listed 01</bdi>')
    expect((await agent.get(`${pageUrl}?search=there is none`)).text).toContain('Nothing matches')
  })

  test('shows access and last attempt, and PKCE only when that column is selected', async () => {
    await createClient({ name: 'Columns' })
    const list = async (query = '') => (await agent.get(`${pageUrl}?search=Columns${query}`)).text
    const labels = (text: string) => Array.from(text.matchAll(/data-label="([^"]+)"/g), ([, label]) => label)
    expect(labels(await list())).toEqual(['Access', 'Last attempt'])
    expect(labels(await list('&columns=-&columns=pkce'))).toEqual(['PKCE'])
    await list('&columns=-&columns=access&columns=lastAttempt')
  })
})

describe('the page of a client', () => {
  test('has a form field for every setting', async () => {
    const { protocol, ...client } = await createClient()
    const form = await fetchSettingsForm(client.id)
    const isField = (name: string) => form.includes(` name="${name}"`) || form.includes(` name="${name}.`)
    const shownElsewhere = [
      ...['allowedGroupIds', 'createdAt', 'id', 'isGroupRestricted', 'metadataExpiresAt', 'pkceSupported'],
      ...['registration', 'secrets', 'template', 'type', 'unusedSince', 'updatedAt'],
    ]
    expect(
      Object.keys(client)
        .filter((name) => !isField(name))
        .sort(),
    ).toEqual(shownElsewhere)
    expect(Object.keys(protocol).filter((name) => !isField(`protocol.${name}`))).toEqual(['isKnown'])
  })

  test('changes nothing when the form is submitted unmodified', async () => {
    const client = await createClient({
      description: 'Pages',
      launchUrl: 'https://wiki.example',
      federatedIdentities: [
        { issuer: 'https://ci.example', subject: 'repo', audience: null, jwks: null, replayProtection: true },
      ],
      protocol: {
        claimRules: [
          { claim: 'role', source: { kind: 'custom', key: 'role' }, as: 'array' },
          { claim: 'level', source: { kind: 'constant', value: { of: [1, 'two'] } } },
          { claim: 'number', source: { kind: 'constant', value: '7' } },
          { claim: 'nick', source: { kind: 'claim', name: 'preferred_username' } },
        ],
        groupRules: { include: ['crew', 'guests *'], rename: { crew: 'admin' } },
        jwksUri: 'https://wiki.example/keys',
        idTokenEncryptedResponse: { alg: 'RSA-OAEP-256', enc: 'A256GCM' },
        defaultScopes: ['groups'],
        maxSessionAgeMinutes: 5,
        backchannelLogoutUri: 'https://wiki.example/logout',
        backchannelLogoutSessionRequired: true,
        initiateLoginUri: 'https://wiki.example/in',
        jwtAccessTokens: true,
        dpopBoundAccessTokens: true,
        implicitIdToken: true,
        idTokenSignedResponseAlg: 'ES256',
        userinfoSignedResponseAlg: 'PS256',
        introspectionSignedResponseAlg: 'EdDSA',
        authorizationDetailsTypes: ['payment'],
      },
    })
    expect((await readSettings(client.id)).getAll('section')).toEqual(sectionNames)
    expect((await saveSettings(client.id, {})).status).toBe(303)
    const after = await clients().find(client.id)
    expect({ ...after, updatedAt: 0, unusedSince: null }).toEqual({ ...client, updatedAt: 0, unusedSince: null })
  })

  test.each([
    [
      'identity',
      { name: 'Other', description: 'A line', launchUrl: 'https://other.example', 'protocol.operator': 'Us' },
      { name: 'Other', description: 'A line', launchUrl: 'https://other.example', protocol: { operator: 'Us' } },
    ],
    [
      'addresses',
      { redirectUris: 'https://a.example/cb\r\nmyapp://cb', postLogoutRedirectUris: 'https://a.example/' },
      { redirectUris: ['https://a.example/cb', 'myapp://cb'], postLogoutRedirectUris: ['https://a.example/'] },
    ],
    [
      'signIn',
      {
        isPublic: 'true',
        skipConsent: 'true',
        requiresReauthentication: 'true',
        'protocol.maxSessionAgeMinutes': '15',
      },
      {
        isPublic: true,
        pkceRequired: true,
        skipConsent: true,
        requiresReauthentication: true,
        protocol: { maxSessionAgeMinutes: 15 },
      },
    ],
    [
      'tokens',
      {
        requiresPushedAuthorizationRequests: 'true',
        accessTokenDurationMinutes: '',
        refreshTokenDurationMinutes: '100',
        'protocol.refreshTokenAbsoluteLifetimeMinutes': '1000',
      },
      {
        requiresPushedAuthorizationRequests: true,
        accessTokenDurationMinutes: null,
        refreshTokenDurationMinutes: 100,
        protocol: { refreshTokenAbsoluteLifetimeMinutes: 1000 },
      },
    ],
    [
      'claims',
      {
        'protocol.defaultScopes': 'groups email',
        'protocol.claimRules.claim': ['role', 'admin', '', ''],
        'protocol.claimRules.from': ['custom', 'constant', 'claim', 'claim'],
        'protocol.claimRules.value': ['role', 'true', '', ''],
        'protocol.claimRules.as': ['array', '', '', ''],
        'protocol.groupRules.include': 'crew\nguests *',
        'protocol.groupRules.rename.group': ['crew'],
        'protocol.groupRules.rename.as': ['admin'],
        'protocol.subjectType': 'pairwise',
      },
      {
        protocol: {
          defaultScopes: ['groups', 'email'],
          claimRules: [
            { claim: 'role', source: { kind: 'custom', key: 'role' }, as: 'array' },
            { claim: 'admin', source: { kind: 'constant', value: true }, as: null },
          ],
          groupRules: { include: ['crew', 'guests *'], rename: { crew: 'admin' } },
          subjectType: 'pairwise',
        },
      },
    ],
    [
      'authentication',
      {
        'federatedIdentities.issuer': ['https://ci.example'],
        'federatedIdentities.subject': ['repo'],
        'federatedIdentities.audience': [''],
        'federatedIdentities.jwks': [''],
        'federatedIdentities.replay': ['often'],
        'protocol.jwksUri': 'https://wiki.example/keys',
      },
      {
        federatedIdentities: [
          { issuer: 'https://ci.example', subject: 'repo', audience: null, jwks: null, replayProtection: false },
        ],
        protocol: { jwksUri: 'https://wiki.example/keys' },
      },
    ],
  ])('saves the values entered in %s', async (_, entered, stored) => {
    const { id } = await createClient()
    const response = await saveSettings(id, entered)
    expect([response.status, response.location]).toEqual([303, `${pageUrl}/${id}/settings`])
    expect(await clients().find(id)).toMatchObject(stored)
    expect((await agent.follow(response)).text).toMatch(/data-outcome>.*?<p>Saved: <strong>/s)
  })

  test.each<[string, Fields, string]>([
    ['identity', { name: 'Kept', launchUrl: 'nowhere' }, 'Enter a URL with https://'],
    ['addresses', { redirectUris: 'https://x.example\nhttps://h/#x' }, 'must end before the #'],
    ['tokens', { accessTokenDurationMinutes: 'soon' }, 'Enter 1 or more.'],
    ['signIn', { 'protocol.maxSessionAgeMinutes': '0' }, 'isn’t in the right format'],
    ['claims', { 'protocol.userNames.user': 'nobody', 'protocol.userNames.as': 'x' }, 'doesn’t exist'],
    ['claims', { 'protocol.claimRules.claim': 'iss', 'protocol.claimRules.value': 'x' }, 'is reserved'],
    ['authentication', { 'protocol.jwks': '{"keys":' }, 'Enter JSON with “keys”'],
    ['authentication', { 'protocol.tokenEndpointAuthMethod': 'private_key_jwt' }, 'Enter JSON with “keys”'],
    ['logout', { 'protocol.backchannelLogoutUri': 'https://x/#y' }, 'Enter a URL without a #'],
  ])('rejects an invalid value in %s (%j), explains it, and keeps the input', async (section, entered, sentence) => {
    const client = await createClient()
    const response = await saveSettings(client.id, entered)
    expect(response.status).toBe(400)
    const refused = section === 'authentication' ? response.text : response.text.split('class="split"')[0]
    expect(refused).toContain(sentence)
    for (const value of Object.values(entered)) expect(unescapeHtml(response.text)).toContain(value)
    expect(await clients().find(client.id)).toEqual(client)
  })

  test('shows users by their names, even if the client uses custom user names', async () => {
    const { id } = await createClient()
    const ada = await running.app.directory.findByName('ada')
    await saveSettings(id, { 'protocol.userNames.user': ['ada', ''], 'protocol.userNames.as': ['countess', ''] })
    expect(await clients().find(id)).toMatchObject({ protocol: { userNames: { [ada?.id ?? '']: 'countess' } } })
    expect((await agent.get(`${pageUrl}/${id}/settings`)).text).toContain('name="protocol.userNames.user" value="ada"')
    await saveSettings(id, { 'protocol.userNames.user': [''], 'protocol.userNames.as': [''] })
    expect(await clients().find(id)).toMatchObject({ protocol: { userNames: {} } })
  })

  test('shows a concurrent change, and overwrites it only with a confirmation', async () => {
    const { id } = await createClient()
    const sent = await readSettings(id)
    await clients().update(id, { name: 'Wiki', redirectUris: ['https://theirs.example/cb'] })
    sent.set('redirectUris', 'https://mine.example/cb')
    const conflict = await agent.postForm(`${pageUrl}/${id}/settings`, [...sent])
    expect(conflict.status).toBe(412)
    expect(conflict.text).toContain('Callback URLs is now: https://theirs.example/cb')
    expect(conflict.text).toContain('>https://mine.example/cb</textarea>')
    expect(await clients().find(id)).toMatchObject({ redirectUris: ['https://theirs.example/cb'] })
  })

  test('reports a concurrent change of the access, and restores no revoked access', async () => {
    const { id } = await createClient()
    const group = await running.app.directory.groups.create({ name: 'closers', friendlyName: 'Closers' })
    const accessVersion = (text: string) =>
      (/\/access"[^>]*>\s*<input type="hidden" name="version" value="([^"]+)"/.exec(text)?.[1] ?? '').replaceAll(
        '&#34;',
        '"',
      )
    const read = accessVersion((await agent.get(`${pageUrl}/${id}/access`)).text)
    const chooseAccess = (access: string, version: string) =>
      agent.postForm(`${pageUrl}/${id}/access`, { access, groups: group.id, version })
    expect((await chooseAccess('groups', read)).status).toBe(303)
    const late = await chooseAccess('everybody', read)
    expect([late.status, late.text.includes('Access is now: Closers')]).toEqual([412, true])
    expect(late.text).toMatch(/value="everybody" checked/)
    expect(await clients().find(id)).toMatchObject({ isGroupRestricted: true, allowedGroupIds: [group.id] })
    expect((await chooseAccess('everybody', accessVersion(late.text))).status).toBe(303)
    expect(await clients().find(id)).toMatchObject({ isGroupRestricted: false })
    const again = await chooseAccess('groups', accessVersion(late.text))
    expect([again.status, again.text.includes('Access is now: Everyone')]).toEqual([412, true])
  })

  test('adds secrets with an expiry, and shows when each was last used', async () => {
    const { id } = await createClient()
    const page = await agent.follow(await agent.postForm(`${pageUrl}/${id}/secrets`, { lifetime: 'month' }))
    expect(page.text).toMatch(/pk_[\w-]{43}/)
    expect(page.text).toContain('Last used: never · Expires: ')
    const readSecrets = (text: string) => {
      const [, list] =
        /<h3 class="label">Client secret<\/h3>(.*?)<form class="inline" [^>]*\/secrets">/s.exec(text) ?? []
      return (list ?? '')
        .split('<li>')
        .slice(1)
        .map((each) => each.replaceAll(/<[^>]+>/g, ' ').replaceAll(/\s+/g, ' '))
    }
    const plain = /pk_[\w-]{43}/.exec(page.text)?.[0] ?? ''
    expect(readSecrets(page.text)).toEqual([expect.stringContaining(`${plain.slice(0, 7)}`)])
    const [secret] = (await clients().find(id))?.secrets ?? []
    const sendRequest = () =>
      fetch(`${running.url}/api/oidc/token`, {
        method: 'POST',
        body: new URLSearchParams({
          client_id: id,
          client_secret: plain,
          grant_type: 'refresh_token',
          refresh_token: 'x',
        }),
      })
    expect(page.text).toContain('data-unstored')
    expect(await (await sendRequest()).json()).toMatchObject({ error: 'invalid_grant' })
    // Leaving asks for no confirmation after the client has used the secret.
    await eventually(async () => expect((await agent.get(`${pageUrl}/${id}`)).text).not.toContain('data-unstored'))
    expect((await agent.get(`${pageUrl}/${id}`)).text).toContain(plain)
    // The secret is shown until it is stored, and later only its prefix.
    const stored = await agent.submit(page, page.form(`/secrets/${secret?.id}/stored`))
    const later = await agent.follow(stored)
    expect(later.text).not.toContain(plain)
    expect(readSecrets(later.text)).toEqual([expect.stringMatching(/… Added: .* · Last used: now · Expires: /)])
    const removed = await agent.submit(later, later.form(`/secrets/${secret?.id}/remove`))
    expect((await agent.follow(removed)).text).toContain('<p>Removed: <strong>Client secret · Wiki</strong></p>')
    expect(await (await sendRequest()).json()).toMatchObject({ error: 'invalid_client' })
    await clients().addSecret(id, { expiresAt: Date.now() + 60_000 })
    using _ = stopTime(61_000)
    const expired = await agent.get(`${pageUrl}/${id}`)
    expect(readSecrets(expired.text)).toEqual([expect.stringMatching(/… Expired Added: [^·]* · Last used: never /)])
    // The form and the secret read the clock one after the other.
    expect(((secret?.expiresAt ?? 0) - (secret?.createdAt ?? 0)) / 86_400_000).toBeCloseTo(31, 4)
  })

  test('shows the endpoints of the discovery document, each with a copy button', async () => {
    const { id } = await createClient()
    const { text } = await agent.get(`${pageUrl}/${id}`)
    const document = (await agent.getJson(`${running.url}/.well-known/openid-configuration`)).json() as Fields
    const received = [
      ...text.matchAll(/<dt>([^<]+)<\/dt>\s*<dd class="copy"><code id="([^"]+)"[^>]*>(.*?)<\/code><button ([^>]+)>/gs),
    ]
    const shown = received.map(([, label, target, value, button]) => {
      expect(button).toContain(`data-copy="${target}" aria-label="Copy ${label}"`)
      return [label, value?.replaceAll(/<[^>]+>/g, '')]
    })
    expect(new Set(received.map(([, , target]) => target)).size).toBe(received.length)
    expect(shown).toEqual([
      ['Client ID', id],
      ['Discovery URL', `${running.url}/.well-known/openid-configuration`],
      ['Issuer', document.issuer],
      ['Authorization endpoint', document.authorization_endpoint],
      ['Token endpoint', document.token_endpoint],
      ['UserInfo endpoint', document.userinfo_endpoint],
      ['Keys (JWKS)', document.jwks_uri],
      ['End session endpoint', document.end_session_endpoint],
      ['Introspection endpoint', document.introspection_endpoint],
      ['Revocation endpoint', document.revocation_endpoint],
      ['Pushed authorization request endpoint', document.pushed_authorization_request_endpoint],
    ])
  })

  test('corrects new callback URLs of DSM, and keeps those that were registered before', async () => {
    const registered = ['https://nas.example:5001', 'https://nas.example:5001/received']
    const { id } = await createClient({ name: 'NAS', template: 'synology-dsm', redirectUris: registered })
    const redirectUris = [...registered, 'https://other.example/#/signin'].join('\n')
    expect((await saveSettings(id, { description: 'Files', redirectUris })).status).toBe(303)
    const client = await running.app.pocket.clients.find(id)
    expect(client).toMatchObject({ description: 'Files', redirectUris: [...registered, 'https://other.example'] })
  })

  test('uploads a logo, explains a rejection, and removes the logo', async () => {
    const { id } = await createClient({ name: 'Pictured' })
    const uploadLogo = (bytes: string) => {
      const body = new FormData()
      body.set('file', new Blob([bytes]), 'logo.svg')
      return agent.postMultipart(`${pageUrl}/${id}/logo?theme=light`, body)
    }
    const wrong = await agent.follow(await uploadLogo('no picture'))
    expect(wrong.text).toContain('class="note danger" role="alert"')
    const page = await agent.follow(
      await uploadLogo('<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 1 1"><path d="M0 0h1v1H0z"/></svg>'),
    )
    expect(page.text).toContain('<p>Saved: <strong>Logo · Pictured</strong></p>')
    expect(page.text).toMatch(/<img src="\/api\/oidc\/clients\/[^"]+\/logo\?light=true/)
    expect(page.text).toMatch(/<span class="tile on-dark" aria-hidden="true"><img src="[^"]+\/logo\?/)
    expect((await agent.get(`${pageUrl}?search=Pictured`)).text).toMatch(new RegExp(`/api/oidc/clients/${id}/logo`))
    const unread = await agent.postForm(`${pageUrl}/${id}/logo/address?theme=dark`, {
      logoUrl: 'http://127.0.0.1:1/x.png',
    })
    expect((await agent.follow(unread)).text).toContain('class="note danger" role="alert"')
    await agent.postForm(`${pageUrl}/${id}/logo/remove?theme=light`, {})
    expect((await agent.get(`${pageUrl}/${id}/settings`)).text).not.toMatch(/\/logo\?light=true/)
  })

  test('returns not found for an unknown client', async () => {
    expect((await agent.postForm(`${pageUrl}/nobody/settings`, {})).status).toBe(404)
  })
})
