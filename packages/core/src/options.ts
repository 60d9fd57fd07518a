import type { HostAccounts } from './accounts/host-accounts.ts'
import type { AuditSink } from './audit/audit-sink.ts'
import type { AccessChecks } from './clients/access-checks.ts'
import type { HostClaims } from './clients/host-claims.ts'
import type { Clock } from './clock.ts'
import type { AfterEvent, BeforeHooks } from './hooks.ts'
import type { TrustProxy } from './http/request-context.ts'
import type { RenderPage } from './interactions/views.ts'
import type { Limiter } from './limits/limiter.ts'
import type { Mailer } from './mail/mailer.ts'
import type { MasterKey } from './master-key.ts'
import type { AdjustConfiguration } from './oidc/adjusted-configuration.ts'
import type { AuthorizationDetailsTypes } from './oidc/authorization-details.ts'
import type { SigningService } from './oidc/external-keys.ts'
import type { KeySchedule } from './oidc/keys.ts'
import type { FindRedirectUriRemedy } from './oidc/pages.ts'
import type { PublicFetch } from './outbound/public-fetch.ts'
import type { ReadMetadata } from './passkeys/authenticator-metadata.ts'
import type { ReadPasskeyPolicy } from './passkeys/policy.ts'
import type { SessionLifetime } from './sessions/session-use.ts'
import type { PocketStores } from './stores.ts'

/**
 * Which clients may register themselves, and how (RFC 7591 §3).
 *
 * @example
 * ```ts
 * registration: async () => ({ mode: 'with-token', restrictToGroups: true, documentPatterns: [] })
 * ```
 */
export interface RegistrationPolicy {
  /** Who may register clients by RFC 7591: nobody, who holds an initial access token, or anybody. */
  readonly mode: 'off' | 'with-token' | 'open'
  /** Whether a new client of these is for members of allowed groups alone, and so for nobody at first. */
  readonly restrictToGroups: boolean
  /**
   * Redirect-URI-like patterns of the client ids that are addresses of metadata documents (OAuth Client ID Metadata
   * Document); `*` stands for all. With none, no document is read.
   */
  readonly documentPatterns: readonly string[]
}

/**
 * What a provider is made of.
 *
 * @example
 * ```ts
 * const options: PocketOptions = {
 *   issuer: 'https://id.example.com',
 *   masterKey: process.env.MASTER_KEY ?? '',
 *   stores: { ...typeormStores(dataSource), accounts },
 *   audit: { record: async (event) => logger.info(event) },
 * }
 * ```
 */
