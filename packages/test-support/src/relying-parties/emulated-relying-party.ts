import { createHash, randomBytes } from 'node:crypto'
import { type Clock, systemClock } from '@pocket/core'
import type { Application, EntryPoint } from './application.ts'
import { type EndpointOptions, type Endpoints, findEndpoints } from './endpoints.ts'
import type { JsonObject } from './json-object.ts'
import { type Check, Checklist, RefusalError } from './refusal.ts'
import { fetchFromOrigin, requestTokens } from './requests.ts'
import { checkLogoutToken, checkTokens, readTokenText, type Session, type TokenContext } from './tokens.ts'

/** The settings that an administrator enters in the application. */
export interface RelyingPartyOptions extends Omit<EndpointOptions, 'fetch'> {
  readonly fetch?: EndpointOptions['fetch'] | undefined
  readonly clientId: string
  /** Empty for a public client. */
  readonly clientSecret: string
  readonly clock?: Clock | undefined
}

/** The result of a step and the checks that the application made. */
export interface RelyingPartyResult {
  readonly passed: boolean
  /** The user name, e-mail address or ID by which the application identifies the user; `null` if it did not get that far. */
  readonly account: string | null
  readonly checks: readonly Check[]
}

interface PendingLogin {
  readonly entryPoint: EntryPoint
  readonly nonce: string | null
  readonly verifier: string | null
}

/**
 * Emulates an application that signs users in, with the same protocol use and the same strictness as the real one.
 *
 * @example
 * ```ts
 * const [grafana] = applications.filter(({ id }) => id === 'grafana')
 * const party = new EmulatedRelyingParty(grafana, { issuer, clientId, clientSecret })
 * await party.setUp()
 * const { url } = party.begin()
 * const { passed, checks } = await party.finish(await userAgent.followTo(await userAgent.get(url), party.isItsAddress))
 * ```
 */
export class EmulatedRelyingParty {
  readonly application: Application
  readonly #options: RelyingPartyOptions & { readonly fetch: typeof fetch; readonly clock: Clock }
  readonly #pending = new Map<string, PendingLogin>()
  #endpoints: Endpoints | null = null
  #session: Session | null = null

  constructor(application: Application, options: RelyingPartyOptions) {
    this.application = application
    const {
      fetch: send = (input: Parameters<typeof fetch>[0], init?: RequestInit) => fetch(input, init),
      clock = systemClock,
    } = options
    const page = application.behavior.pageOrigin
    this.#options = { ...options, fetch: page === undefined ? send : fetchFromOrigin(page, send), clock }
  }

