import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Middleware } from 'koa'
import type Provider from 'oidc-provider'
import type { Account } from './accounts/account.ts'
import type { Accounts } from './accounts/accounts.ts'
import type { Apis } from './apis/apis.ts'
import type { RequestOrigin } from './audit/audit-sink.ts'
import type { Client } from './clients/client.ts'
import type { InitialAccessTokens } from './clients/initial-access-tokens.ts'
import type { Clients } from './clients/registration.ts'
import type { LoginCode, LoginCodeOptions } from './codes/login-codes.ts'
import type { NodeHandler } from './composition/callback.ts'
import type { ConnectionLog } from './connection-log/connection-log.ts'
import type { DeviceAuthorizationService } from './interactions/device-authorization.ts'
import type { DeviceLoginService } from './interactions/device-login.ts'
import type { Exchange } from './interactions/interaction.ts'
import type { ReauthenticationService } from './interactions/reauthentication.ts'
import type { RegistrationService } from './interactions/registration.ts'
import type { SignInService } from './interactions/sign-in.ts'
import type { SignUpService } from './interactions/sign-up.ts'
import type { Limiter } from './limits/limiter.ts'
import type { TrialStep } from './oidc/client-trial/trial.ts'
import type { KeyReplacement, KeyReplacementOptions, PublishedKey } from './oidc/keys.ts'
import type { EndpointName } from './oidc/paths.ts'
import type { TokenPreview } from './oidc/preview.ts'
import type { SessionRecords } from './oidc/session-records.ts'
import type { AuthenticatorMetadata } from './passkeys/authenticator-metadata.ts'
import type { PasskeyManagement } from './passkeys/management.ts'
import type { PasskeyRemovals } from './sessions/passkey-removals.ts'
import type { Session } from './sessions/session.ts'
import type { MadeInSession } from './sessions/session-history.ts'

/**
 * A passkey-only OpenID provider. Disposing of it waits for what goes on while no request waits; the stores can be closed after it.
 *
 * @example
 * ```ts
 * const session = await pocket.session(req, res)
 * if (session) await pocket.endAccess(session.accountId)
 * ```
 */
