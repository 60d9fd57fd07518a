import { generateKeyPairSync } from 'node:crypto'
import { afterEach, expect, test } from '@jest/globals'
import type { PocketOptions } from '@pocket/core'
import { UnavailableError } from '@pocket/core/errors'
import { UserAgent } from '@pocket/core/testing'
import { type Host, minute, startHost, testAccount } from './host.ts'
import { login, redirectUri, relyingParty } from './login.ts'
import { sendForm } from './requests.ts'

let host: Host
let outage: Error | undefined
afterEach(async () => {
  outage = undefined
  await host[Symbol.asyncDispose]()
})

const outages: Readonly<Record<string, Error>> = {
  'an UnavailableError': new UnavailableError('The host is away.'),
  'the error of a driver': Object.assign(new Error('connect'), { code: 'ECONNREFUSED', syscall: 'connect' }),
}

/** Fails while `outage` is set. */
const failDuringOutage = <Input extends readonly unknown[], Result>(work: (...input: Input) => Promise<Result>) => {
  return async (...input: Input) => {
    if (outage) throw outage
    return work(...input)
  }
}

const start = async (options: Partial<PocketOptions>) => {
  host = await startHost({ options })
}

const { publicKey } = generateKeyPairSync('rsa', { modulusLength: 2048 })
const findAccount = async (id: string) => ({ ...testAccount('ada'), id })

/** Requests the token endpoint during the outage. */
async function requestTokens(problem: Error) {
  const { configuration, client, secret } = await relyingParty(host)
  const { page, checks } = await login(host, configuration)
  outage = problem
  return sendForm(host, 'token', {
    grant_type: 'authorization_code',
    code: new URL(page.location ?? '').searchParams.get('code') ?? '',
    redirect_uri: redirectUri,
    code_verifier: checks.pkceCodeVerifier,
    client_id: client.id,
    client_secret: secret,
  })
}

const cases: Readonly<Record<string, (problem: Error) => Promise<{ status: number; headers: Headers }>>> = {
  async 'accounts.find'(problem) {
    await start({ accounts: { find: failDuringOutage(findAccount) } })
    const { code } = await host.pocket.issueLoginCode({ id: '7' }, minute)
    outage = problem
    return new UserAgent().postForm(`${host.issuer}/login/code?redirect=/`, { code })
  },
  async claims(problem) {
    await start({ claims: failDuringOutage(async () => ({})) })
    return requestTokens(problem)
  },
  async 'signingKeys.external'(problem) {
    const sign = failDuringOutage(async () => new Uint8Array())
    await start({ signingKeys: { external: [{ algorithm: 'RS256', publicKey, sign }] } })
    return requestTokens(problem)
  },
  async 'pages.render'(problem) {
    await start({ pages: { render: failDuringOutage(async () => '') } })
    outage = problem
    return new UserAgent().get(`${host.issuer}/login`)
  },
}

test.each(
  Object.entries(cases).flatMap(([option, request]) =>
    Object.entries(outages).map(([name, problem]) => [option, name, problem, request] as const),
  ),
)('responds with 503 if %s throws %s', async (_option, _name, problem, request) => {
  const response = await request(problem)
  expect([response.status, response.headers.get('retry-after')]).toEqual([503, '5'])
})

test('names the function whose driver fails, and keeps an UnavailableError', async () => {
  await start({
    accounts: { find: findAccount, list: failDuringOutage(async () => []) },
  })
  const list = () => host.pocket.accounts.list({ after: '', limit: 1 })
  outage = outages['the error of a driver']
  await expect(list()).rejects.toMatchObject({
    status: 503,
    message: 'The option accounts.list cannot be used at the moment.',
    details: { option: 'accounts.list' },
    cause: outage,
  })
  outage = outages['an UnavailableError']
  await expect(list()).rejects.toBe(outage)
})

test('reports a missing file of a page as an error of the page', async () => {
  await start({ pages: { render: failDuringOutage(async () => '') } })
  outage = Object.assign(new Error('no such file'), { code: 'ENOENT', syscall: 'open' })
  expect((await new UserAgent().get(`${host.issuer}/login`)).status).toBe(500)
})