  /** Emulates the start of the application, or a change of its settings. */
  setUp(): Promise<RelyingPartyResult> {
    return this.#step(async (checks) => {
      this.#endpoints = await findEndpoints(this.application.behavior, this.#options, checks)
      return null
    })
  }

  /** Starts a sign-in and returns the URL that the browser opens. Throws if the application is not set up. */
  begin(entryPoint: EntryPoint = this.application.entryPoints[0]): { readonly url: string } {
    const { behavior } = this.application
    const state = `${randomText(behavior.state.length)}${behavior.state.end ?? ''}`
    const nonce = behavior.nonce ? randomText(22) : null
    const verifier = behavior.pkce ? randomText(43) : null
    this.#pending.set(state, { entryPoint, nonce, verifier })
    const url = new URL(this.#found().authorization)
    const parameters = {
      response_type: 'code',
      client_id: this.#options.clientId,
      redirect_uri: entryPoint.redirectUri,
      scope: behavior.scope,
      state,
      ...(nonce !== null && { nonce }),
      ...(verifier !== null && { code_challenge: codeChallenge(verifier), code_challenge_method: 'S256' }),
      ...(entryPoint.forcesLogin && { prompt: 'login' }),
      ...behavior.parameters,
    }
    for (const [name, value] of Object.entries(parameters)) url.searchParams.set(name, value)
    return { url: url.href }
  }

  /** Whether the URL is one of the application's redirect URIs. */
  readonly isItsAddress = (url: string): boolean =>
    this.application.entryPoints.some(
      ({ redirectUri }) => withoutQuery(url) === withoutQuery(new URL(redirectUri).href),
    )

  /** Handles the redirect back to the application. Throws if `callbackUrl` is not one of its redirect URIs. */
  finish(callbackUrl: string): Promise<RelyingPartyResult> {
    if (!this.isItsAddress(callbackUrl)) throw new Error(`${callbackUrl} is not ${this.application.name}`)
    const { behavior } = this.application
    return this.#step(async (checks) => {
      const { code, pending } = await checks.check('The browser returns with a code and the state', () =>
        this.#callback(new URL(callbackUrl).searchParams),
      )
      const tokens = await checks.check(
        `The code is exchanged (client authentication: ${behavior.authentication})`,
        () =>
          this.#requestTokens({
            grant_type: 'authorization_code',
            code,
            redirect_uri: pending.entryPoint.redirectUri,
            ...(pending.verifier !== null && { code_verifier: pending.verifier }),
          }),
      )
      if (behavior.refresh)
        await checks.check('A refresh token is issued', () => readTokenText(tokens, 'refresh_token'))
      this.#session = await this.#look(tokens, pending.nonce, checks)
      return this.#session.account
    })
  }

  /** Uses the refresh token. Throws if the application does not refresh or no user has signed in. */
  refresh(): Promise<RelyingPartyResult> {
    const { refresh } = this.application.behavior
    const session = this.#session
    if (!refresh || session?.refreshToken == null) throw new Error(`${this.application.name} has nothing to refresh`)
    return this.#step(async (checks) => {
      const answer = await checks.check('The refresh token is accepted', () =>
        this.#requestTokens({ grant_type: 'refresh_token', refresh_token: session.refreshToken ?? '' }),
      )
      if (refresh.idToken)
        await checks.check('The refresh returns an ID token', () => readTokenText(answer, 'id_token'))
      const kept = { refresh_token: session.refreshToken, id_token: session.idToken }
      this.#session = await this.#look({ ...kept, ...answer }, null, checks)
      return this.#session.account
    })
  }

  /** The URL that ends the provider's session; `null` if the application does not end it. */
  logoutUrl(): string | null {
    const { logout } = this.application.behavior
    if (!logout) return null
    const { endSession } = this.#found()
    if (endSession === null) throw new Error('The provider has no end-session endpoint')
    const url = new URL(endSession)
    if (logout.clientId) url.searchParams.set('client_id', this.#options.clientId)
    if (logout.idTokenHint) url.searchParams.set('id_token_hint', this.#session?.idToken ?? '')
    if (logout.postLogoutRedirectUri !== null)
      url.searchParams.set('post_logout_redirect_uri', logout.postLogoutRedirectUri)
    return url.href
  }

  /** Handles a logout token received over the back channel (OpenID Connect Back-Channel Logout §2.6). */
  receiveLogoutToken(token: string): Promise<RelyingPartyResult> {
    return this.#step(async (checks) => {
      await checks.check('The logout token is valid, names the user and is nothing else', () =>
        checkLogoutToken(token, this.#session?.subject, this.#tokens()),
      )
      this.#session = null
      return null
    })
  }

  async #step(take: (checks: Checklist) => Promise<string | null>): Promise<RelyingPartyResult> {
    const checks = new Checklist()
    try {
      return { account: await take(checks), passed: true, checks: checks.done }
    } catch (error) {
      if (!(error instanceof RefusalError)) throw error
      return { account: null, passed: false, checks: checks.done }
    }
  }

  #found(): Endpoints {
    if (this.#endpoints === null) throw new Error(`${this.application.name} is not set up`)
    return this.#endpoints
  }

  #callback(parameters: URLSearchParams): { code: string; pending: PendingLogin } {
    const [state, code] = [parameters.get('state') ?? '', parameters.get('code')]
    const pending = this.#pending.get(state)
    if (pending === undefined) throw new RefusalError(`The state is "${state}", which was not sent`)
    this.#pending.delete(state)
    if (code !== null) return { code, pending }
    throw new RefusalError(`There is no code but ${parameters.get('error')}: ${parameters.get('error_description')}`)
  }

  #requestTokens(fields: Readonly<Record<string, string>>): Promise<JsonObject> {
    const { clientId, clientSecret, fetch } = this.#options
    const endpoint = this.#found().token
    return requestTokens(fetch, this.application.behavior.authentication, { endpoint, clientId, clientSecret, fields })
  }

  #look(tokens: JsonObject, nonce: string | null, checks: Checklist): Promise<Session> {
    return checkTokens(tokens, nonce, this.#tokens(), checks)
  }

  #tokens(): TokenContext {
    const { behavior } = this.application
    return { behavior, endpoints: this.#found(), ...this.#options }
  }
}

function codeChallenge(verifier: string): string {
  return createHash('sha256').update(verifier).digest('base64url')
}

function randomText(length: number): string {
  return randomBytes(length).toString('base64url').slice(0, length)
}

function withoutQuery(url: string): string {
  return url.replace(/[?#].*$/s, '')
}
