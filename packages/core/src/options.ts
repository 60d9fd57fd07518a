import type { HostAccounts } from './accounts/host-accounts.ts'
import type { AuditSink } from './audit/audit-sink.ts'
import type { AccessChecks } from './clients/access-checks.ts'
import type { HostClaims } from './clients/host-claims.ts'
import type { SigningAlgorithm } from './clients/protocol.ts'
import type { ClientRegistrationPolicy } from './clients/registration-policy.ts'
import type { Clock } from './clock.ts'
import type { FindSiteTexts } from './forward-auth/site-page.ts'
import type { AfterHook, BeforeHooks } from './hooks.ts'
import type { TrustProxy } from './http/request-context.ts'
import type { FindAfterSignInUrl } from './interactions/after-sign-in.ts'
import type { RateLimiter } from './limits/limiter.ts'
import type { Mailer } from './mail/mailer.ts'
import type { MasterKey } from './master-key.ts'
import type { AdjustConfiguration } from './oidc/adjusted-configuration.ts'
import type { AuthorizationDetailsTypes } from './oidc/authorization-details.ts'
import type { ExternalSigningKey } from './oidc/external-keys.ts'
import type { KeySchedule } from './oidc/keys.ts'
import type { FindRedirectUriRemedy } from './oidc/pages.ts'
import type { PublicFetch } from './outbound/public-fetch.ts'
import type { ReadMetadata } from './passkeys/authenticator-metadata.ts'
import type { PasskeyPolicy, ReadPasskeyPolicy } from './passkeys/policy.ts'
import type { SessionLifetime } from './sessions/session-use.ts'
import type { PocketStores } from './stores.ts'
import type { RenderPage } from './views/views.ts'

/**
 * The options of a provider. Only `issuer`, `masterKey`, `accounts` and `stores` are required. Options that belong
 * together are grouped: `pages`, `passkeys`, `protocol`, `signingKeys`, `hooks` and `limits`.
 *
 * @example
 * ```ts
 * const options: PocketOptions = {
 *   issuer: 'https://id.example.com',
 *   masterKey: process.env.MASTER_KEY ?? '',
 *   accounts: { find: (id) => people.get(id) },
 *   stores: typeormStores(dataSource),
 *   audit: { record: async (event) => logger.info(event) },
 *   pages: { render: (view, _req, standard) => standard.page(view) },
 * }
 * ```
 */
export interface PocketOptions {
  /**
   * The issuer: an https URL, or an http URL on localhost, with or without a path. Passkeys are permanently bound to
   * its host name.
   */
  readonly issuer: string
  /** The display name of this provider, which authenticators show. By default the host name of the issuer. */
  readonly name?: string | undefined
  /**
   * The master key of all encrypted values: at least 16 bytes; text is encoded as UTF-8. Keep it separate from the
   * stores.
   */
  readonly masterKey: MasterKey | string | Buffer
  /** The accounts of the host. */
  readonly accounts: HostAccounts
  /** Persistent stores; `memoryStores()` or `typeormStores(dataSource)` provide all of them. */
  readonly stores: PocketStores
  /**
   * Adds or replaces claims in ID tokens, at UserInfo and on the consent page. They override standard and custom
   * claims, but not the client's own claim rules. If the function throws or returns anything but a JSON object without
   * protocol claims, no claims are released and the request fails with `misconfigured`.
   */
  readonly claims?: HostClaims | undefined
  /** The lifetime of sessions, or a function that returns it. By default one hour after their last use. */
  readonly sessionLifetime?: SessionLifetime | (() => Promise<SessionLifetime>) | undefined
  /**
   * Additional https origins at which users reach this provider with the same passkeys. Each has its own sessions; the
   * protocol endpoints stay at the issuer. By default none.
   */
  readonly relatedOrigins?: readonly string[] | undefined
  /**
   * Proxies whose `X-Forwarded-*` headers are trusted: a function, or a list of IP addresses, ranges such as `10.0.0.0/8`, and
   * the names `loopback`, `linklocal` and `uniquelocal`. By default none.
   */
  readonly trustProxy?: TrustProxy | readonly string[] | undefined
  /**
   * The prefix of cookie names, after `__Host-` or `__Secure-`; letters, digits, `-` and `_`. All ports of a host share their
   * cookies, so another framework on localhost could replace a cookie named `session`. By default `pocket_`.
   */
  readonly cookiePrefix?: string | undefined
  /** Sends requested login codes by e-mail (`pocket.mailLoginCode`). By default they are unavailable. */
  readonly mailer?: Mailer | undefined
  /** Records audit events. By default they are discarded. */
  readonly audit?: AuditSink | undefined
  /** Receives internal errors. By default they are written to standard error. */
  readonly onError?: ((error: unknown, requestId: string) => void) | undefined
  /** The time source, in milliseconds since the Unix epoch. By default `systemClock`. */
  readonly clock?: Clock | undefined
  /** The pages, and links between them and pages of the host. */
  readonly pages?: PageOptions | undefined
  /** Requirements for passkeys. */
  readonly passkeys?: PasskeyOptions | undefined
  /** OAuth 2.0 and OpenID Connect: what clients can do. */
  readonly protocol?: ProtocolOptions | undefined
  /** The keys that sign tokens. */
  readonly signingKeys?: SigningKeyOptions | undefined
  /** Functions of the host that run before or after an operation. */
  readonly hooks?: HookOptions | undefined
  /** Rate limits and timeouts. */
  readonly limits?: LimitOptions | undefined
}

