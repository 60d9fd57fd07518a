import { SoftwareAuthenticator, type UserAgent } from '@pocket/core/testing'
import { newUser } from '@pocket/directory'
import { type RunningApp, setUpAdministrator, startApp } from '../http/app.ts'

/** A running server after its set-up. */
export interface Instance extends RunningApp {
  /** A browser with a session of the administrator. */
  readonly administrator: UserAgent
  /** The administrator's passkey. */
  readonly administratorAuthenticator: SoftwareAuthenticator
  /** Creates a user without the administrator role, signs in with a login code, and registers a passkey. */
  person(userName: string): Promise<Person>
  /** The same without a passkey. */
  personWithoutPasskey(userName: string): Promise<Omit<Person, 'authenticator'>>
}

export interface Person {
  readonly id: string
  readonly agent: UserAgent
  readonly authenticator: SoftwareAuthenticator
}

/** Registers a passkey for the current user through the REST API. */
export async function registerPasskey(agent: UserAgent, url: string, authenticator = new SoftwareAuthenticator()) {
  const optionsResponse = await agent.getJson(`${url}/api/webauthn/register/start`)
  const options = optionsResponse.json() as Parameters<SoftwareAuthenticator['create']>[0]
  const response = authenticator.create(options, { origin: url })
  return { authenticator, answer: await agent.postJson(`${url}/api/webauthn/register/finish`, response) }
}

/** A passkey response to a new challenge for this browser. */
export async function passkeyAnswer(
  agent: UserAgent,
  url: string,
  authenticator: SoftwareAuthenticator,
  misbehavior: NonNullable<Parameters<SoftwareAuthenticator['get']>[1]['misbehavior']> = {},
) {
  const optionsResponse = await agent.getJson(`${url}/api/webauthn/login/start`)
  return authenticator.get(optionsResponse.json() as Parameters<SoftwareAuthenticator['get']>[0], {
    origin: url,
    misbehavior,
  })
}

/** The URL of an authorization request for a code. */
export function authorizationUrl(
  url: string,
  clientId: string,
  redirectUri: string,
  parameters: Readonly<Record<string, string>> = {},
): string {
  const query = {
    client_id: clientId,
    redirect_uri: redirectUri,
    response_type: 'code',
    scope: 'openid',
    ...parameters,
  }
  return `${url}/authorize?${new URLSearchParams(query)}`
}

/** Signs in with a passkey through the REST API. */
export async function signInWithPasskey(agent: UserAgent, url: string, authenticator: SoftwareAuthenticator) {
  return agent.postJson(`${url}/api/webauthn/login/finish`, await passkeyAnswer(agent, url, authenticator))
}

/** Uses a passkey in the current session through the REST API. */
export async function reauthenticate(agent: UserAgent, url: string, authenticator: SoftwareAuthenticator) {
  return agent.postJson(`${url}/api/webauthn/reauthenticate`, await passkeyAnswer(agent, url, authenticator))
}

/** The `Cookie` header with every cookie of a browser. */
export function cookieHeader(agent: UserAgent): string {
  return agent
    .cookies()
    .map(({ name, value }) => `${name}=${value}`)
    .join('; ')
}

export async function startInstance(env: Readonly<Record<string, string>> = {}): Promise<Instance> {
  const running = await startApp(env)
  const { app, url } = running
  const administrator = running.agent()
  const administratorAuthenticator = new SoftwareAuthenticator()
  await setUpAdministrator(administrator, url, administratorAuthenticator)
  const personWithoutPasskey = async (userName: string) => {
    const { id } = await app.directory.create(newUser({ userName }))
    const issued = await app.issueLoginCode(userName)
    const agent = running.agent()
    await agent.postForm(`${url}/lc`, { code: issued.code })
    return { id, agent }
  }
  return {
    ...running,
    administrator,
    administratorAuthenticator,
    personWithoutPasskey,
    async person(userName) {
      const person = await personWithoutPasskey(userName)
      const { authenticator } = await registerPasskey(person.agent, url)
      return { ...person, authenticator }
    },
    [Symbol.asyncDispose]: () => running[Symbol.asyncDispose](),
  }
}
