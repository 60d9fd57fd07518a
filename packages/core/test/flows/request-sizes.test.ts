import { randomBytes } from 'node:crypto'
import { deflateRawSync } from 'node:zlib'
import { beforeAll, describe, expect, test } from '@jest/globals'
import { UserAgent } from '@pocket/core/testing'
import { accessToApi } from './api-fixture.ts'
import { shareHost, viewOf } from './host.ts'
import { followAuthorization, login, redirectUri, relyingParty } from './login.ts'

const kilobyte = 1024
const request = { redirect_uri: redirectUri, response_type: 'code', scope: 'openid' }

const host = shareHost({
  options: { protocol: { authorizationDetailsTypes: { payment: { validate: () => undefined } } } },
})
let party: Awaited<ReturnType<typeof relyingParty>>
beforeAll(async () => {
  party = await relyingParty(host)
})

/** A query or form of exactly `length` bytes. */
function createPaddedParameters(length: number, fields: Readonly<Record<string, string>>): string {
  const start = `${new URLSearchParams({ ...request, client_id: party.client.id, ...fields })}&padding=`
  return start + 'x'.repeat(length - start.length)
}

const authorize = (query: string) => new UserAgent().get(`${host.issuer}/authorize?${query}`)
const post = (path: string, body: BodyInit) =>
  fetch(host.issuer + path, {
    method: 'POST',
    body,
    headers: { 'content-type': 'application/x-www-form-urlencoded' },
    redirect: 'manual',
    ...(typeof body !== 'string' && { duplex: 'half' }),
  } as RequestInit)

test('accepts a query of 12 kB and rejects a longer one with 414', async () => {
  expect((await authorize(createPaddedParameters(12 * kilobyte, {}))).status).toBe(303)
  const page = await authorize(createPaddedParameters(12 * kilobyte + 1, {}))
  expect([page.status, viewOf(page)]).toEqual([414, expect.objectContaining({ code: 'payload_too_large' })])
  const response = await fetch(`${host.issuer}/api/oidc/userinfo?${'x'.repeat(12 * kilobyte + 1)}`)
  expect([response.status, await response.json()]).toEqual([414, expect.objectContaining({ error: 'invalid_request' })])
})

describe.each(['/api/oidc/par', '/api/oidc/token', '/api/oidc/device/authorize', '/api/oidc/introspect'])(
  '%s',
  (path) => {
    const credentials = () => ({ client_secret: party.secret })

    test('accepts a form of 16 kB and rejects a longer one with 413', async () => {
      const fits = await post(path, createPaddedParameters(16 * kilobyte, credentials()))
      expect(fits.status).toBeLessThan(413)
      for (const body of [createPaddedParameters(16 * kilobyte + 1, credentials()), 'x'.repeat(1_000_000)]) {
        const sent = [await post(path, body), await post(path, new Blob([body]).stream())]
        for (const response of sent)
          expect([response.status, await response.json()]).toEqual([
            413,
            expect.objectContaining({ error: 'invalid_request' }),
          ])
      }
    })
  },
)

test('accepts a posted authorization of 16 kB and rejects a longer one with 413', async () => {
  const values = Array.from({ length: 500 }, () => crypto.randomUUID().slice(0, 8))
  const posted = createPaddedParameters(16 * kilobyte, {
    state: 'y'.repeat(4096),
    claims: JSON.stringify({ userinfo: { email: { values } } }),
  })
  const redirect = await post('/authorize', posted)
  expect(redirect.status).toBe(303)
  const { page } = await followAuthorization(host, redirect.headers.get('location') ?? '', {})
  const { searchParams } = new URL(page.location ?? '')
  expect([searchParams.has('code'), searchParams.get('state')]).toEqual([true, 'y'.repeat(4096)])
  expect((await post('/authorize', createPaddedParameters(16 * kilobyte + 1, {}))).status).toBe(413)
})

