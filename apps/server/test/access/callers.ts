import { jest } from '@jest/globals'
import type { UserAgent, UserAgentResponse } from '@pocket/core/testing'
import type { AccessRow } from '../../src/access/access-row.ts'
import { type ApiKeyScope, apiKeyScopes } from '../../src/access/api-key-scope.ts'
import { type Instance, startInstance } from '../api/instance.ts'

const staticKey = 'a key of the environment'

/** A client that authenticates with a session or an API key. */
export interface TestCaller {
  readonly name: string
  readonly agent: UserAgent
  readonly headers: Readonly<Record<string, string>>
  readonly role: 'nobody' | 'user' | 'administrator'
  readonly session?: 'without passkey' | 'old' | 'recent'
  readonly email?: string
  /** `null`: a key with all rights of its owner. */
  readonly scopes?: readonly ApiKeyScope[] | null
}

export interface Callers extends AsyncDisposable {
  readonly instance: Instance
  /** One caller of each session kind, and an anonymous one. */
  readonly sessions: readonly TestCaller[]
  /** API keys that the rows distinguish. */
  keysFor(row: AccessRow): Promise<readonly TestCaller[]>
  /** A key with exactly these scopes, owned by an administrator by default. One without scopes has all permissions of its owner. */
  key(scopes: readonly ApiKeyScope[] | null, role?: 'user' | 'administrator'): Promise<TestCaller>
}

/** A server with every kind of caller. The clock is frozen so that sessions stay recent, or stale, during the tests. */
export async function startCallers(env: Readonly<Record<string, string>> = {}): Promise<Callers> {
  const stack = new AsyncDisposableStack()
  const started = Date.now()
  let now = started
  const clock = jest.spyOn(Date, 'now').mockImplementation(() => now)
  stack.defer(() => clock.mockRestore())
  const instance = stack.use(await startInstance({ STATIC_API_KEY: staticKey, ...env }))
  const { url } = instance

  const setRole = async (id: string, role: 'user' | 'administrator') => {
    const email = `${id}@example.com`
    await instance.app.directory.users.update(id, { email }, { administrator: role === 'administrator' })
    return email
  }
  const createSessionCaller = async (
    role: 'user' | 'administrator',
    session: NonNullable<TestCaller['session']>,
  ): Promise<TestCaller> => {
    const userName = `${role}-${session.replace(' ', '-')}`
    const { id, agent } =
      session === 'without passkey' ? await instance.personWithoutPasskey(userName) : await instance.person(userName)
    const email = await setRole(id, role)
    return { name: `${role}, session ${session}`, agent, headers: {}, role, session, email }
  }
  const old = [await createSessionCaller('user', 'old'), await createSessionCaller('administrator', 'old')]
  now += 61_000
  const sessions = [
    { name: 'nobody', agent: instance.agent(), headers: {}, role: 'nobody' } as const,
    ...old,
    await createSessionCaller('user', 'without passkey'),
    await createSessionCaller('user', 'recent'),
    await createSessionCaller('administrator', 'without passkey'),
    await createSessionCaller('administrator', 'recent'),
  ]

  const createKeyOwner = async (role: 'user' | 'administrator'): Promise<UserAgent> => {
    const { id, agent } = await instance.person(`${role}-with-keys`)
    await setRole(id, role)
    return agent
  }
  const owners = { user: await createKeyOwner('user'), administrator: await createKeyOwner('administrator') }
  const keyCaller = (name: string, key: string, caller: Pick<TestCaller, 'role' | 'scopes'>): TestCaller => ({
    name,
    agent: instance.agent(),
    headers: { 'x-api-key': key },
    ...caller,
  })
  const minted = new Map<string, TestCaller>()
  const key = async (scopes: readonly ApiKeyScope[] | null, role: 'user' | 'administrator' = 'administrator') => {
    const name = `${role}, key ${scopes ? `with ${scopes.join(' ')}` : 'without scopes'}`
    const known = minted.get(name)
    if (known) return known
    const body = { name: `Key ${minted.size}`, expiresAt: new Date(now + 86_400_000).toISOString(), scopes }
    const canReadSecrets = scopes === null && role === 'administrator'
    const response = await owners[role].postJson(`${url}/api/api-keys`, { ...body, canReadSecrets })
    const { token } = response.json() as { token: string }
    const created = keyCaller(name, token, { role, scopes })
    minted.set(name, created)
    return created
  }

  return {
    instance,
    sessions,
    key,
    async keysFor({ caller, scopes }) {
      const role = caller === 'administrator' ? 'administrator' : 'user'
      const limited = scopes ? [await key(scopes, role)] : []
      for (const missing of scopes ?? [])
        limited.push(
          await key(
            apiKeyScopes.filter((scope) => scope !== missing),
            role,
          ),
        )
      return [
        keyCaller('made-up key', 'pak_made-up', { role: 'nobody', scopes: null }),
        keyCaller('static key', staticKey, { role: 'administrator', scopes: null }),
        await key(null, 'user'),
        await key(null),
        ...limited,
      ]
    },
    [Symbol.asyncDispose]: () => stack.disposeAsync(),
  }
}

const refusals: ReadonlySet<string> = new Set([
  'not_signed_in',
  'api_key_auth_not_allowed',
  'forbidden',
  'passkey_required',
  'reauthentication_required',
  'cross_site_request',
])

/** The status and error code of a rejection; `admitted` if access was granted. */
export function accessOutcome({ status, text }: Pick<UserAgentResponse, 'status' | 'text'>): string {
  // No mail server is configured, and only an admitted caller gets this error.
  if (status === 500 && text.includes('"code":"misconfigured"')) return 'admitted'
  if (status >= 500) return `${status} ${text.slice(0, 200)}`
  if (status !== 401 && status !== 403) return 'admitted'
  // A page asks for the passkey in place and returns errors as JSON, because the request accepts JSON.
  if (text.includes('<html')) return text.includes('/reauthenticate') ? '401 reauthentication_required' : 'admitted'
  const { code = '' } = JSON.parse(text) as { code?: string }
  return refusals.has(code) ? `${status} ${code}` : 'admitted'
}
