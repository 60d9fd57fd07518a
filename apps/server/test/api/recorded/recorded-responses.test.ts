import { existsSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { isDeepStrictEqual } from 'node:util'
import { afterAll, beforeAll, expect, test } from '@jest/globals'
import type { UserAgent } from '@pocket/core/testing'
import { compatibilityReference, type Difference, differences } from '../../../scripts/pocket-id-compatibility.ts'
import { type Instance, startInstance } from '../instance.ts'
import { protocolResponses } from './protocol-responses.ts'
import type { Json, RecordedResponse } from './recorded-response.ts'
import { restResponses } from './rest-responses.ts'

const key = 'a key of the environment'
const orders = 'https://api.example.com/orders'

let instance: Instance
let person: UserAgent
const values = new Map<string, string>()

beforeAll(async () => {
  instance = await startInstance({ STATIC_API_KEY: key })
  values.set('BASE', instance.url)
  const call = async (request: RecordedResponse['request'], json?: unknown) => {
    const { status, body } = await answerOf({ request, as: 'key', json })
    expect([request, status, body]).toEqual([request, status < 300 ? status : 'success', body])
    return body
  }
  const callbackURLs = ['http://localhost:9999/cb']
  const nextcloud = { id: 'nextcloud', name: 'Nextcloud', callbackURLs, accessTokenDurationMinutes: 60 }
  await call('POST /api/oidc/clients', nextcloud)
  await call('POST /api/oidc/clients', { id: 'daemon', name: 'Daemon', callbackURLs: [] })
  await call('POST /api/oidc/clients', {
    id: 'spa',
    name: 'Spa',
    callbackURLs: ['https://spa.example.com/'],
    isPublic: true,
  })
  values.set('secret', String((await call('POST /api/oidc/clients/nextcloud/secrets', {})).secret))
  values.set('daemon-secret', String((await call('POST /api/oidc/clients/daemon/secrets', {})).secret))
  const { id } = await call('POST /api/apis', { name: 'Orders', resource: orders })
  const permissions = [{ key: 'read:orders', name: 'Read orders' }]
  const api = await call(`PUT /api/apis/${id}/permissions`, { permissions })
  // A cast: the answer has the permissions of the request.
  const [permission] = api.permissions as readonly Json[]
  for (const client of ['nextcloud', 'daemon'])
    await call(`PUT /api/apis/${id}/clients/${client}`, { clientPermissionIds: [permission?.id] })
  const tim = await call('POST /api/users', { username: 'tim', email: 'tim@example.com', firstName: 'Tim' })
  values.set('tim', String(tim.id))
  const form = { grant_type: 'client_credentials' }
  const issue = async (more: Readonly<Record<string, string>>) =>
    String(
      (await answerOf({ request: 'POST /api/oidc/token', as: 'client', form: { ...form, ...more } })).body.access_token,
    )
  values.set('token', await issue({}))
  values.set('api-token', await issue({ resource: orders }))
  const bob = await instance.personWithoutPasskey('bob')
  person = bob.agent
  values.set('bob', bob.id)
})

afterAll(async () => instance[Symbol.asyncDispose]())

function withValues<T>(recorded: T): T {
  return JSON.parse(
    JSON.stringify(recorded).replaceAll(/<([\w-]+)>/g, (text, name: string) => values.get(name) ?? text),
  )
}

async function answerOf({ request, as, json, form, headers = {} }: RecordedResponse) {
  const [method = '', path = ''] = request.split(' ')
  const basic = Buffer.from(`nextcloud:${values.get('secret')}`).toString('base64')
  const authentication = {
    key: { 'x-api-key': key },
    client: { authorization: `Basic ${basic}` },
    person: {},
    nobody: {},
  }
  const body = json === undefined ? form && new URLSearchParams(form) : JSON.stringify(json)
  const url = instance.url + path
  const allHeaders = {
    ...authentication[as],
    ...(json !== undefined && { 'content-type': 'application/json' }),
    ...headers,
  }
  if (as === 'person') {
    const answer = await person.sendJson(method, url, json === undefined ? {} : { body: json })
    return { status: answer.status, headers: answer.headers, body: parse(answer.text) }
  }
  const answer = await fetch(url, { method, headers: allHeaders, redirect: 'manual', ...(body && { body }) })
  return { status: answer.status, headers: answer.headers, body: parse(await answer.text()) }
}

function parse(text: string): Json {
  return text.startsWith('{') ? JSON.parse(text) : {}
}

function claimsOf(token: string): unknown {
  return JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString() || '{}')
}

/** The paths of recorded values that ours does not have. */
function mismatches(recorded: unknown, ours: unknown, path: string): readonly string[] {
  if (recorded === undefined || (recorded === '<any>' && ours !== undefined)) return []
  const isObject = (value: unknown): value is Json =>
    typeof value === 'object' && value !== null && !Array.isArray(value)
  if (isObject(recorded) && isObject(ours))
    return Object.entries(recorded).flatMap(([name, value]) => mismatches(value, ours[name], `${path}.${name}`))
  if (Array.isArray(recorded) && Array.isArray(ours) && recorded.length === ours.length)
    return recorded.flatMap((value, index) => mismatches(value, ours[index], `${path}[${index}]`))
  return isDeepStrictEqual(recorded, ours) ? [] : [path]
}

const recordedResponses = [...protocolResponses, ...restResponses]

test.each(recordedResponses.map((recorded, index) => ({ ...recorded, index })))(
  '$index: $request as $as answers as recorded, or as the list of differences says: $differs',
  async (step) => {
    const { status, body, claims, answerHeaders = {}, here, ...sent } = withValues(step)
    const ours = await answerOf(sent)
    const headers = Object.fromEntries(Object.keys(answerHeaders).map((name) => [name, ours.headers.get(name)]))
    const found = [
      ...mismatches(status, ours.status, 'status'),
      ...mismatches(body, ours.body, 'body'),
      ...(claims ? mismatches(claims, claimsOf(String(ours.body.access_token)), 'claims') : []),
      ...mismatches(answerHeaders, headers, 'headers'),
    ]
    if (step.differs === undefined) expect([found, ours.status, ours.body]).toEqual([[], ours.status, ours.body])
    else {
      expect(found).not.toEqual([])
      expect([ours.status, ours.body]).toEqual([here?.status, expect.objectContaining(here?.body ?? {})])
    }
  },
)

test('lists at most thirty differences', () => {
  expect(Object.keys(differences).length).toBeLessThanOrEqual(30)
})

test('each difference is recorded or names the test that proves it', () => {
  const recorded = new Set<string | undefined>(recordedResponses.map(({ differs }) => differs))
  const rows: Readonly<Record<string, Difference>> = differences
  for (const [id, { provenBy }] of Object.entries(rows)) {
    if (provenBy === undefined) expect(recorded).toContain(id)
    else expect(existsSync(new URL(`../../../../../${provenBy}`, import.meta.url))).toBe(true)
  }
})

test('docs/reference/pocket-id-compatibility.md is generated from the list', async () => {
  const page = new URL('../../../../../docs/reference/pocket-id-compatibility.md', import.meta.url)
  expect(await readFile(page, 'utf8')).toBe(compatibilityReference())
})