export interface Pocket extends AsyncDisposable {
  /** The issuer identifier (OpenID Connect Discovery §3): the option, without a slash at the end. */
  readonly issuer: string
  /** At which of its origins a request arrived; the issuer's where it was none of them. */
  originOf(req: IncomingMessage): string
  /** Where the protocol's endpoints are, for clients that are configured by hand. */
  readonly endpoints: Readonly<Record<EndpointName, string>>
  /** The applications that people sign in to. */
  readonly clients: Clients
  /** What lets programs register clients where the policy asks for a token. */
  readonly initialAccessTokens: InitialAccessTokens
  /** The APIs that clients get access tokens for (RFC 8707), their permissions, and who has which. */
  readonly apis: Apis
  /** What each client tried of late, and why it failed. */
  readonly connectionLog: ConnectionLog
  /** The host's people, as `stores.accounts` has them. */
  readonly accounts: Accounts
  /** The passkeys that people have: listed, named, removed. */
  readonly passkeys: PasskeyManagement
  /** What was made in sessions that the removal of a passkey has ended. */
  readonly passkeyRemovals: PasskeyRemovals
  /**
   * Notes that an API key of the host's, or a client secret, is made by this request; call it in the transaction that makes it.
   * It is listed where the passkey of the session is removed.
   *
   * @throws {NotAuthenticated} `not_signed_in` where the session of the request has ended meanwhile
   */
  noteMade(origin: Pick<RequestOrigin, 'sessionUid' | 'apiKeyId'>, thing: MadeInSession): Promise<void>
  /** What attestations are checked with. */
  readonly authenticatorMetadata: Pick<AuthenticatorMetadata, 'state' | 'refresh'>
  /** Makes passkeys, on pages of the host’s own (WebAuthn Level 3 §7.1). */
  readonly registration: RegistrationService
  /** Finds out who somebody is, on pages of the host’s own (WebAuthn Level 3 §7.2). */
  readonly signIn: SignInService
  /** Strangers who make an account together with their passkey. */
  readonly signUp: SignUpService
  /** Has somebody who is signed in prove once more that it is they, before something that cannot be undone. */
  readonly reauthentication: ReauthenticationService
  /** Lets another device of the same person in. */
  readonly deviceLogins: DeviceLoginService
  /** Lets an application on another device in (RFC 8628). */
  readonly deviceAuthorizations: DeviceAuthorizationService
  /** How often something can be tried, for the host's own pages too. */
  readonly limits: Limiter
  /**
   * Answers the protocol's endpoints and the interaction pages; everything else goes on to the next middleware, with the
   * issuer's host and protocol in its headers. Use it before anything that reads bodies, at the root or below the
   * issuer's path.
   */
  koa(): Middleware
  /**
   * The same for `node:http`, Express, NestJS and the hooks of Fastify. Everything else goes on to `next` as it came, or is
   * answered with 404 where there is none.
   *
   * @example
   * ```ts
   * createServer(pocket.callback())
   * expressOrNest.use(pocket.callback())
   * fastify.addHook('onRequest', (request, reply, next) => handle(request.raw, reply.raw, next))
   * ```
   */
  callback(): NodeHandler
  /** The address, without host, at which `@pocket/core/browser` is served as one module for pages of the host's own. */
  readonly browserModule: string
  /** Who is signed in in this browser. */
  session(req: IncomingMessage, res: ServerResponse): Promise<Session | undefined>
  /**
   * The client that the interaction at this path leads to; `undefined` where the path is none's. With an exchange, of a request
   * to an address below that path, only while the interaction is open in that browser.
   */
  interactionClient(path: string, exchange?: Exchange): Promise<string | undefined>
  /** Where an account is signed in. */
  readonly sessions: SessionRecords
  /** Ends the browser's session and what clients got in it. */
  signOut(req: IncomingMessage, res: ServerResponse): Promise<void>
  /**
   * Makes a login code. `lifetime` in milliseconds; `options.browserToken`, from `bindBrowser`, lets that browser alone use it.
   *
   * @throws {Forbidden} `account_disabled` or `account_not_found`; `forbidden` where `before.issueCode` refuses
   */
  issueLoginCode(account: Pick<Account, 'id'>, lifetime: number, options?: LoginCodeOptions): Promise<LoginCode>
  /**
   * Sends a login code to whoever signs in with this name or address; says nothing of whether there is somebody. The
   * code is for this browser, and for a quarter of an hour.
   *
   * @throws {RateLimited} `rate_limited` @throws {Misconfigured} without `mailer`
   */
  mailLoginCode(req: IncomingMessage, res: ServerResponse, login: string): Promise<void>
  /**
   * Gives this browser a token in a cookie, to which a login code for whoever has this address of e-mail can be bound; it
   * lasts a quarter of an hour.
   */
  bindBrowser(req: IncomingMessage, res: ServerResponse, address: string): string
  /** Ends all sessions, codes, login codes and tokens of an account; call it when the account is disabled or deleted. */
  endAccess(accountId: string): Promise<void>
  /**
   * Ends what these groups let an account have: codes and tokens of clients that allow the groups, and that the account
   * may not use any more. Call it when an account has left groups, in the transaction that took it out of them.
   */
  endAccessBy(accountId: string, groupIds: readonly string[]): Promise<void>
  /** Removes what core keeps of a deleted account: passkeys and consents too. */
  forgetAccount(accountId: string): Promise<void>
  /**
   * Takes back what the account allowed the client, and ends what the client was given. Returns `false` where nothing had
   * been allowed.
   */
  withdrawConsent(accountId: string, clientId: string): Promise<boolean>
  /**
   * What a client would be told about somebody. `scope` as in a request (RFC 6749 §3.3); unknown ones are dropped.
   *
   * @throws {NotFound} `client_not_found`, `account_not_found`
   * @throws {Forbidden} `oidc_access_denied` where the person may not use the client
   */
  previewTokens(clientId: string, accountId: string, scope: string): Promise<TokenPreview>
  /** Takes a client through a sign-in of this account, as its application would. @throws {NotFound} `client_not_found` */
  testClient(clientId: string, accountId: string): Promise<readonly TrialStep[]>
  /** Moves the signing keys on where their time has come; call it once a minute. */
  rotateKeys(): Promise<void>
  /** Resolves where all signing keys can be read. @throws {Misconfigured} where the master key does not fit */
  verifyKeys(): Promise<void>
  /**
   * Replaces those of these keys that sign by the announced ones. A key that was announced only just now signs as soon as
   * caches of the JWKS and other processes know it; the old key stays published until its last token has expired.
   */
  replaceKeys(kids: readonly string[], options?: KeyReplacementOptions): Promise<readonly KeyReplacement[]>
  /** The keys that are published, for people. */
  signingKeys(): Promise<readonly PublishedKey[]>
  /** Removes at most `limit` rows of each kind that have ended; returns how many. */
  removeExpired(limit: number): Promise<number>
  /**
   * Reads the metadata document of a client that describes itself by one.
   *
   * @throws {NotFound} `client_not_found` @throws {InvalidInput} `validation_failed`, with the reason
   */
  refreshMetadataDocument(clientId: string, req: IncomingMessage): Promise<Client>
  /**
   * Removes at most `limit` clients that anybody could register and nobody has used for `unusedFor` milliseconds; returns
   * how many.
   */
  removeUnusedClients(unusedFor: number, limit: number): Promise<number>
  /** Reads anew which models of authenticators are vouched for, where the policy asks. Call it every few hours. @throws {Misconfigured} */
  refreshAuthenticatorMetadata(): Promise<void>
  /** Tells clients of logouts that they have not heard of yet; resolves to how many have heard. Call it every few seconds. */
  sendLogoutNotices(signal?: AbortSignal): Promise<number>
  /** The escape hatch: the oidc-provider instance of this moment. A rotation of keys replaces it. */
  provider(): Provider
}
