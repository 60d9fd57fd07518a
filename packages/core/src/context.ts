import type { Accounts } from './accounts/accounts.ts'
import type { AuditSink } from './audit/audit-sink.ts'
import type { BuiltInRules, RunAccessChecks } from './clients/access-checks.ts'
import type { GetHostClaims, MakeClaims } from './clients/claim-maker.ts'
import type { CountPasskeys } from './clients/group-restriction.ts'
import type { SigningAlgorithm } from './clients/protocol.ts'
import type { RedirectUriPolicy } from './clients/redirect-uris.ts'
import type { ClientRegistrationPolicy } from './clients/registration-policy.ts'
import type { Clock } from './clock.ts'
import type { AuditedHook, RunBeforeHook } from './hooks.ts'
import type { FindAfterSignInUrl } from './interactions/after-sign-in.ts'
import type { Issuer } from './issuer.ts'
import type { RateLimiter } from './limits/limiter.ts'
import type { Mailer } from './mail/mailer.ts'
import type { MasterKey } from './master-key.ts'
import type { AuthorizationDetailsTypes } from './oidc/authorization-details.ts'
import type { PublicFetch } from './outbound/public-fetch.ts'
import type { ReadPasskeyPolicy } from './passkeys/policy.ts'
import type { SessionLifetime } from './sessions/session-use.ts'
import type { PocketStores } from './stores.ts'
import type { RenderView } from './views/views.ts'

export interface BuiltInMethods {
  readonly code: boolean
  readonly mail: boolean
  readonly signUp: boolean
}

/** The stores, the functions of the host and the resolved options, with which the services of a provider are created. */
export interface CoreContext {
  readonly stores: PocketStores & { readonly accounts: Accounts }
  readonly issuer: Issuer
  /** The origins at which this provider is reached; the issuer's comes first. */
  readonly origins: readonly [string, ...string[]]
  readonly name: string
  readonly masterKey: MasterKey
  readonly clock: Clock
  readonly audit: AuditSink
  readonly before: RunBeforeHook
  /** Runs a `before` hook and records its refusal. */
  readonly audited: AuditedHook
  readonly limits: RateLimiter
  readonly fetch: PublicFetch
  readonly mailer: Mailer | undefined
  /** Milliseconds after which a function of the host times out. */
  readonly hookTimeout: number
  readonly render: RenderView
  /** Receives internal errors and errors of host functions. */
  readonly onError: (error: unknown, requestId: string) => void
  readonly makeClaims: MakeClaims
  readonly getHostClaims: GetHostClaims
  readonly runAccessChecks: RunAccessChecks
  readonly builtInRules: BuiltInRules
  readonly passkeyPolicy: ReadPasskeyPolicy
  readonly countPasskeys: CountPasskeys
  readonly registrationPolicy: () => Promise<ClientRegistrationPolicy>
  readonly signingAlgorithm: () => Promise<SigningAlgorithm>
  readonly sessionLifetime: () => Promise<SessionLifetime>
  readonly redirectUriPolicy: RedirectUriPolicy
  readonly authorizationDetailsTypes: AuthorizationDetailsTypes
  /** Whether the authorization endpoint may return access tokens directly. */
  readonly allowImplicit: boolean
  /** Whether cookies are restricted to HTTPS. */
  readonly secure: boolean
  /** The cookie name without `__Host-` or `__Secure-`: with the prefix of the host, and a suffix for each path of an issuer. */
  readonly cookieName: (name: string) => string
  /** Seconds during which a public client can reuse a refresh token; 0 to 10. */
  readonly refreshLeeway: number
  readonly languages: readonly string[]
  /** The origin at which clients reach the back-channel endpoints. */
  readonly internalOrigin: string | undefined
  /** The e-mail domains served by this issuer, in lower case. */
  readonly webFingerDomains: () => readonly string[] | Promise<readonly string[]>
  readonly builtInMethods: BuiltInMethods
  /** The path of core's login pages below the issuer; `null` if the host has its own. */
  readonly loginPath: string | null
  /** The host's page of other sign-in methods; `?redirect=` contains the return URL. `null` if there is none. */
  readonly otherMethodsUrl: string | null
  /** The public sign-up page, if enabled; receives the same parameter. */
  readonly signUpUrl: () => Promise<string | null>
  readonly emailCodesUrl: () => Promise<string | null>
  /** The host's page between a sign-in and the client, if there is one. */
  readonly afterSignInUrl: FindAfterSignInUrl
}
