import { afterEach, expect, test } from '@jest/globals'
import type { PocketOptions } from '@pocket/core'
import { UserAgent } from '@pocket/core/testing'
import { type Host, minute, startHost } from './host.ts'

let host: Host
afterEach(async () => host[Symbol.asyncDispose]())

/** A request that calls each option that may be a function. */
const readers: Readonly<Record<string, readonly [group: string, request: () => Promise<unknown>, invalid: unknown]>> = {
  sessionLifetime: ['', signInWithCode, { length: 60 }],
  policy: ['passkeys', () => new UserAgent().get(`${host.issuer}/login`), { allowSynced: true }],
  signUpUrl: ['pages', () => new UserAgent().get(`${host.issuer}/login`), 5],
  emailCodesUrl: ['pages', () => new UserAgent().get(`${host.issuer}/login`), {}],
  clientRegistration: [
    'protocol',
    () => new UserAgent().get(`${host.issuer}/.well-known/openid-configuration`),
    { mode: 'anyone' },
  ],
  webFingerDomains: [
    'protocol',
    () => new UserAgent().get(`${host.issuer}/.well-known/webfinger?resource=acct:ada@a.example`),
    'a.example',
  ],
}

async function signInWithCode() {
  const { code } = await host.pocket.issueLoginCode({ id: '7' }, minute)
  const agent = new UserAgent()
  const response = await agent.postForm(`${host.issuer}/login/code?redirect=/`, { code })
  expect(agent.cookies().some(({ name }) => name === 'access_token')).toBe(false)
  return response
}

const broken: Readonly<Record<string, (invalid: unknown) => unknown>> = {
  hangs: () => new Promise(() => {}),
  throws: () => {
    throw new Error('no database')
  },
  rejects: () => Promise.reject(new Error('no database')),
  'returns undefined': () => undefined,
  'returns an invalid result': (invalid) => invalid,
}

const cases = Object.keys(readers).flatMap((name) => Object.keys(broken).map((problem) => [name, problem] as const))

test.each(cases)('reports the option %s if its function %s', async (name, problem) => {
  const [group, request, invalid] = readers[name] ?? ['', async () => {}, null]
  const read = () => broken[problem]?.(invalid)
  const options = {
    accounts: { find: async (id: string) => ({ id, userName: 'ada' }) },
    ...((group ? { [group]: { [name]: read } } : { [name]: read }) as Partial<PocketOptions>),
    limits: { hookTimeout: 50 },
  }
  host = await startHost({ options })
  expect(await request()).toMatchObject({ status: 500 })
  const option = group ? `${group}.${name}` : name
  expect(host.errors[0]).toMatchObject({ code: 'misconfigured', details: { option }, fields: [{ field: option }] })
})

test.each([
  ['onClientRemoved', (id: string) => host.pocket.clients.remove(id)],
  ['onClientRenamed', (id: string) => host.pocket.clients.rename(id, 'renamed')],
] as const)('changes nothing if hooks.%s hangs', async (name, change) => {
  host = await startHost({ options: { hooks: { [name]: () => new Promise(() => {}) }, limits: { hookTimeout: 50 } } })
  const { client } = await host.client({})
  const details = { option: `hooks.${name}` }
  await expect(change(client.id)).rejects.toMatchObject({ code: 'misconfigured', details })
  expect(await host.pocket.clients.find(client.id)).toMatchObject({ id: client.id })
})

test.each(Object.keys(broken))('creates no client if protocol.signingAlgorithm %s', async (problem) => {
  const signingAlgorithm = () => broken[problem]?.('none') as never
  host = await startHost({ options: { protocol: { signingAlgorithm }, limits: { hookTimeout: 50 } } })
  const details = { option: 'protocol.signingAlgorithm' }
  await expect(host.client({})).rejects.toMatchObject({ code: 'misconfigured', details })
})