export interface PocketOptions {
  /**
   * The issuer: an https address, or an http one on localhost, with or without a path. Passkeys are bound to its host name
   * for ever.
   */
  readonly issuer: string
  /** What people know this provider as; authenticators show it. By default the host name of the issuer. */
  readonly name?: string | undefined
  /** Protects everything that is stored encrypted: 16 bytes at least, text counts as UTF-8. Keep it apart from the stores. */
  readonly masterKey: MasterKey | string | Buffer
  /** What is kept, and where people come from; `memoryStores()` or `typeormStores(dataSource)` bring all but `accounts`. */
  readonly stores: PocketStores & { readonly accounts: HostAccounts }
  /** Makes the pages. By default they are plain ones in English. What it throws is shown as an error. */
  readonly render?: RenderPage | undefined
  /**
   * What is said of people beside, or in place of, the standard claims, in ID tokens, at UserInfo, on the consent page alike.
   * Custom claims and standard ones give way to it, the rules of the client do not. Where it throws, or answers with
   * anything but an object of JSON without claims of the protocol, nobody is told anything: `misconfigured`.
   */
  readonly claims?: HostClaims | undefined
  /**
   * Rules of the host's about who may go on to which client, after the client's own: to refuse, to want a passkey used again,
   * to have terms accepted first. They are asked at each authorization, of a device too, and when tokens are refreshed.
   */
  readonly checks?: AccessChecks | undefined
  /** Asked before something happens, by the names of `BeforeQuestions`: a sign-in, a new passkey, a consent, and more. */
  readonly before?: BeforeHooks | undefined
  /** Told of each event after it has happened. */
  readonly after?: AfterEvent | undefined
  /** Sends login codes that people ask for (`pocket.mailLoginCode`). By default they cannot. */
  readonly mailer?: Mailer | undefined
  /** Milliseconds that `stores.accounts`, `claims`, `mailer` and each of `checks` and `before` have for an answer. By default 10,000. */
  readonly hookTimeout?: number | undefined
  /** The languages that there are pages in (BCP 47), for the metadata. By default it says nothing of them. */
  readonly languages?: readonly string[] | undefined
  /** Where events go. By default nowhere. */
  readonly audit?: AuditSink | undefined
  /** Takes what went wrong on our side. By default the console's error stream. */
  readonly onError?: ((error: unknown, requestId: string) => void) | undefined
  /** Whose forwarded headers count. By default nobody's. */
  readonly trustProxy?: TrustProxy | undefined
  /**
   * The host's page of other ways to sign in; it is given `?redirect=` with the way back. By default a plain page of core's for
   * login codes; `null`: none.
   */
  readonly otherMethodsUrl?: string | null | undefined
  /**
   * The host's page on which strangers sign up, while they may; it is given `?redirect=` with the way back. By default a plain
   * page of core's where `stores.accounts` has `register`; answer with `null` where they may not.
   */
  readonly signUpUrl?: (() => Promise<string | null>) | undefined
  /** How long sessions live. By default an hour after their last use. */
  readonly sessionLifetime?: (() => Promise<SessionLifetime>) | undefined
  /** Removes what the host keeps of a client that is being removed, within the transaction. */
  readonly onClientRemoved?: ((clientId: string) => Promise<void>) | undefined
  /** Reads from addresses that clients name. By default `createPublicFetch()`. */
  readonly fetch?: PublicFetch | undefined
  /**
   * Seconds after its first use in which the refresh token of a public client works for parallel refreshes, ten at most.
   * From 0, where it is used once, to 10; by default 3. Clients that authenticate and tokens bound to a DPoP key get the
   * first answer again for sixty seconds instead.
   */
  readonly refreshLeeway?: number | undefined
  /** The origin by which clients call the back-channel endpoints, where it is not the issuer's. It appears in the metadata. */
  readonly internalOrigin?: string | undefined
  /** Domains, in lower case, for whose `acct:` resources WebFinger names this issuer (RFC 7033). By default none. */
  readonly webFingerDomains?: (() => readonly string[] | Promise<readonly string[]>) | undefined
  /** Asked at each request that it is about. By default no client registers itself. */
  readonly registration?: (() => Promise<RegistrationPolicy>) | undefined
  /** The types of authorization details that clients can be allowed to ask for (RFC 9396), by name. By default none. */
  readonly authorizationDetailsTypes?: AuthorizationDetailsTypes | undefined
  /** What an administrator sees and can do where a client comes with a redirect URI that it has not registered. */
  readonly redirectUriRemedy?: FindRedirectUriRemedy | undefined
  /** Whether clients may have redirect URIs with plain http beyond loopback addresses. By default `true`. */
  readonly allowInsecureRedirectUris?: boolean | undefined
  /**
   * Whether clients with the implicit grant (`protocol.implicitIdToken`) may get an access token straight from the authorization
   * endpoint (`response_type=id_token token`, OpenID Connect Core §3.2). By default `false`: OAuth 2.1 removed it.
   */
  readonly allowImplicit?: boolean | undefined
  /**
   * Further https origins at which people reach this provider with the same passkeys. Each has sessions of its own; the
   * protocol stays at the issuer. By default none.
   */
  readonly relatedOrigins?: readonly string[] | undefined
  /**
   * Where a form posts `email` and `redirect` for a login code, while that is possible. By default to core where there is a
   * `mailer`, else nowhere.
   */
  readonly emailCodesUrl?: (() => Promise<string | null>) | undefined
  /** Whether it is limited how often something can be tried. By default `true`; without, codes can be guessed. */
  readonly rateLimits?: boolean | undefined
  /** Another way to limit that, in place of the one that counts in `stores.limits`. */
  readonly limiter?: Limiter | undefined
  /** What passkeys have to be able to do; it is asked each time. By default `defaultPasskeyPolicy`. */
  readonly passkeyPolicy?: ReadPasskeyPolicy | undefined
  /** Reads the signed blob of the FIDO Metadata Service; needed where the policy requires attestation. */
  readonly readAuthenticatorMetadata?: ReadMetadata | undefined
  /** When signing keys move on. By default `defaultKeySchedule`. It does not go with `signingServices`, which rotate by themselves. */
  readonly keySchedule?: KeySchedule | undefined
  /**
   * Keys whose private halves are elsewhere, such as in an HSM: the first of an algorithm signs, all are published. With them
   * core makes and stores no keys, and rotates none; a client can only have an algorithm that there is a key for. oidc-provider
   * calls its support for them experimental. By default core has keys of its own in `stores.keys`.
   */
  readonly signingServices?: readonly SigningService[] | undefined
  /** An escape hatch: changes the configuration of oidc-provider before it is used. By default nothing is changed. */
  readonly configuration?: AdjustConfiguration | undefined
  /** Where the time comes from, in milliseconds since the Unix epoch. By default `systemClock`. */
  readonly clock?: Clock | undefined
}
