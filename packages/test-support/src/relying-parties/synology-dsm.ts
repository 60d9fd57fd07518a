import { randomBytes } from 'node:crypto'
import { type Clock, systemClock } from '@pocket/core'
import { type JsonObject, parseJsonObject } from './json-object.ts'
import { verifyRs256IdToken } from './rs256-id-token.ts'

/** The settings that an administrator enters in DSM (Control Panel, Domain/LDAP, SSO Client), and the accounts that DSM has. */
export interface SynologyDsmOptions {
  readonly wellKnownUrl: string
  readonly clientId: string
  readonly clientSecret: string
  /** Sent byte for byte as entered, with or without a trailing slash. */
  readonly redirectUris: readonly [string, ...string[]]
  /** Default `openid email profile`. */
  readonly scope?: string | undefined
  /** Default `preferred_username`. */
  readonly userNameClaim?: string | undefined
  /** The names of the accounts on the NAS. Signing in does not create accounts. */
  readonly accounts: readonly string[]
  /** The only type that allows local accounts to sign in. */
  readonly accountType?: 'Domain/LDAP/local' | undefined
  /** How the NAS reaches the provider. Default: the global `fetch`. */
  readonly fetch?: typeof fetch | undefined
  readonly clock?: Clock | undefined
}

type ResolvedOptions = {
  readonly [Key in keyof SynologyDsmOptions]-?: Exclude<SynologyDsmOptions[Key], undefined>
}

/** The messages that DSM shows if a sign-in fails. */
export const synologyDsmFailures = {
  unreachable: 'Unable to get the URL for SSO authentication',
  notConfigured:
    'Your SSO is not properly configured. Please check your settings or contact your system administrator.',
  notPrivilege: 'not privilege',
  invalidUser: 'invalid user or password',
} as const

/** Why a sign-in at DSM fails, as DSM shows it. */
export type SynologyDsmFailure = (typeof synologyDsmFailures)[keyof typeof synologyDsmFailures]

export interface SynologyDsmSignIn {
  readonly signedIn: boolean
  /** The user name that the provider sent, even if DSM has no such account; `null` if the sign-in failed earlier. */
  readonly accountName: string | null
  /** The message that DSM shows; absent after a success. */
  readonly failure?: SynologyDsmFailure
  /** The entry in the log of the NAS; absent after a success. */
  readonly log?: string
}

interface Endpoints {
  readonly authorization: string
  readonly token: string
}

/** A rejection by DSM: `message` is for the log, `failure` for the screen. */
class RefusalError extends Error {
  readonly failure: SynologyDsmFailure
  readonly accountName: string | null

  constructor(failure: SynologyDsmFailure, log: string, extra: { cause?: unknown; accountName?: string } = {}) {
    super(log, { cause: extra.cause })
    this.failure = failure
    this.accountName = extra.accountName ?? null
  }
}

/**
 * Emulates a Synology NAS (DSM 7.2 and later) with the profile `oidc`: the authorization and token endpoints are stored when
 * the profile is saved, everything else is discovered at each sign-in; `response_type=code` with a `state`, no PKCE and no
 * `nonce`; `client_secret_post`; ID tokens signed with RSA only; the user name is read from UserInfo and must match the ID
 * token; accounts are not created.
 *
 * @example
 * ```ts
 * const dsm = new SynologyDsm({ wellKnownUrl, clientId, clientSecret, redirectUris: ['https://nas:5001'], accounts: ['ada'] })
 * await dsm.save()
 * const { url } = dsm.begin()
 * const callbackUrl = await userAgent.followTo(await userAgent.get(url), (to) => to.startsWith('https://nas:5001'))
 * const { signedIn, accountName } = await dsm.finish(callbackUrl)
 * ```
 */
export class SynologyDsm {
  readonly #options: ResolvedOptions
  /** The redirect URI of each pending sign-in, by `state`. */
  readonly #pending = new Map<string, string>()
  #endpoints: Endpoints | null = null