/**
 * The option `pages`.
 *
 * @example
 * ```ts
 * pages: { otherMethodsUrl: '/login', languages: ['en', 'de'] }
 * ```
 */
export interface PageOptions {
  /** Renders the pages. By default plain pages in English. If it throws, an error page is shown. */
  readonly render?: RenderPage | undefined
  /** Returns the texts of the pages at the hosts of protected sites; by default in English. */
  readonly siteTexts?: FindSiteTexts | undefined
  /** The supported UI languages (BCP 47), for the metadata. By default the metadata omits them. */
  readonly languages?: readonly string[] | undefined
  /**
   * The path below the issuer of core's pages where users sign in to the host's own site and create passkeys. Link to it with
   * `?redirect=` and a path of the site. By default `/login`, or none if `otherMethodsUrl` is set; `null` for none.
   */
  readonly loginPath?: string | null | undefined
  /**
   * The host's page with alternative sign-in methods; it receives `?redirect=` with the return path. By default a plain
   * core page for login codes; `null` for none.
   */
  readonly otherMethodsUrl?: string | null | undefined
  /**
   * The host's sign-out page, for end-session requests that have no parameters or are rejected. By default core's page, which
   * asks whether to sign out.
   */
  readonly signOutUrl?: string | undefined
  /**
   * The host's sign-up page, while sign-up is allowed; it receives `?redirect=` with the return path. By default a plain core
   * page if `accounts` has `register`; `null` disables sign-up.
   */
  readonly signUpUrl?: string | null | (() => Promise<string | null>) | undefined
  /**
   * The URL to which a form posts `email` and `redirect` to request a login code; `null` while that is disabled. By
   * default a core endpoint if there is a `mailer`, otherwise none.
   */
  readonly emailCodesUrl?: string | null | (() => Promise<string | null>) | undefined
  /**
   * Returns the host's page that users see once between a sign-in with a passkey and their return to the client, such as advice
   * to add a second passkey. `null` and an empty string show none. The page receives `?redirect=` with the path to continue at. The
   * sign-in is complete already, so the page cannot require anything; see `hooks.accessChecks` for that. If the function fails, the
   * user continues to the client and `onError` receives the error. By default there is none.
   */
  readonly afterSignInUrl?: FindAfterSignInUrl | undefined
  /** Returns the remedy that an administrator is offered if a client uses an unregistered redirect URI. */
  readonly redirectUriRemedy?: FindRedirectUriRemedy | undefined
}

/**
 * The option `passkeys`.
 *
 * @example
 * ```ts
 * passkeys: { policy: { allowSynced: false } }
 * ```
 */
export interface PasskeyOptions {
  /**
   * The requirements for passkeys, or a function that returns all of them and is called for each ceremony. By default
   * `defaultPasskeyPolicy`.
   */
  readonly policy?: Partial<PasskeyPolicy> | ReadPasskeyPolicy | undefined
  /** Reads the signed blob of the FIDO Metadata Service; required if the policy requires attestation. */
  readonly readAuthenticatorMetadata?: ReadMetadata | undefined
}

/**
 * The option `protocol`.
 *
 * @example
 * ```ts
 * protocol: { allowInsecureRedirectUris: false, refreshTokenLeeway: 0 }
 * ```
 */
