import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Middleware } from 'koa'
import type Provider from 'oidc-provider'
import type { Accounts } from './accounts/accounts.ts'
import type { HostAccount } from './accounts/host-accounts.ts'
import type { Apis } from './apis/apis.ts'
import type { RequestOrigin } from './audit/audit-sink.ts'
import type { Client } from './clients/client.ts'
import type { InitialAccessTokens } from './clients/initial-access-tokens.ts'
import type { Clients } from './clients/registration.ts'
import type { LoginCode, LoginCodeOptions } from './codes/login-codes.ts'
import type { ConnectionLog } from './connection-log/connection-log.ts'
import type { SiteTestRequest, SiteTestResult } from './forward-auth/site-test.ts'
import type { CallbackOptions, NodeHandler } from './http/callback.ts'
import type { FetchHandler } from './http/web-standard.ts'
import type { DeviceAuthorizationService } from './interactions/device-authorization.ts'
import type { DeviceLoginService } from './interactions/device-login.ts'
import type { Exchange } from './interactions/interaction.ts'
import type { ReauthenticationService } from './interactions/reauthentication.ts'
import type { RecoveryService } from './interactions/recovery.ts'
import type { RegistrationService } from './interactions/registration.ts'
import type { SignInService } from './interactions/sign-in.ts'
import type { SignUpService } from './interactions/sign-up.ts'
import type { RateLimiter } from './limits/limiter.ts'
import type { ClientTestStep } from './oidc/client-trial/trial.ts'
import type { KeyReplacement, KeyReplacementOptions, PublishedKey } from './oidc/keys.ts'
import type { EndpointName } from './oidc/paths.ts'
import type { TokenPreview } from './oidc/preview.ts'
import type { SessionRecords } from './oidc/session-records.ts'
import type { AuthenticatorMetadata } from './passkeys/authenticator-metadata.ts'
import type { PasskeyManagement } from './passkeys/management.ts'
import type { PasskeyRemovals } from './sessions/passkey-removals.ts'
import type { Session } from './sessions/session.ts'
import type { SessionCredential } from './sessions/session-history.ts'

// The types of Koa name this type, which the `content-disposition` that Express 5 installs no longer has.
declare module 'content-disposition' {
  interface Options {
    type?: string | undefined
  }
}

/**
 * A passkey-only OpenID provider. Disposing of it waits for background work; the stores can be closed afterwards.
 *
 * @example
 * ```ts
 * const session = await pocket.session(req, res)
 * if (session) await pocket.endAccess(session.accountId)
 * ```
 */
