/**
 * A passkey-only OpenID Connect provider for Node services.
 *
 * @module
 */
export type { Account, AccountGroup, CustomClaim } from './accounts/account.ts'
export type { AccountStore } from './accounts/account-store.ts'
export type { AccountListRequest, Accounts, NewAccount } from './accounts/accounts.ts'
export type { Claims } from './accounts/claims.ts'
export type { HostAccount, HostAccounts } from './accounts/host-accounts.ts'
export type { AccessTokenFormat, Api, ApiAccess, ApiGrant, ApiPermission } from './apis/api.ts'
export type { ApiInput, NewApiInput, PermissionInput } from './apis/api-input.ts'
export type { ApiList, ApiListRequest, ApiSort } from './apis/api-list.ts'
export type { ApiStore } from './apis/api-store.ts'
export type { Apis } from './apis/apis.ts'
export type { PermissionLists } from './apis/grants.ts'
export type { Actor, AuditSink, RequestOrigin } from './audit/audit-sink.ts'
export type { Change, Changes } from './audit/changes.ts'
export type { AuditEvent } from './audit/events.ts'
export type { SignInMethod } from './audit/sign-in-method.ts'
export { changeIssuer, type IssuerChange } from './change-issuer.ts'
export type {
  AccessCheck,
  AccessCheckInput,
  AccessCheckResult,
  AccessChecks,
  ClientRules,
} from './clients/access-checks.ts'
export type {
  Client,
  ClientRecord,
  ClientSecret,
  ClientType,
  FederatedIdentity,
  RegisteredMetadata,
  ServiceTokenLimits,
} from './clients/client.ts'
export type { ClientInput, NewClientInput } from './clients/client-input.ts'
export type {
  ClientFilter,
  ClientList,
  ClientListRequest,
  ClientScope,
  ClientSort,
  ListedClient,
} from './clients/client-list.ts'
export type { ClientOrigin } from './clients/client-origin.ts'
export type { ClientStore } from './clients/client-store.ts'
export type { ClaimsContext, HostClaims } from './clients/host-claims.ts'
export type { InitialAccessToken, InitialAccessTokenStore } from './clients/initial-access-token-store.ts'
export type { InitialAccessTokens, NewInitialAccessToken } from './clients/initial-access-tokens.ts'
export type { AccessRule, IdentityHeaders, ProtectedSite, RuleAudience } from './clients/protected-site.ts'
export type {
  ClaimRule,
  ClientAuthenticationMethod,
  ClientProtocol,
  Encryption,
  GroupRules,
  SigningAlgorithm,
} from './clients/protocol.ts'
export type { ClientProtocolInput } from './clients/protocol-input.ts'
export type { Clients } from './clients/registration.ts'
export type { ClientRegistrationPolicy } from './clients/registration-policy.ts'
export type { NewClientSecret, SecretInput } from './clients/secrets.ts'
export type { Clock } from './clock.ts'
export { systemClock } from './clock.ts'
export type { CodeStore, RecoveryCodeKind, StoredCode } from './codes/code-store.ts'
export type { DeviceLoginStore, StoredDeviceLogin } from './codes/device-login-store.ts'
export type { NewDeviceLogin, PendingDeviceLogin, RequestingDevice } from './codes/device-logins.ts'
export type { LoginCode, LoginCodeOptions } from './codes/login-codes.ts'
export type { ConnectionAttempt, ConnectionEndpoint, ConnectionLogStore } from './connection-log/connection-attempt.ts'
export type { ConnectionLog } from './connection-log/connection-log.ts'
export type { Consent } from './consents/consent.ts'
export type { ConsentStore } from './consents/consent-store.ts'
export { createPocket } from './create-pocket.ts'
export type { FindSiteTexts, SiteMessage, SiteMessageTexts } from './forward-auth/site-page.ts'
export type { SiteTestRequest, SiteTestResult } from './forward-auth/site-test.ts'
export type { AfterHook, BeforeHookInputs, BeforeHookResult, BeforeHooks } from './hooks.ts'
export type { CallbackOptions, NodeHandler } from './http/callback.ts'
export { type RequestContext, requestContext, type TrustProxy } from './http/request-context.ts'
export { assertSameOrigin } from './http/same-origin.ts'
export type { FetchHandler, FetchOptions } from './http/web-standard.ts'
export type { CompletedSignIn, FindAfterSignInUrl } from './interactions/after-sign-in.ts'
export type { DeviceAuthorizationService, PendingDeviceAuthorization } from './interactions/device-authorization.ts'
export type { DeviceLoginService } from './interactions/device-login.ts'
export type { ReauthenticationService } from './interactions/reauthentication.ts'
export type {
  IssuedRecoveryKind,
  RecoveryAttempt,
  RecoveryCodeOptions,
  RecoveryService,
} from './interactions/recovery.ts'
export type {
  RegistrationOptionsInput,
  RegistrationPurpose,
  RegistrationResponseInput,
  RegistrationService,
} from './interactions/registration.ts'
export type { AuthenticatedUser, SignInService } from './interactions/sign-in.ts'
export type { SignUpInput, SignUpService } from './interactions/sign-up.ts'
export type { IssuerStore } from './issuer-store.ts'
export type { LimitRequest, LimitStore, StoredLimit } from './limits/limit-store.ts'
export type { RateLimiter } from './limits/limiter.ts'
export type { LimitName } from './limits/policies.ts'
export type { LogoutNotice, LogoutNoticeStore } from './logout-notices/logout-notice-store.ts'
export type { LoginCodeMail, Mailer } from './mail/mailer.ts'
export { MasterKey } from './master-key.ts'
export type { AdjustConfiguration } from './oidc/adjusted-configuration.ts'
export type { Artifact, ArtifactStore } from './oidc/artifact-store.ts'
export type {
  AuthorizationDetail,
  AuthorizationDetailsType,
  AuthorizationDetailsTypes,
} from './oidc/authorization-details.ts'
export type { ClientTestFailure, ClientTestStep, ClientTestStepName } from './oidc/client-trial/trial.ts'
export type { ExternalSigningKey } from './oidc/external-keys.ts'
export type { KeyStatus, KeyStore, StoredKey } from './oidc/key-store.ts'
export {
  defaultKeySchedule,
  type KeyReplacement,
  type KeyReplacementOptions,
  type KeySchedule,
  type PublishedKey,
} from './oidc/keys.ts'
export type { FindRedirectUriRemedy, RedirectUriRemedy, RefusedRedirectUri } from './oidc/pages.ts'
export type { EndpointName } from './oidc/paths.ts'
export type { TokenPreview } from './oidc/preview.ts'
export type { SessionRecord, SessionRecords } from './oidc/session-records.ts'
export type {
  HookOptions,
  LimitOptions,
  PageOptions,
  PasskeyOptions,
  PocketOptions,
  ProtocolOptions,
  SigningKeyOptions,
} from './options.ts'
export type { PublicFetchInit, PublicFetchOptions } from './outbound/guarded-request.ts'
export { createPublicFetch, type PublicFetch } from './outbound/public-fetch.ts'
export type { AuthenticationRequest } from './passkeys/authentication.ts'
export type { AuthenticatorMetadata, MetadataState } from './passkeys/authenticator-metadata.ts'
export type { PasskeyManagement } from './passkeys/management.ts'
export type { Passkey, Transport } from './passkeys/passkey.ts'
export type { PasskeyOverview, PasskeyStore, PasskeySummary, PasskeyUse } from './passkeys/passkey-store.ts'
export { defaultPasskeyPolicy, type PasskeyPolicy, type ReadPasskeyPolicy } from './passkeys/policy.ts'
export type { AuthenticatorHint, RegistrationSubject, VerifiedRegistration } from './passkeys/registration.ts'
export type { SpentChallengeStore } from './passkeys/spent-challenge-store.ts'
export type { Pocket } from './pocket.ts'
export type { CreatedCredential, PasskeyRemoval, PasskeyRemovals } from './sessions/passkey-removals.ts'
export type { ReauthenticationStore, StoredReauthentication } from './sessions/reauthentication-store.ts'
export type { AuthenticationContext, Session } from './sessions/session.ts'
export type { SessionCredential } from './sessions/session-history.ts'
export type {
  SessionHistoryStore,
  SessionLink,
  SessionLinkKind,
  SessionOrigin,
} from './sessions/session-history-store.ts'
export type { SessionLifetime, SessionUse } from './sessions/session-use.ts'
export type { PocketStores } from './stores.ts'
export type { Transaction } from './transaction.ts'
export type {
  ApiView,
  AuthenticationCeremony,
  ClaimView,
  ClientView,
  ConsentView,
  ErrorView,
  LoginCodeView,
  RenderPage,
  SignedOutView,
  SignInView,
  SignOutView,
  SignUpView,
  StandardPages,
  View,
} from './views/views.ts'
