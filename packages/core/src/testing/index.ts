/**
 * Tools to test a service that embeds this provider: a software authenticator, a user agent and contracts of the stores. They
 * need no test framework; failures are thrown.
 *
 * @module
 */

export { type AuthenticatorPasskey, type ImportedPasskey, SoftwareAuthenticator } from './authenticator.ts'
export type { PasskeyAlgorithm } from './authenticator-key.ts'
export type {
  Attest,
  AttestationStatement,
  Attested,
  AuthenticationContext,
  AuthenticationMisbehavior,
  CeremonyMisbehavior,
  RegistrationContext,
  SoftwareAuthenticatorOptions,
} from './authenticator-options.ts'
export { apiStoreContract } from './contracts/api-store.ts'
export { artifactStoreContract } from './contracts/artifact-store.ts'
export { clientPageContract } from './contracts/client-page.ts'
export { clientStoreContract } from './contracts/client-store.ts'
export { codeStoreContract } from './contracts/code-store.ts'
export { connectionLogStoreContract } from './contracts/connection-log-store.ts'
export { consentStoreContract } from './contracts/consent-store.ts'
export type { ContractCase } from './contracts/contract.ts'
export { deviceLoginStoreContract } from './contracts/device-login-store.ts'
export { initialAccessTokenStoreContract } from './contracts/initial-access-token-store.ts'
export { issuerStoreContract } from './contracts/issuer-store.ts'
export { keyStoreContract } from './contracts/key-store.ts'
export { limitStoreContract } from './contracts/limit-store.ts'
export { logoutNoticeStoreContract } from './contracts/logout-notice-store.ts'
export { passkeyStoreContract } from './contracts/passkey-store.ts'
export { reauthenticationStoreContract } from './contracts/reauthentication-store.ts'
export { sessionHistoryStoreContract } from './contracts/session-history-store.ts'
export { spentChallengeStoreContract } from './contracts/spent-challenge-store.ts'
export { transactionContract } from './contracts/transaction.ts'
export type { Cookie } from './cookie-jar.ts'
export { clientIpAddress, fetchThrough, type Resolve } from './http-exchange.ts'
export { type FollowOptions, type RequestOptions, UserAgent, type UserAgentOptions } from './user-agent.ts'
export type { PageForm, RequestTrace, UserAgentResponse } from './user-agent-response.ts'
