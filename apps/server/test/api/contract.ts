/** The required caller of the contract; `protocol` follows the rules of OAuth 2.0, `session` rejects API keys. */
export type ContractAuth = 'public' | 'user' | 'session' | 'administrator' | 'protocol'

/** One route of the contract and its status in this server. */
export interface ContractRoute {
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE'
  readonly path: `/${string}`
  readonly auth: ContractAuth
  readonly status: 'served' | 'pending'
  /** The feature that adds a pending route. */
  readonly comment?: string
}

type Line = readonly [call: `${ContractRoute['method']} /${string}`, auth: ContractAuth, pending?: string]

const lines: readonly Line[] = [
  ['GET /healthz', 'public'],
  ['GET /api/version/latest', 'public'],
  ['GET /api/version/current', 'user'],

  ['GET /api/application-configuration', 'public'],
  ['GET /api/application-configuration/all', 'administrator'],
  ['PUT /api/application-configuration', 'administrator'],
  ['POST /api/application-configuration/test-email', 'administrator'],
  ['POST /api/application-configuration/sync-ldap', 'administrator'],

  ['GET /api/application-images/logo', 'public'],
  ['GET /api/application-images/email', 'public'],
  ['GET /api/application-images/background', 'public'],
  ['GET /api/application-images/favicon', 'public'],
  ['GET /api/application-images/default-profile-picture', 'administrator'],
  ['PUT /api/application-images/logo', 'administrator'],
  ['PUT /api/application-images/email', 'administrator'],
  ['PUT /api/application-images/background', 'administrator'],
  ['PUT /api/application-images/favicon', 'administrator'],
  ['PUT /api/application-images/default-profile-picture', 'administrator'],
  ['DELETE /api/application-images/logo', 'administrator'],
  ['DELETE /api/application-images/background', 'administrator'],
  ['DELETE /api/application-images/default-profile-picture', 'administrator'],

  ['GET /api/users', 'administrator'],
  ['GET /api/users/me', 'user'],
  ['GET /api/users/:id', 'administrator'],
  ['POST /api/users', 'administrator'],
  ['PUT /api/users/:id', 'administrator'],
  ['PUT /api/users/me', 'user'],
  ['DELETE /api/users/:id', 'administrator'],
  ['GET /api/users/:id/groups', 'administrator'],
  ['PUT /api/users/:id/user-groups', 'administrator'],
  ['GET /api/users/:id/webauthn-credentials', 'administrator'],
  ['DELETE /api/users/:id/webauthn-credentials/:credentialId', 'administrator'],
  ['GET /api/users/:id/profile-picture.png', 'public'],
  ['PUT /api/users/:id/profile-picture', 'administrator'],
  ['PUT /api/users/me/profile-picture', 'user'],
  ['DELETE /api/users/:id/profile-picture', 'administrator'],
  ['DELETE /api/users/me/profile-picture', 'user'],
  ['POST /api/users/:id/one-time-access-token', 'administrator'],
  ['POST /api/users/:id/one-time-access-email', 'administrator'],
  ['POST /api/users/me/send-email-verification', 'user'],
  ['POST /api/users/me/verify-email', 'user'],

  ['GET /api/custom-claims/suggestions', 'administrator'],
  ['PUT /api/custom-claims/user/:userId', 'administrator'],
  ['PUT /api/custom-claims/user-group/:userGroupId', 'administrator'],

  ['GET /api/user-groups', 'administrator'],
  ['GET /api/user-groups/:id', 'administrator'],
  ['POST /api/user-groups', 'administrator'],
  ['PUT /api/user-groups/:id', 'administrator'],
  ['DELETE /api/user-groups/:id', 'administrator'],
  ['PUT /api/user-groups/:id/users', 'administrator'],
  ['PUT /api/user-groups/:id/allowed-oidc-clients', 'administrator'],

  ['GET /api/oidc/clients', 'administrator'],
  ['POST /api/oidc/clients', 'administrator'],
  ['GET /api/oidc/clients/:id', 'administrator'],
  ['GET /api/oidc/clients/:id/meta', 'public'],
  ['PUT /api/oidc/clients/:id', 'administrator'],
  ['POST /api/oidc/clients/:id/refresh', 'administrator'],
  ['DELETE /api/oidc/clients/:id', 'administrator'],
  ['PUT /api/oidc/clients/:id/allowed-user-groups', 'administrator'],
  ['GET /api/oidc/clients/:id/secrets', 'administrator'],
  ['POST /api/oidc/clients/:id/secrets', 'administrator'],
  ['DELETE /api/oidc/clients/:id/secrets/:secretId', 'administrator'],
  ['GET /api/oidc/clients/:id/logo', 'public'],
  ['POST /api/oidc/clients/:id/logo', 'administrator'],
  ['DELETE /api/oidc/clients/:id/logo', 'administrator'],
  ['GET /api/oidc/clients/:id/preview/:userId', 'administrator'],
  ['GET /api/oidc/clients/:id/scim-service-provider', 'administrator'],
  ['GET /api/oidc/users/me/authorized-clients', 'user'],
  ['GET /api/oidc/users/:id/authorized-clients', 'administrator'],
  ['DELETE /api/oidc/users/me/authorized-clients/:clientId', 'user'],
  ['GET /api/oidc/users/me/clients', 'user'],

  ['GET /api/apis', 'administrator'],
  ['POST /api/apis', 'administrator'],
  ['GET /api/apis/:id', 'administrator'],
  ['PUT /api/apis/:id', 'administrator'],
  ['DELETE /api/apis/:id', 'administrator'],
  ['PUT /api/apis/:id/permissions', 'administrator'],
  ['PUT /api/apis/:id/cimd-access', 'administrator'],
  ['GET /api/apis/:id/clients', 'administrator'],
  ['GET /api/apis/:id/assignable-clients', 'administrator'],
  ['PUT /api/apis/:id/clients/:clientId', 'administrator'],
  ['DELETE /api/apis/:id/clients/:clientId', 'administrator'],
  ['GET /api/api-access/:clientId/apis', 'administrator'],
  ['GET /api/api-access/:clientId/assignable-apis', 'administrator'],

  ['POST /api/scim/service-provider', 'administrator'],
  ['PUT /api/scim/service-provider/:id', 'administrator'],
  ['DELETE /api/scim/service-provider/:id', 'administrator'],
  ['POST /api/scim/service-provider/:id/sync', 'administrator'],

  ['GET /api/api-keys', 'user'],
  ['POST /api/api-keys', 'session'],
  ['POST /api/api-keys/:id/renew', 'session'],
  ['DELETE /api/api-keys/:id', 'user'],

  ['GET /api/audit-logs', 'user'],
  ['GET /api/audit-logs/all', 'administrator'],
  ['GET /api/audit-logs/filters/client-names', 'administrator'],
  ['GET /api/audit-logs/filters/users', 'administrator'],

  ['GET /api/webauthn/register/start', 'session'],
  ['POST /api/webauthn/register/finish', 'session'],
  ['GET /api/webauthn/login/start', 'public'],
  ['POST /api/webauthn/login/finish', 'public'],
  ['POST /api/webauthn/logout', 'user'],
  ['POST /api/webauthn/reauthenticate', 'session'],
  ['GET /api/webauthn/credentials', 'user'],
  ['PATCH /api/webauthn/credentials/:id', 'user'],
  ['DELETE /api/webauthn/credentials/:id', 'user'],

  ['POST /api/one-time-access-token/:token', 'public'],
  ['POST /api/one-time-access-email', 'public'],

  ['GET /api/signup/setup', 'public'],
  ['POST /api/signup/setup', 'public'],
  ['POST /api/signup', 'public'],
  ['POST /api/signup-tokens', 'administrator'],
  ['GET /api/signup-tokens', 'administrator'],
  ['DELETE /api/signup-tokens/:id', 'administrator'],

  ['POST /api/device-login/requests', 'public'],
  ['POST /api/device-login/requests/:id/exchange', 'public'],
  ['POST /api/device-login/verification', 'session'],
  ['POST /api/device-login/verification/decision', 'session'],

  ['POST /api/oidc/device/verify', 'session'],
  ['GET /api/oidc/device/info', 'session'],
  ['POST /api/oidc/device/authorize', 'protocol'],
  ['GET /authorize', 'protocol'],
  ['POST /authorize', 'protocol'],
  ['POST /api/oidc/par', 'protocol'],
  ['POST /api/oidc/token', 'protocol'],
  ['GET /api/oidc/userinfo', 'protocol'],
  ['POST /api/oidc/userinfo', 'protocol'],
  ['POST /api/oidc/introspect', 'protocol'],
  ['GET /api/oidc/end-session', 'protocol'],
  ['POST /api/oidc/end-session', 'protocol'],
  ['GET /.well-known/jwks.json', 'protocol'],
  ['GET /.well-known/openid-configuration', 'protocol'],
  ['GET /.well-known/oauth-authorization-server', 'protocol'],
]

