import { expect, test } from '@jest/globals'
import { shareBetweenTests } from '@pocket/test-support'
import { allStoreKinds, type StoresUnderTest } from '../contracts/store-kinds.ts'
import { startHostOver } from './host.ts'
import { redirectUri } from './login.ts'
import { openRegistration } from './requests.ts'

// PostgreSQL rejects more text values than SQLite.
const open = allStoreKinds.PostgreSQL as () => Promise<StoresUnderTest>
const options = { protocol: { clientRegistration: openRegistration } }
const host = shareBetweenTests(() => startHostOver(open, { options }))

async function register(body: string, type = 'application/json') {
  const headers = { 'content-type': type }
  const response = await fetch(`${host.issuer}/api/oidc/register`, { method: 'POST', headers, body })
  const { error, client_id: id } = (await response.json()) as { error?: string; client_id?: string }
  // Makes room for the next client of this network.
  if (response.status === 201 && id !== undefined) await host.pocket.clients.remove(id)
  return { status: response.status, error }
}

const known = /^invalid_(request|client_metadata|redirect_uri)$/

test.each([
  ['no JSON', '{', 'application/json'],
  ['a list', '[]', 'application/json'],
  ['null', 'null', 'application/json'],
  ['a string', '"x"', 'application/json'],
  ['nothing', '', 'application/json'],
  ['a form', `redirect_uris=${redirectUri}`, 'application/x-www-form-urlencoded'],
  [
    'a megabyte',
    JSON.stringify({ redirect_uris: [redirectUri], client_name: 'x'.repeat(1_000_000) }),
    'application/json',
  ],
  ['deep', `{"redirect_uris":${'['.repeat(20_000)}${']'.repeat(20_000)}}`, 'application/json'],
])('rejects a registration that is %s', async (_name, body, type) => {
  const { status, error } = await register(body, type)
  expect([status, error, host.errors]).toEqual([expect.any(Number), expect.stringMatching(known), []])
  expect([400, 413]).toContain(status)
})

const odd = [
  null,
  0,
  true,
  '',
  '\0',
  'a\0b',
  '\ud800',
  'x'.repeat(5_000),
  [],
  {},
  [null],
  ['\0'],
  [[]],
  { __proto__: null, a: 1 },
]

test.each([
  'redirect_uris',
  'post_logout_redirect_uris',
  'client_name',
  'client_uri',
  'logo_uri',
  'contacts',
  'grant_types',
  'response_types',
  'token_endpoint_auth_method',
  'application_type',
  'jwks',
  'jwks_uri',
  'scope',
  'subject_type',
  'sector_identifier_uri',
  'id_token_signed_response_alg',
  'userinfo_signed_response_alg',
  'default_max_age',
  'require_auth_time',
  'default_acr_values',
  'initiate_login_uri',
  'backchannel_logout_uri',
  'software_statement',
  'pocket_skip_consent',
  'client_id',
  'client_secret',
])('accepts, drops or rejects a %s of any type', async (name) => {
  for (const value of odd) {
    const { status, error } = await register(JSON.stringify({ redirect_uris: [redirectUri], [name]: value }))
    expect([value, status, host.errors]).toEqual([value, expect.any(Number), []])
    if (status !== 201) expect([value, status, error]).toEqual([value, 400, expect.stringMatching(known)])
  }
})

test.each(['x', '%00', '%', '..%2f', 'x'.repeat(3_000)])('finds no registration with the ID %s', async (id) => {
  for (const method of ['GET', 'PUT', 'DELETE']) {
    const headers = { authorization: 'Bearer x', 'content-type': 'application/json' }
    const init = { method, headers, ...(method === 'PUT' && { body: '{}' }) }
    const { status } = await fetch(`${host.issuer}/api/oidc/register/${id}`, init)
    expect([400, 401, 404]).toContain(status)
  }
  expect(host.errors).toEqual([])
})
