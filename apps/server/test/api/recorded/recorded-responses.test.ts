import { once } from 'node:events'
import { connect } from 'node:tls'
import { beforeAll, expect, test } from '@jest/globals'
import { UserAgent } from '@pocket/core/testing'
import { shareBetweenTests } from '@pocket/test-support'
import { selfSigned } from '@pocket/test-support/certificates'
import { differences } from '../../../scripts/pocket-id-compatibility.ts'
import { startApp } from '../../http/app.ts'
import { reauthenticate, registerPasskey, startInstance } from '../instance.ts'
import { findMismatchedPaths, parseStep, type Step, stepLines } from './steps.ts'

const key = 'a key of the environment'
const files: Readonly<Record<string, Blob>> = {
  svg: new Blob(['<svg xmlns="http://www.w3.org/2000/svg"/>'], { type: 'image/svg+xml' }),
  txt: new Blob(['text'], { type: 'text/plain' }),
  'text-as-png': new Blob(['text'], { type: 'image/png' }),
  big: new Blob([new Uint8Array(3 * 1024 * 1024)], { type: 'image/png' }),
}

const instance = shareBetweenTests(() => startInstance({ STATIC_API_KEY: key }))
const alone = shareBetweenTests(() => startInstance())
/** The only administrator of a server without `STATIC_API_KEY`. */
let agents: Readonly<Record<string, UserAgent>>
const values = new Map<string, string>([['KEY', key]])
let configuration: Readonly<Record<string, string>> = {}

beforeAll(async () => {
  const tim = await instance.personWithoutPasskey('tim')
  agents = { admin: instance.administrator, tim: tim.agent, alone: alone.administrator }
  values.set('BASE', instance.url)
  values.set('tim', tim.id)
  const [administrator] = await alone.app.directory.list()
  values.set('alone', String(administrator?.id))
})

function fillPlaceholders(text: string): string {
  return text.replaceAll(/<([\w-]+)>/g, (placeholder, name: string) => values.get(name) ?? placeholder)
}

async function sendStep({ who, method, path, headers, body }: Step) {
  const { url } = who === 'alone' ? alone : instance
  const basic = Buffer.from(`nextcloud:${values.get('secret')}`).toString('base64')
  const credentials: Readonly<Record<string, Readonly<Record<string, string>>>> = {
    key: { 'x-api-key': key },
    client: { authorization: `Basic ${basic}` },
  }
  const agent = agents[who]
  if (who === 'alone') await reauthenticate(alone.administrator, url, alone.administratorAuthenticator)
  if (body === 'passkey') {
    const { answer } = await registerPasskey(agent ?? new UserAgent(), url)
    return { status: answer.status, headers: answer.headers, text: answer.text }
  }
  if (agent) {
    const response = await (path.startsWith('/api/')
      ? agent.sendJson(method, url + path, body === '' ? {} : { body: JSON.parse(body) })
      : agent.get(url + path))
    return { status: response.status, headers: response.headers, text: response.text }
  }
  const allHeaders = { ...credentials[who], ...headers, ...contentType(body) }
  const response = await fetch(url + path, { method, headers: allHeaders, body: requestBody(body), redirect: 'manual' })
  return { status: response.status, headers: response.headers, text: await response.text() }
}

function contentType(body: string): Readonly<Record<string, string>> {
  if (/^(?:[[{]|config:)/.test(body)) return { 'content-type': 'application/json' }
  return body === '' || body.startsWith('file:') ? {} : { 'content-type': 'application/x-www-form-urlencoded' }
}

function requestBody(body: string): string | FormData | null {
  if (body.startsWith('config:'))
    return JSON.stringify({ ...configuration, ...JSON.parse(body.slice('config:'.length)) })
  if (!body.startsWith('file:')) return body || null
  const form = new FormData()
  form.append('file', files[body.slice('file:'.length)] ?? new Blob(), 'file')
  return form
}

/** The members of the body, and what the expectations name besides them. */
function actualMembers({ text, headers }: Awaited<ReturnType<typeof sendStep>>, expected: unknown): unknown {
  const body: unknown = /^[[{]/.test(text) ? JSON.parse(text) : {}
  if (typeof expected !== 'object' || expected === null || Array.isArray(expected)) return body
  const more = Object.entries(expected).flatMap(([name, value]) => {
    if (name === '#text') return [[name, text]]
    if (name === '#entry') return [[name, findEntry(body, value)]]
    return name.startsWith('@') ? [[name, headers.get(name.slice(1))]] : []
  })
  return { ...Object(body), ...Object.fromEntries(more) }
}

/** The entry of a list with this key. */
function findEntry(body: unknown, { key: wanted }: { readonly key: string }): unknown {
  return Array.isArray(body) ? body.find((entry) => entry.key === wanted) : undefined
}

function keepValues({ kept }: Step, { text, headers }: Awaited<ReturnType<typeof sendStep>>): void {
  for (const [name, member = ''] of Object.entries(kept)) {
    if (name === 'config') {
      const settings = JSON.parse(text) as readonly { readonly key: string; readonly value: string }[]
      configuration = Object.fromEntries(settings.map((setting) => [setting.key, setting.value]))
      continue
    }
    const location = new URL(headers.get('location') ?? '', instance.url)
    const value = member.startsWith('?')
      ? location.searchParams.get(member.slice(1))
      : member.split('.').reduce<unknown>((object, part) => Reflect.get(Object(object), part), JSON.parse(text))
    expect([name, typeof value]).toEqual([name, 'string'])
    values.set(name, String(value))
  }
}

test.each(stepLines)('%s', async (line) => {
  const step = parseStep(fillPlaceholders(line))
  const { recorded, difference } = step
  const response = await sendStep(step)
  const findMismatches = (expected: Step['recorded']) => [
    ...(response.status === expected.status ? [] : ['status']),
    ...findMismatchedPaths(expected.members, actualMembers(response, expected.members)),
  ]
  const seen = [response.status, response.headers.get('location'), response.text]
  expect([findMismatches(difference?.ours ?? recorded), ...seen]).toEqual([[], ...seen])
  // A difference that is gone leaves the list.
  if (difference) expect(findMismatches(recorded)).not.toEqual([])
  keepValues(step, response)
})

test('negotiates HTTP/1.1 over TLS: http2', async () => {
  const { cert, key: TLS_KEY } = await selfSigned({ hosts: ['localhost'] })
  await using running = await startApp({ TLS_CERT: cert, TLS_KEY })
  const ALPNProtocols = ['h2', 'http/1.1']
  const socket = connect({ port: Number(new URL(running.local).port), ALPNProtocols, rejectUnauthorized: false })
  await once(socket, 'secureConnect')
  expect(socket.alpnProtocol).toBe('http/1.1')
  socket.destroy()
})

test('shows each of at most thirty differences, and no other', () => {
  const differing = stepLines.flatMap((line) => parseStep(line).difference?.id ?? [])
  const shown = new Set([...differing, 'http2'])
  expect([...shown].sort()).toEqual(Object.keys(differences).sort())
  expect(shown.size).toBeLessThanOrEqual(30)
})
