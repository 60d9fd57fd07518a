import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { freePort, startPostgres, startProcess } from '@pocket/test-support'
import { verifyRegistrationResponse } from '@simplewebauthn/server'
import { SoftwareAuthenticator, UserAgent } from '../../src/testing/index.ts'
import { readCpuTime, readMemory } from './cpu.ts'
import type { BenchmarkSubject } from './operations.ts'

/** A subject with the CPU time that it has used. */
export interface MeasuredSubject extends BenchmarkSubject, AsyncDisposable {
  readonly name: string
  /** Milliseconds of the server's processes, and of PostgreSQL. */
  readonly cpu: () => { readonly server: number; readonly database: number }
  /** Starts a CPU profile, or writes it. */
  readonly toggleProfile: () => void
  /** MB. */
  readonly memory: () => number
  /** `postgres://…`, if it uses PostgreSQL. */
  readonly database: string | undefined
}

type RegistrationOptions = Parameters<SoftwareAuthenticator['create']>[0]

const baseline = fileURLToPath(new URL('baseline-process.ts', import.meta.url))
const server = fileURLToPath(new URL('../../../../apps/server/dist/main.js', import.meta.url))
const siteHost = 'site.example'
const rule = { host: null, path: '/*', methods: [], allow: 'users', groups: [], maxPasskeyAgeMinutes: null }

/** How a subject is started. */
export interface SubjectOptions {
  readonly processes: number
  /** The users of each process, who send requests at once. */
  readonly users: number
  /** The folder for CPU profiles. */
  readonly profile?: string
}

const profiler = fileURLToPath(new URL('profiler.ts', import.meta.url))
const profileEnv = ({ profile }: SubjectOptions) => (profile === undefined ? {} : { PROFILE: profile })
const nodeArguments = ({ profile }: SubjectOptions) => [
  '--disable-warning=ExperimentalWarning',
  ...(profile === undefined ? [] : [`--import=${profiler}`]),
]

/** oidc-provider and SimpleWebAuthn alone, with a store in memory. */
export async function startBaseline(options: SubjectOptions): Promise<MeasuredSubject> {
  const port = await freePort()
  const url = `http://localhost:${port}`
  const authenticator = new SoftwareAuthenticator()
  const challenge = Buffer.from('the challenge').toString('base64url')
  const registrationOptions: RegistrationOptions = {
    ...{ challenge, rp: { id: 'localhost', name: 'Yardstick' }, attestation: 'none' },
    user: { id: Buffer.from('ada').toString('base64url'), name: 'ada', displayName: 'Ada' },
    pubKeyCredParams: [{ type: 'public-key', alg: -7 }],
    authenticatorSelection: { residentKey: 'required', userVerification: 'required' },
  }
  const { registrationInfo } = await verifyRegistrationResponse({
    response: authenticator.create(registrationOptions, { origin: url }),
    ...{ expectedChallenge: challenge, expectedOrigin: url, expectedRPID: 'localhost' },
  })
  if (!registrationInfo) throw new Error('The passkey of the baseline was rejected.')
  const { id: credentialId, publicKey } = registrationInfo.credential
  const passkey = JSON.stringify({ credentialId, publicKey: Buffer.from(publicKey).toString('base64url') })
  const running = await startProcess(process.execPath, [...nodeArguments(options), baseline], {
    env: { PORT: String(port), PASSKEY: passkey, NODE_ENV: 'production', ...profileEnv(options) },
    readyWhen: /listening/,
  })
  return {
    ...{ name: 'baseline', url, clientId: 'bench', secret: 'secret-of-the-bench', database: undefined },
    authenticators: Array.from({ length: options.users }, () => authenticator),
    paths: {
      ...{ authorize: '/auth', token: '/token', userInfo: '/me' },
      ...{ introspection: '/token/introspection', jwks: '/jwks', siteCheck: '/me' },
    },
    readPage: ({ text, url: submitTo }) => ({
      options: JSON.parse(/data-options='([^']+)'/.exec(text)?.[1] ?? '{}'),
      submitTo,
    }),
    wrapResponse: (response) => response,
    cpu: () => ({ server: readCpuTime(running.pid), database: 0 }),
    memory: () => readMemory(running.pid),
    toggleProfile: () => running.kill('SIGUSR2'),
    [Symbol.asyncDispose]: () => running[Symbol.asyncDispose](),
  }
}