  constructor(options: SynologyDsmOptions) {
    this.#options = {
      ...options,
      scope: options.scope ?? 'openid email profile',
      userNameClaim: options.userNameClaim ?? 'preferred_username',
      accountType: options.accountType ?? 'Domain/LDAP/local',
      fetch: options.fetch ?? ((input, init) => fetch(input, init)),
      clock: options.clock ?? systemClock,
    }
  }

  /**
   * Saves the profile: reads discovery and stores two endpoints until the next save. If discovery fails, rejects with the
   * message that DSM shows and clears the endpoints.
   */
  async save(): Promise<void> {
    this.#endpoints = null
    try {
      const discovery = await this.#discovery()
      this.#endpoints = {
        authorization: readEndpoint(discovery, 'authorization_endpoint'),
        token: readEndpoint(discovery, 'token_endpoint'),
      }
    } catch (cause) {
      if (!(cause instanceof RefusalError)) throw cause
      throw new Error(`${synologyDsmFailures.unreachable} (${describeError(cause)})`, { cause })
    }
  }

  /**
   * Starts a sign-in and returns the URL that the pop-up opens. Throws the message that DSM shows if the profile is not
   * saved.
   *
   * @param options.host - The host, with its port unless 443, under which the user opened DSM; it selects the redirect URI.
   *   If none matches, DSM uses the last one, a known bug. Default: the host of the first redirect URI.
   */
  begin({ host }: { readonly host?: string } = {}): { readonly url: string; readonly state: string } {
    if (this.#endpoints === null) throw new Error(synologyDsmFailures.unreachable)
    const state = randomBytes(12).toString('base64url')
    const redirectUri = this.#redirectUri(host)
    this.#pending.set(state, redirectUri)
    const url = new URL(this.#endpoints.authorization)
    url.searchParams.set('response_type', 'code')
    url.searchParams.set('client_id', this.#options.clientId)
    url.searchParams.set('redirect_uri', redirectUri)
    url.searchParams.set('scope', this.#options.scope)
    url.searchParams.set('state', state)
    return { url: url.href, state }
  }

  /**
   * Handles the redirect back to DSM and returns its decision. Throws if `callbackUrl` does not belong to this DSM, since a
   * browser would not have returned to it.
   */
  async finish(callbackUrl: string): Promise<SynologyDsmSignIn> {
    const callback = new URL(callbackUrl)
    if (!this.#options.redirectUris.some((uri) => new URL(uri).origin === callback.origin)) {
      throw new Error(
        `The browser was sent to ${callback.origin}, which is not this DSM: ${this.#options.redirectUris}`,
      )
    }
    try {
      return { signedIn: true, accountName: await this.#signIn(callback.searchParams) }
    } catch (error) {
      if (!(error instanceof RefusalError)) throw error
      return { signedIn: false, accountName: error.accountName, failure: error.failure, log: describeError(error) }
    }
  }

  async #signIn(parameters: URLSearchParams): Promise<string> {
    const redirectUri = this.#takePending(parameters.get('state'))
    const code = parameters.get('code')
    if (code === null) {
      const error = `${parameters.get('error')}: ${parameters.get('error_description')}`
      throw new RefusalError(synologyDsmFailures.notPrivilege, `The provider answered without a code: ${error}`)
    }
    const discovery = await this.#discovery()
    const tokens = await this.#exchange(code, redirectUri)
    const idToken = await this.#verify(readText(tokens, 'id_token', 'The token response'), discovery)
    const userInfo = await this.#userInfo(readText(tokens, 'access_token', 'The token response'), discovery)
    return this.#match(idToken, userInfo)
  }

  #takePending(state: string | null): string {
    const redirectUri = this.#pending.get(state ?? '')
    if (state === null || redirectUri === undefined) {
      throw new RefusalError(
        synologyDsmFailures.notPrivilege,
        `The state ${JSON.stringify(state)} is not one that DSM waits for`,
      )
    }
    this.#pending.delete(state)
    return redirectUri
  }

  #redirectUri(host: string | undefined): string {
    const { redirectUris } = this.#options
    if (host === undefined) return redirectUris[0]
    const wanted = new URL(`https://${host}`).host
    return redirectUris.find((uri) => new URL(uri).host === wanted) ?? redirectUris.at(-1) ?? redirectUris[0]
  }

  #discovery(): Promise<JsonObject> {
    return this.#fetchJson(this.#options.wellKnownUrl, {}, synologyDsmFailures.unreachable)
  }

  #exchange(code: string, redirectUri: string): Promise<JsonObject> {
    if (this.#endpoints === null) throw new RefusalError(synologyDsmFailures.unreachable, 'The profile is not saved')
    const { clientId, clientSecret } = this.#options
    const body = new URLSearchParams({
      grant_type: 'authorization_code',
      code,
      redirect_uri: redirectUri,
      client_id: clientId,
      client_secret: clientSecret,
    })
    return this.#fetchJson(this.#endpoints.token, { method: 'POST', body })
  }

  async #verify(idToken: string, discovery: JsonObject): Promise<JsonObject> {
    const algorithms = discovery.id_token_signing_alg_values_supported
    if (!Array.isArray(algorithms) || !algorithms.includes('RS256')) {
      throw new RefusalError(synologyDsmFailures.notConfigured, 'RS256 is not in id_token_signing_alg_values_supported')
    }
    const jwks = await this.#fetchJson(readEndpoint(discovery, 'jwks_uri'))
    const issuer = readText(discovery, 'issuer', 'Discovery')
    const { clientId, clock } = this.#options
    try {
      return verifyRs256IdToken(idToken, { issuer, clientId, jwks, now: clock.now() })
    } catch (cause) {
      throw new RefusalError(synologyDsmFailures.notConfigured, 'The ID token is refused', { cause })
    }
  }

  #userInfo(accessToken: string, discovery: JsonObject): Promise<JsonObject> {
    const headers = { authorization: `Bearer ${accessToken}` }
    return this.#fetchJson(readEndpoint(discovery, 'userinfo_endpoint'), { headers })
  }

  #match(idToken: JsonObject, userInfo: JsonObject): string {
    const { userNameClaim, accounts } = this.#options
    if (userInfo.sub !== idToken.sub) {
      throw new RefusalError(synologyDsmFailures.notConfigured, 'UserInfo and the ID token name different subjects')
    }
    const accountName = userInfo[userNameClaim]
    if (typeof accountName !== 'string' || accountName === '') {
      throw new RefusalError(synologyDsmFailures.invalidUser, `UserInfo has no ${userNameClaim}`)
    }
    if (idToken[userNameClaim] !== accountName) {
      const log = `${userNameClaim} is "${accountName}" at UserInfo and ${JSON.stringify(idToken[userNameClaim])} in the ID token`
      throw new RefusalError(synologyDsmFailures.invalidUser, log, { accountName })
    }
    if (!accounts.includes(accountName)) {
      throw new RefusalError(synologyDsmFailures.invalidUser, `There is no account "${accountName}"`, { accountName })
    }
    return accountName
  }

  async #fetchJson(
    url: string,
    init: RequestInit = {},
    failure: SynologyDsmFailure = synologyDsmFailures.notConfigured,
  ): Promise<JsonObject> {
    try {
      const response = await this.#options.fetch(url, init)
      const body = await response.text()
      if (!response.ok) throw new Error(`The response is ${response.status}: ${body.slice(0, 500)}`)
      return parseJsonObject(body, 'The answer')
    } catch (cause) {
      throw new RefusalError(failure, `${init.method ?? 'GET'} ${url} failed`, { cause })
    }
  }
}

function readText(from: JsonObject, member: string, what: string): string {
  const value = from[member]
  if (typeof value === 'string' && value !== '') return value
  throw new RefusalError(synologyDsmFailures.notConfigured, `${what} has no ${member}`)
}

function readEndpoint(discovery: JsonObject, member: string): string {
  const value = readText(discovery, member, 'Discovery')
  if (URL.canParse(value)) return value
  throw new RefusalError(synologyDsmFailures.notConfigured, `${member} of discovery is not a URL: ${value}`)
}

function describeError(error: Error): string {
  return error.cause instanceof Error ? `${error.message}: ${describeError(error.cause)}` : error.message
}