test('accepts a posted authorization of 16 kB that does not compress', async () => {
  const randomText = (length: number) => randomBytes(length).toString('base64url').slice(0, length)
  const fields = { state: randomText(4096), nonce: randomText(2048), client_id: party.client.id }
  const requestForm = (value: string) =>
    new URLSearchParams({ ...request, ...fields, claims: JSON.stringify({ userinfo: { email: { value } } }) })
  const posted = requestForm(randomText(16 * kilobyte - requestForm('').toString().length))
  expect(posted.toString()).toHaveLength(16 * kilobyte)
  const redirect = await new UserAgent().postForm(`${host.issuer}/authorize`, [...posted])
  expect(redirect.status).toBe(303)
  const { page } = await followAuthorization(host, redirect.location ?? '', {})
  const { searchParams } = new URL(page.location ?? '')
  expect([searchParams.has('code'), searchParams.get('state')]).toEqual([true, fields.state])
})

test.each(['', 'A', deflateRawSync('x'.repeat(16 * kilobyte + 1)).toString('base64url')])(
  'rejects a redirected authorization with invalid compression %.10j',
  async (compressed) => {
    const page = await authorize(new URLSearchParams({ compressed_request: compressed }).toString())
    expect([page.status, viewOf(page)]).toEqual([400, expect.objectContaining({ code: 'invalid_request' })])
  },
)

test.each([
  ['state', 4096],
  ['nonce', 2048],
])('rejects a %s of more than %d bytes, in a pushed request too', async (name, limit) => {
  const fits = createPaddedParameters(10 * kilobyte, { [name]: 'y'.repeat(limit) })
  const exceeds = createPaddedParameters(10 * kilobyte, { [name]: `ÿ${'y'.repeat(limit - 1)}` })
  expect((await authorize(fits)).location).toContain('/interaction/')
  expect((await authorize(exceeds)).location).toContain('error=invalid_request')
  const secret = `&client_secret=${party.secret}`
  expect((await post('/api/oidc/par', fits + secret)).status).toBe(201)
  const pushed = await post('/api/oidc/par', exceeds + secret)
  expect([pushed.status, await pushed.json()]).toEqual([
    400,
    { error: 'invalid_request', error_description: `${name} must not be longer than ${limit} bytes` },
  ])
})

test('accepts the ID token of a user with 200 groups as a hint, and does not store it', async () => {
  const person = await host.person('grace')
  const groups = Array.from({ length: 200 }, (_, index) => ({ id: `group-${index}`, name: `Department ${index}` }))
  host.accounts.set(person.account.id, { ...person.account, groups })
  const { finish, agent } = await login(host, party.configuration, {}, { person })
  const { id_token: hint = '' } = await finish()
  expect(hint.length).toBeGreaterThan(4 * kilobyte)
  const query = new URLSearchParams({ ...request, client_id: party.client.id, id_token_hint: hint })
  const silent = await agent.get(`${host.issuer}/authorize?${query}&prompt=none`)
  expect(silent.location).toContain('code=')

  const stored: string[] = []
  const { artifacts } = host.stores
  const upsert = artifacts.upsert.bind(artifacts)
  artifacts.upsert = async (artifact) => {
    stored.push(artifact.payload)
    await upsert(artifact)
  }
  const { page } = await followAuthorization(host, `${host.issuer}/authorize?${query}`, { person })
  artifacts.upsert = upsert
  expect(page.location).toContain('code=')
  expect(stored.length).toBeGreaterThan(0)
  expect(stored.filter((payload) => payload.includes(hint.slice(0, 100)))).toEqual([])

  const out = new URLSearchParams({ id_token_hint: hint, client_id: party.client.id })
  expect((await agent.get(`${host.issuer}/api/oidc/end-session?${out}`)).status).toBeLessThan(400)
})

test('accepts claims and authorization details of several kilobytes', async () => {
  const payer = await relyingParty(host, { protocol: { authorizationDetailsTypes: ['payment'] } })
  const resource = 'https://bank.example/'
  const api = await host.pocket.apis.create({ name: 'Bank', resource, accessTokenFormat: 'opaque' })
  await host.pocket.apis.setGrant(api.id, payer.client.id, accessToApi(api, []))
  const claims = JSON.stringify({
    userinfo: { email: { values: Array.from({ length: 100 }, (_, i) => `person${i}@example.com`) } },
  })
  const details = JSON.stringify([{ type: 'payment', note: 'z'.repeat(3 * kilobyte) }])
  const query = new URLSearchParams({
    ...request,
    client_id: payer.client.id,
    resource,
    claims,
    authorization_details: details,
  })
  const { page } = await followAuthorization(host, `${host.issuer}/authorize?${query}`, {})
  expect(page.location).toContain(redirectUri)
  expect(page.location).toContain('code=')
})