export interface ProtocolOptions {
  /**
   * The policy for client self-registration, or a function that is called for each request. By default clients cannot register
   * themselves.
   */
  readonly clientRegistration?: ClientRegistrationPolicy | (() => Promise<ClientRegistrationPolicy>) | undefined
  /**
   * Returns the algorithm that signs ID tokens and JWT access tokens of a new client. By default `RS256`. Clients that register
   * themselves (RFC 7591) name their own.
   */
  readonly signingAlgorithm?: (() => Promise<SigningAlgorithm>) | undefined
  /** Whether clients may have http redirect URIs other than loopback addresses. By default `true`. */
  readonly allowInsecureRedirectUris?: boolean | undefined
  /**
   * Whether clients with the implicit grant (`protocol.implicitIdToken` of the client) may receive an access token from
   * the authorization endpoint (`response_type=id_token token`, OpenID Connect Core §3.2). By default `false`: OAuth 2.1
   * removed it.
   */
  readonly allowImplicit?: boolean | undefined
  /** The authorization details types that clients can be allowed to request (RFC 9396), by name. By default none. */
  readonly authorizationDetailsTypes?: AuthorizationDetailsTypes | undefined
  /**
   * Seconds after the first use during which the refresh token of a public client works again, for parallel refreshes.
   * From 0 (single use) to 10; by default 3. For clients that authenticate and tokens bound to a DPoP key, the first
   * response is repeated for sixty seconds instead.
   */
  readonly refreshTokenLeeway?: number | undefined
  /** Fetches URLs that clients provide. By default `createPublicFetch()`. */
  readonly fetch?: PublicFetch | undefined
  /** The origin of the back-channel endpoints in the metadata, if it differs from the issuer's. */
  readonly internalOrigin?: string | undefined
  /** Lower-case domains of the `acct:` resources for which WebFinger returns this issuer (RFC 7033). By default none. */
  readonly webFingerDomains?: readonly string[] | (() => readonly string[] | Promise<readonly string[]>) | undefined
  /** Adjusts the oidc-provider configuration before it is used. By default it stays unchanged. */
  readonly configuration?: AdjustConfiguration | undefined
}

/**
 * The option `signingKeys`: either core's own keys, which rotate, or keys of an external service.
 *
 * @example
 * ```ts
 * signingKeys: { schedule: { ...defaultKeySchedule, signingPeriod: 30 * 24 * 60 * 60_000 } }
 * ```
 */
export interface SigningKeyOptions {
  /** When core's signing keys rotate. By default `defaultKeySchedule`. It cannot be combined with `external`. */
  readonly schedule?: KeySchedule | undefined
  /**
   * Keys whose private halves are stored externally, such as in an HSM: the first key of an algorithm signs, and all
   * are published. Core then creates, stores and rotates no keys, and a client can only use algorithms with a key here.
   * oidc-provider calls its support for external keys experimental. By default core stores its own keys in
   * `stores.keys`.
   */
  readonly external?: readonly ExternalSigningKey[] | undefined
}

/**
 * The option `hooks`.
 *
 * @example
 * ```ts
 * hooks: { before: { signUp: ({ account }) => (account.userName === 'root' ? { refuse: 'Not this name.' } : undefined) } }
 * ```
 */
export interface HookOptions {
  /** Hooks that run before an action, named as in `BeforeHookInputs`: sign-in, passkey registration, consent and others. */
  readonly before?: BeforeHooks | undefined
  /** Receives each event after it happened. */
  readonly after?: AfterHook | undefined
  /**
   * Access rules of the host, which run after the client's own: they can deny access, require a passkey again or
   * require that terms are accepted first. They run at each authorization, including device authorization, and at each
   * token refresh.
   */
  readonly accessChecks?: AccessChecks | undefined
  /** Removes the host's data about a client that is being removed, in the same transaction. */
  readonly onClientRemoved?: ((clientId: string) => Promise<void>) | undefined
  /** Moves the host's data about a client to its new ID, in the transaction that renames it. */
  readonly onClientRenamed?: ((clientId: string, newId: string) => Promise<void>) | undefined
}

/**
 * The option `limits`.
 *
 * @example
 * ```ts
 * limits: { hookTimeout: 2_000 }
 * ```
 */
export interface LimitOptions {
  /**
   * A rate limiter that replaces the default one, which counts in `stores.limits`; `false` for no rate limits, with which
   * codes can be guessed.
   */
  readonly rateLimiter?: RateLimiter | false | undefined
  /**
   * Timeout in milliseconds for functions of the host, except `audit`, `onError`, `hooks.after`, `protocol.fetch`,
   * `passkeys.readAuthenticatorMetadata` and `limits.rateLimiter`. By default 10,000.
   */
  readonly hookTimeout?: number | undefined
}
