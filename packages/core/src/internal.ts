/**
 * What `@pocket/directory` and `@pocket/server` share with core. It is not for hosts: it changes without notice and is not
 * covered by semantic versioning.
 *
 * @module
 */
export { protocolClaims } from './accounts/reserved-claims.ts'
export { accessTokenFormats, cimdPermissions } from './apis/api.ts'
export { normalizeResource, resourceProblems } from './apis/api-input.ts'
export * as argumentChecks from './arguments.ts'
export { noOrigin } from './audit/audit-sink.ts'
export { changesBetween } from './audit/changes.ts'
export { accessTokenMinutes } from './clients/client.ts'
export { clientChanges } from './clients/client-changes.ts'
export { accessProblem, notAllowedReason } from './clients/group-restriction.ts'
export { assertionHeader, defaultIdentityHeaders, ruleAudiences } from './clients/protected-site.ts'
export {
  clientAuthenticationMethods,
  contentEncryptionAlgorithms,
  defaultProtocol,
  keyManagementAlgorithms,
  signingAlgorithms,
} from './clients/protocol.ts'
export { clientProtocolSchema } from './clients/protocol-schema.ts'
export {
  type CorrectedRedirectUri,
  type RedirectUriPolicy,
  redirectUriAllowed,
  redirectUriProblem,
  synologyRedirectUri,
  type WildcardScope,
  wildcardScope,
} from './clients/redirect-uris.ts'
export { findSecret } from './clients/secrets.ts'
export { startUrl } from './clients/start-address.ts'
export { toStoredCode } from './codes/stored-login-code.ts'
export { isUserCode } from './codes/user-codes.ts'
export { apiConsentKey, consentedScopes } from './consents/consent-key.ts'
export * as diagnostics from './diagnostics.ts'
export { overridingHeaders, overridingPathHeaders } from './forward-auth/proxy-request.ts'
export { type BearerCookie, bearerCookie } from './http/bearer-cookie.ts'
export { toOriginForm } from './http/issuer-request.ts'
export { setCommonHeaders, setPageHeaders } from './http/page-headers.ts'
export { recordCaller } from './http/request-context.ts'
export { isJsonObject, parseJsonObject } from './json-object.ts'
export { networkOf } from './limits/network.ts'
export { auditSealPurpose, durablePurposes, encryptionPurposes, fingerprintOf } from './master-key.ts'
export { isObjectMember, nameProblem, oneLinePattern, visiblePattern } from './names.ts'
export { createGrantId, createTokenImport, type ImportedGrant, type ImportedToken } from './oidc/imported-tokens.ts'
export type { KeyStatus } from './oidc/key-store.ts'
export { importedKeyStatus, sealSigningKey } from './oidc/seal-signing-key.ts'
export { isHostOrRange } from './outbound/addresses.ts'
export { createPublicDownload, type Download, type PublicDownload } from './outbound/public-download.ts'
export { type AuthenticatorModel, authenticatorModels, providerName } from './passkeys/aaguids.ts'
export { type PolicyProblem, policyProblems } from './passkeys/compliance.ts'
export { isWithoutPasskey } from './sessions/session.ts'