/** The built server on an empty database. */
export async function startServer(storage: 'SQLite' | 'PostgreSQL', options: SubjectOptions): Promise<MeasuredSubject> {
  const { processes, users } = options
  await using stack = new AsyncDisposableStack()
  const folder = await mkdtemp(join(tmpdir(), 'pocket-bench-'))
  stack.defer(() => rm(folder, { recursive: true, force: true }))
  const postgres = storage === 'PostgreSQL' ? stack.use(await startPostgres()) : undefined
  const port = await freePort()
  const url = `http://localhost:${port}`
  const apiKey = 'a static key of the bench'
  const running = stack.use(
    await startProcess(process.execPath, [...nodeArguments(options), server], {
      cwd: folder,
      env: {
        ...{ APP_URL: url, PORT: String(port), HOST: '127.0.0.1', DISABLE_RATE_LIMITING: 'true' },
        ...{ ENCRYPTION_KEY: 'a key for the bench that is long enough', STATIC_API_KEY: apiKey },
        ...{ DB_CONNECTION_STRING: postgres?.url ?? join(folder, 'pocket-id.db'), VERSION_CHECK_DISABLED: 'true' },
        TRUST_PROXY: '127.0.0.1',
        ...profileEnv(options),
        ...(processes > 1 && { WEB_CONCURRENCY: String(processes) }),
      },
      readyWhen: /Listening/i,
    }),
  )
  const callApi = async (path: string, body: object = {}): Promise<Readonly<Record<string, string>>> => {
    const headers = { 'x-api-key': apiKey, 'content-type': 'application/json' }
    const response = await fetch(url + path, { method: 'POST', headers, body: JSON.stringify(body) })
    if (!response.ok) throw new Error(`${path}: ${response.status} ${await response.text()}`)
    return (await response.json()) as Readonly<Record<string, string>>
  }
  const client = { name: 'Bench', callbackURLs: ['https://app.example/callback'], skipConsent: true }
  const { id: clientId = '' } = await callApi('/api/oidc/clients', client)
  const { secret = '' } = await callApi(`/api/oidc/clients/${clientId}/secret`)
  await callApi('/api/oidc/clients', {
    ...{ name: 'Site', callbackURLs: [], skipConsent: true },
    protocol: { protectedHosts: [siteHost], accessRules: [rule] },
  })
  // The others start when there is a client.
  if (processes > 1) await running.waitForOutput(/runs in/)
  const authenticators: SoftwareAuthenticator[] = []
  for (let index = 0; index < users * processes; index++) {
    const user = { username: `user${index}`, firstName: 'User', email: `user${index}@example.com` }
    const { id } = await callApi('/api/users', user)
    const { token } = await callApi(`/api/users/${id}/one-time-access-token`)
    const agent = new UserAgent()
    await agent.postJson(`${url}/api/one-time-access-token/${token}`, {})
    const authenticator = new SoftwareAuthenticator()
    const registration = (await agent.getJson(`${url}/api/webauthn/register/start`)).json() as RegistrationOptions
    await agent.postJson(`${url}/api/webauthn/register/finish`, authenticator.create(registration, { origin: url }))
    authenticators.push(authenticator)
  }
  const started = stack.move()
  return {
    ...{ name: `${storage}${processes > 1 ? `, ${processes} processes` : ''}`, url, clientId, secret, authenticators },
    database: postgres?.url,
    paths: {
      ...{ authorize: '/authorize', token: '/api/oidc/token', userInfo: '/api/oidc/userinfo' },
      ...{ introspection: '/api/oidc/introspect', jwks: '/.well-known/jwks.json' },
      siteCheck: '/api/authz/forward-auth',
    },
    readPage({ text }) {
      const attribute = /data-ceremony="([^"]+)"/.exec(text)?.[1] ?? '{}'
      return JSON.parse(attribute.replaceAll('&#34;', '"').replaceAll('&amp;', '&'))
    },
    wrapResponse: (response) => ({ response }),
    enterSite: (agent) => enterSite(url, agent),
    cpu: () => ({ server: readCpuTime(running.pid), database: postgres ? readCpuTime(postgres.pid) : 0 }),
    memory: () => readMemory(running.pid),
    toggleProfile: () => running.kill('SIGUSR2'),
    [Symbol.asyncDispose]: () => started.disposeAsync(),
  }
}

/** The sign-in at the protected site of a user who has a session. */
async function enterSite(url: string, agent: UserAgent): Promise<Readonly<Record<string, string>>> {
  const siteHeaders = (target: string, cookie = '') => ({
    ...{ 'x-forwarded-host': siteHost, 'x-forwarded-proto': 'https', 'x-forwarded-for': '192.0.2.1' },
    ...{ 'x-forwarded-method': 'GET', 'x-forwarded-uri': target, cookie },
  })
  const visit = async (target: string, cookie?: string) => {
    const response = await fetch(url + target, { headers: siteHeaders(target, cookie), redirect: 'manual' })
    return { location: response.headers.get('location') ?? '', cookies: response.headers.getSetCookie() }
  }
  const nameAndValue = (cookie = '') => cookie.split(';')[0]
  const begun = await visit('/.pocket/start?to=/')
  const end = await agent.follow(await agent.get(begun.location), {
    until: (location) => location.startsWith(`https://${siteHost}/`),
  })
  const { pathname, search } = new URL(end.location ?? '')
  const { cookies } = await visit(pathname + search, nameAndValue(begun.cookies[0]))
  return siteHeaders('/page?n=1', nameAndValue(cookies.find((cookie) => cookie.startsWith('__Host-pocket-site='))))
}