export interface Pocket extends AsyncDisposable {
  /** The issuer identifier (OpenID Connect Discovery §3): the option without a trailing slash. */
  readonly issuer: string
  /** The origin at which a request arrived; the issuer's origin if it is none of the configured ones. */
  originOf(req: IncomingMessage): string
  /** The URLs of the protocol endpoints, for manually configured clients. */
  readonly endpoints: Readonly<Record<EndpointName, string>>
  /** The applications that users sign in to. */
  readonly clients: Clients
  /** Initial access tokens, which authorize client registration if the policy requires them. */
  readonly initialAccessTokens: InitialAccessTokens
  /** The APIs that clients request access tokens for (RFC 8707), their permissions and their grants. */
  readonly apis: Apis
  /** Recent connection attempts of each client, with the reasons for failures. */
  readonly connectionLog: ConnectionLog
  /** The accounts of the host, from `accounts`. */
  readonly accounts: Accounts
  /** Lists, renames and removes passkeys. */
  readonly passkeys: PasskeyManagement
  /** Credentials created in sessions that ended because a passkey was removed. */
  readonly passkeyRemovals: PasskeyRemovals
  /**
   * Records that this request creates an API key of the host or a client secret; call it in the transaction that
   * creates the credential. The credential is listed if the passkey of the session is removed.
   *
   * @throws {NotAuthenticatedError} `not_signed_in` if the session of the request has ended
   */
  recordCredential(origin: Pick<RequestOrigin, 'sessionUid' | 'apiKeyId'>, credential: SessionCredential): Promise<void>
  /**
   * Locks the account of the session or API key of a request until the transaction ends. Call it first in a transaction that
   * changes a client or an API key and then calls `recordCredential`, so that it does not deadlock with the removal of a passkey.
   */
  lockAccountOf(origin: Pick<RequestOrigin, 'sessionUid' | 'apiKeyId'>): Promise<void>
  /** Metadata that verifies attestations. */
  readonly authenticatorMetadata: Pick<AuthenticatorMetadata, 'state' | 'refresh'>
  /** Registers passkeys on the host's own pages (WebAuthn Level 3 §7.1). */
  readonly registration: RegistrationService
  /** Authenticates users on the host's own pages (WebAuthn Level 3 §7.2). */
  readonly signIn: SignInService
  /** Creates an account together with its first passkey. */
  readonly signUp: SignUpService
  /** Recovery codes for users who lost their passkeys. */
  readonly recovery: RecoveryService
  /** Requires a signed-in user to authenticate again before a sensitive action. */
  readonly reauthentication: ReauthenticationService
  /** Signs in another device of the same user. */
  readonly deviceLogins: DeviceLoginService
  /** Authorizes an application on another device (RFC 8628). */
  readonly deviceAuthorizations: DeviceAuthorizationService
  /** Rate limits, also for the host's own pages. */
  readonly limits: RateLimiter
  /**
   * Serves the protocol endpoints and the interaction pages. Other requests go to the next middleware with the host and
   * protocol of the issuer in their headers. Use it before body parsers, at the root or below the issuer's path.
   */
  koa(): Middleware
  /**
   * Serves the provider metadata and the keys at the least cost, before a framework, if the request is for one of them; otherwise
   * resolves to `false`. `koa`, `callback` and `fetch` serve them too.
   */
  serveDocument(req: IncomingMessage, res: ServerResponse): Promise<boolean>
  /**
   * Serves `/api/authz/` for proxies that protect other applications, and `/.pocket/` at the hosts of these applications.
   * Use it before all other middleware. Sets `ctx.state.errorCode` if it rejects a request. `callback` and `fetch` have an option for it.
   */
  forwardAuth(): Middleware
  /**
   * Tests a request to a protected site, as a user who has just used a passkey.
   *
   * @throws {NotFoundError} `client_not_found`, `account_not_found` @throws {InvalidInputError} `validation_failed` on `url`
   */
  testSiteRequest(clientId: string, request: SiteTestRequest): Promise<SiteTestResult>
  /**
   * The same as `koa` for `node:http`, Express, NestJS and Fastify hooks. Other requests go unchanged to `next`, or get a 404
   * response without `next`.
   *
   * @throws {InvalidInputError} `validation_failed` for another option
   *
   * @example
   * ```ts
   * createServer(pocket.callback())
   * expressOrNest.use(pocket.callback())
   * fastify.addHook('onRequest', (request, reply, next) => handle(request.raw, reply.raw, next))
   * ```
   */
  callback(options?: CallbackOptions): NodeHandler
  /**
   * The same for web-standard requests, as in Hono, Next.js and Bun. Responses are complete, not streamed.
   *
   * @throws {InvalidInputError} `validation_failed` for anything but a `Request`
   *
   * @example
   * ```ts
   * const GET = (request: Request) => pocket.fetch(request)
   * const server = { fetch: (request: Request) => pocket.fetch(request, { next: () => new Response('Hello') }) }
   * ```
   */
  readonly fetch: FetchHandler
  /** The URL path of the single-module build of `@pocket/core/browser`, for the host's own pages. */
  readonly browserModule: string
  /**
   * The session of this browser, by web-standard headers. A use extends the session, at most once a minute, and sets no cookie.
   */
  session(headers: Headers): Promise<Session | undefined>
  /** The same for a request of `node:http`. */
  session(req: IncomingMessage, res: ServerResponse): Promise<Session | undefined>
  /**
   * The client ID of the interaction at this path; `undefined` if the path belongs to no interaction. With an exchange
   * for a URL below that path, the interaction must still be open in that browser.
   */
  interactionClient(path: string, exchange?: Exchange): Promise<string | undefined>
  /** The sessions of an account. */
  readonly sessions: SessionRecords
  /** Ends the browser session and revokes what clients received in it. */
  signOut(req: IncomingMessage, res: ServerResponse): Promise<void>
  /**
   * Creates a login code. `lifetime` in milliseconds; `options.browserToken`, from `bindBrowser`, restricts the code to
   * that browser.
   *
   * @throws {InvalidInputError} `validation_failed` if the lifetime is not a positive number
   * @throws {ForbiddenError} `account_disabled` or `account_not_found`; `forbidden` if `hooks.before.issueCode` refuses
   */
  issueLoginCode(account: Pick<HostAccount, 'id'>, lifetime: number, options?: LoginCodeOptions): Promise<LoginCode>
  /**
   * Sends a login code to the user with this user name or e-mail address, without revealing whether the account exists.
   * The code works only in this browser and expires after 15 minutes.
   *
   * @throws {RateLimitedError} `rate_limited` @throws {ConfigurationError} without `mailer`
   */
  mailLoginCode(req: IncomingMessage, res: ServerResponse, login: string): Promise<void>
  /** Sets a cookie with a token to which a login code for this e-mail address can be bound; it expires after 15 minutes. */
  bindBrowser(req: IncomingMessage, res: ServerResponse, address: string): string
  /** Ends all sessions, codes, login codes and tokens of an account; call it when the account is disabled or deleted. */
  endAccess(accountId: string): Promise<void>
  /**
   * Revokes access that these groups granted to an account: codes and tokens of clients that allow these groups and
   * that the account may no longer use. Call it in the transaction that removes the account from the groups.
   */
  endAccessByGroups(accountId: string, groupIds: readonly string[]): Promise<void>
  /**
   * Revokes what this group granted to accounts with fewer than two passkeys. Call it in the transaction that sets
   * `requiresTwoPasskeys` of the group.
   */
  endAccessWithoutSecondPasskey(groupId: string): Promise<void>
  /** Removes all core data of a deleted account, including passkeys and consents. */
  forgetAccount(accountId: string): Promise<void>
  /**
   * Withdraws the consent of an account for a client and revokes the client's tokens. Returns `false` if there was
   * no consent.
   */
  withdrawConsent(accountId: string, clientId: string): Promise<boolean>
  /**
   * Previews the tokens and claims that a client would receive for an account. `scope` as in a request (RFC 6749 §3.3);
   * unknown values are dropped.
   *
   * @throws {NotFoundError} `client_not_found`, `account_not_found`
   * @throws {ForbiddenError} `oidc_access_denied` if the user may not use the client
   */
  previewTokens(clientId: string, accountId: string, scope: string): Promise<TokenPreview>
  /** Runs a test sign-in of this account at the client, as its application would. @throws {NotFoundError} `client_not_found` */
  testClient(clientId: string, accountId: string): Promise<readonly ClientTestStep[]>
  /**
   * Does what must be done regularly until `signal` is aborted: sends logout notices, rotates keys, removes expired rows and
   * updates authenticator metadata. Each process may call it. Errors go to `onError`.
   *
   * @example
   * ```ts
   * const stop = new AbortController()
   * const maintenance = pocket.maintain({ signal: stop.signal })
   * ```
   */
  maintain(options: { readonly signal: AbortSignal }): Promise<void>
  /** Rotates signing keys that are due; call it once a minute. */
  rotateKeys(): Promise<void>
  /** Resolves if all signing keys can be read. @throws {ConfigurationError} if the master key is wrong */
  verifyKeys(): Promise<void>
  /**
   * Replaces those of these keys that sign with the announced keys. A recently announced key signs as soon as JWKS
   * caches and other processes know it; the old key stays published until its last token expires.
   */
  replaceKeys(kids: readonly string[], options?: KeyReplacementOptions): Promise<readonly KeyReplacement[]>
  /** The published keys, for display. */
  signingKeys(): Promise<readonly PublishedKey[]>
  /** Removes at most `limit` expired rows of each kind; returns the number removed. */
  removeExpired(limit: number): Promise<number>
  /**
   * Fetches the metadata document of a client that is described by one.
   *
   * @throws {NotFoundError} `client_not_found` @throws {InvalidInputError} `validation_failed`, with the reason
   */
  refreshMetadataDocument(clientId: string, req: IncomingMessage): Promise<Client>
  /**
   * Removes at most `limit` self-registered clients that have not been used for `unusedFor` milliseconds; returns how
   * many.
   */
  removeUnusedClients(unusedFor: number, limit: number): Promise<number>
  /**
   * Updates the metadata of certified authenticators if the policy requires attestation. Call it every few hours.
   * @throws {ConfigurationError}
   */
  refreshAuthenticatorMetadata(): Promise<void>
  /** Sends pending back-channel logout notices; resolves to the number of notices delivered. Call it every few seconds. */
  sendLogoutNotices(signal?: AbortSignal): Promise<number>
  /** The current oidc-provider instance, as an escape hatch. A key rotation replaces it. */
  provider(): Provider
}