/** Request forms from before 2.14 that tools still use. */
const olderLines: readonly Line[] = [
  ['POST /api/oidc/clients/:id/secret', 'administrator'],
  ['GET /api/api-access/:clientId', 'administrator'],
  ['PUT /api/api-access/:clientId', 'administrator'],
  ['GET /api/application-configuration/logo', 'public'],
  ['GET /api/application-configuration/favicon', 'public'],
  ['GET /api/application-configuration/background-image', 'public'],
  ['PUT /api/application-configuration/logo', 'administrator'],
  ['PUT /api/application-configuration/favicon', 'administrator'],
  ['PUT /api/application-configuration/background-image', 'administrator'],
]

/** Routes that this server adds to the contract. */
const ownLines: readonly Line[] = [
  ['POST /api/scim/service-provider/:id/adopt', 'administrator'],
  ['GET /api/openapi.json', 'public'],
  ['POST /api/users/:id/invitation', 'administrator'],
  ['DELETE /api/users/me', 'session'],
  ['GET /api/users/me/data', 'session'],
  ['GET /api/user-groups/:id/members', 'administrator'],
  ['GET /api/user-groups/:id/members/:userId', 'administrator'],
  ['PATCH /api/user-groups/:id/members/:userId', 'administrator'],
  ['GET /api/apis/:id/clients/:clientId', 'administrator'],
  ['GET /api/emails', 'administrator'],
  ['POST /api/users/:id/invitation-email', 'administrator'],
  ['POST /api/emails/:id/retry', 'administrator'],
  ['GET /api/docs', 'public'],
  ['GET /api/signup-approvals', 'administrator'],
  ['POST /api/signup-approvals/:id/approve', 'administrator'],
  ['POST /api/signup-approvals/:id/refuse', 'administrator'],
  ['DELETE /api/signup-approvals/:id', 'administrator'],
  ['GET /api/search', 'session'],
  ['GET /api/signing-keys', 'administrator'],
  ['POST /api/signing-keys/rotate', 'administrator'],
  ['GET /api/jobs', 'administrator'],
  ['POST /api/jobs/:name/run', 'administrator'],
  ['POST /api/ldap/dry-run', 'administrator'],
  ['POST /api/ldap/sync', 'administrator'],
  ['POST /api/ldap/test', 'administrator'],
  ['GET /api/ldap/runs', 'administrator'],
  ['PUT /api/users/:id/ldap-link', 'administrator'],
  ['DELETE /api/users/:id/ldap-link', 'administrator'],
  ['PUT /api/user-groups/:id/ldap-link', 'administrator'],
  ['DELETE /api/user-groups/:id/ldap-link', 'administrator'],
  ['GET /api/users/me/recovery', 'user'],
  ['DELETE /api/users/me/recovery', 'user'],
  ['POST /api/users/me/recovery-codes', 'session'],
  ['DELETE /api/users/me/recovery-codes', 'session'],
  ['POST /api/users/me/break-glass-code', 'session'],
  ['GET /api/recoveries', 'administrator'],
  ['GET /api/users/:id/recovery', 'administrator'],
  ['DELETE /api/users/:id/recovery', 'administrator'],
  ['GET /api/sessions', 'user'],
  ['DELETE /api/sessions', 'user'],
  ['DELETE /api/sessions/:id', 'user'],
  ['GET /api/users/:id/sessions', 'administrator'],
  ['DELETE /api/users/:id/sessions', 'administrator'],
  ['DELETE /api/users/:id/sessions/:sessionId', 'administrator'],
  ['GET /api/audit-logs/export', 'administrator'],
  ['GET /api/passkeys/compliance', 'administrator'],
  ['GET /api/webauthn/removals', 'user'],
  ['GET /api/webauthn/removals/:passkeyId', 'user'],
  ['POST /api/webauthn/removals/:passkeyId/withdraw', 'session'],
  ['GET /api/users/:id/passkey-removals', 'administrator'],
  ['GET /api/users/:id/passkey-removals/:passkeyId', 'administrator'],
  ['POST /api/users/:id/passkey-removals/:passkeyId/withdraw', 'session'],
  ['GET /api/settings', 'administrator'],
  ['PATCH /api/settings', 'administrator'],
  ['POST /api/oidc/revoke', 'protocol'],
  ['POST /api/oidc/register', 'protocol'],
  ['GET /api/oidc/register/:clientId', 'protocol'],
  ['PUT /api/oidc/register/:clientId', 'protocol'],
  ['DELETE /api/oidc/register/:clientId', 'protocol'],
  ['GET /api/oidc/initial-access-tokens', 'administrator'],
  ['POST /api/oidc/initial-access-tokens', 'administrator'],
  ['DELETE /api/oidc/initial-access-tokens/:id', 'administrator'],
  ['GET /api/oidc/clients/:id/connection-log', 'administrator'],
  ['GET /api/oidc/clients/:id/site-test', 'administrator'],
]

/**
 * Every route of the REST API (Pocket ID 2.14), except those that only its own interface calls. The contract test fails if a
 * line does not match the served routes.
 */
export const contract: readonly ContractRoute[] = [...lines, ...olderLines, ...ownLines].map(routeOf)

function routeOf([call, auth, pending]: Line): ContractRoute {
  const [method, path] = call.split(' ')
  return {
    method: method as ContractRoute['method'],
    path: path as ContractRoute['path'],
    auth,
    status: pending === undefined ? 'served' : 'pending',
    ...(pending !== undefined && { comment: pending }),
  }
}
