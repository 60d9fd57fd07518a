/** A member of oidc-provider that Pocket replaces. */
export interface Override {
  /** `Model.member` for static members, `Model.prototype.member` for others. */
  readonly member: string
  readonly reason: string
  /** What breaks without the override; `test` proves it. */
  readonly impact: string
  /** The closest documented extension point, and why it does not suffice. */
  readonly documented: string
  /** The extension point of oidc-provider that would make the override unnecessary. */
  readonly upstream: string
  /** A test file in `packages/core/test` that fails without the override. */
  readonly test: string
  /** Other undocumented members that the replacement uses. */
  readonly uses?: readonly string[]
}

/**
 * The undocumented members of oidc-provider that Pocket replaces, each exactly once, in the order of their installation. The
 * replaced members are read before the first one is replaced. `ARCHITECTURE.md` repeats `member` and `reason`.
 */
export const overrides = [
  {
    member: 'Provider.prototype.registerGrantType',
    reason: 'answers a repeated refresh with the same tokens, and stores no token of a revoked grant',
    impact:
      'A client that repeats a refresh after a lost response loses its grant, and tokens issued during a revocation stay stored.',
    documented:
      'Custom grant types replace a built-in handler, but cannot call it; middleware sees only its error response.',
    upstream: 'access to the built-in grant type handlers, so that they can be wrapped',
    test: 'flows/refresh-responses.test.ts',
  },
  {
    member: 'Client.prototype.redirectUriAllowed',
    reason: 'matches redirect URIs with wildcards and any loopback port',
    impact: 'Every redirect URI is rejected, because the library compares it with placeholders.',
    documented: 'Client metadata only lists exact redirect URIs.',
    upstream: 'an option that decides whether a redirect URI is allowed',
    test: 'flows/redirect-uris.test.ts',
  },
  {
    member: 'Client.prototype.postLogoutRedirectUriAllowed',
    reason: 'matches post-logout redirect URIs with wildcards',
    impact: 'Every post-logout redirect URI is rejected, because the library knows none.',
    documented: 'Client metadata only lists exact redirect URIs.',
    upstream: 'an option that decides whether a post-logout redirect URI is allowed',
    test: 'flows/logout-without-prompt.test.ts',
  },
  {
    member: 'Client.prototype.grantTypeAllowed',
    reason: 'allows the device flow to pairwise clients without a private key',
    impact: 'Pairwise clients that authenticate with a secret cannot use the device flow.',
    documented: '`sectorIdentifierUriValidate` does not skip the check of the authentication method.',
    upstream: 'pairwise clients with the device flow and any authentication method',
    test: 'flows/device.test.ts',
  },
  {
    member: 'Client.prototype.compareClientSecret',
    reason: 'compares with hashed secrets; a client may have several',
    impact: 'Every client secret is rejected, because the library compares it with a placeholder.',
    documented: 'Client metadata has a single secret, in plain text.',
    upstream: 'an option that compares client secrets',
    test: 'flows/client-authentication.test.ts',
  },
  {
    member: 'Client.prototype.backchannelLogout',
    reason: 'queues logout tokens instead of sending them once',
    impact: 'Logout tokens are sent twice, and users wait for slow clients when they sign out.',
    documented:
      'Without `features.backchannelLogout` the library knows neither the metadata nor the logout token; `fetch` runs after signing.',
    upstream: 'an option that sends logout tokens',
    test: 'flows/back-channel-logout.test.ts',
  },
  {
    member: 'Claims.prototype.result',
    reason: 'releases claims whose names are not configured',
    impact: 'Custom claims of users, groups and hosts, and the claims about an ID token itself, are missing.',
    documented: '`findAccount` returns any claims, but the library drops those that the `claims` option does not name.',
    upstream: 'a `claims` option that is a function',
    test: 'flows/claims.test.ts',
  },
  {
    member: 'AccessToken.prototype.getValueAndPayload',
    reason: 'signs JWT access tokens of logins, stores all JWTs, and adds OpenID scopes to API tokens',
    impact: 'Clients with JWT access tokens get opaque ones, and UserInfo and introspection reject API tokens.',
    documented:
      '`getResourceServerInfo` chooses the format, but JWTs are not stored; `formats.customizers.jwt` changes only their content.',
    upstream: 'stored JWT access tokens',
    test: 'flows/apis.test.ts',
    uses: ['AccessToken.IN_PAYLOAD'],
  },
  {
    member: 'ClientCredentials.prototype.getValueAndPayload',
    reason: 'signs JWTs for clients that act for themselves, and stores them',
    impact: 'Client credentials tokens without an API are opaque, and introspection rejects those for APIs.',
    documented: '`getResourceServerInfo` chooses the format only for APIs, and JWTs are not stored.',
    upstream: 'stored JWT access tokens',
    test: 'flows/client-credentials.test.ts',
    uses: ['ClientCredentials.IN_PAYLOAD'],
  },
  {
    member: 'Session.instantiate',
    reason: 'remembers the stored text of a session, for compare-and-set',
    impact: 'Concurrent changes of a session are lost.',
    documented: 'The adapter receives a payload, not the instance that it was read for.',
    upstream: 'a version that the adapter returns and receives',
    test: 'flows/session.test.ts',
  },
  {
    member: 'Grant.instantiate',
    reason: 'remembers the stored text of a grant, for compare-and-set',
    impact: 'A grant that was revoked concurrently is stored again.',
    documented: 'The adapter receives a payload, not the instance that it was read for.',
    upstream: 'a version that the adapter returns and receives',
    test: 'flows/parallel-authorizations.test.ts',
    uses: ['Grant.prototype.getValueAndPayload', 'Grant.prototype.adapter'],
  },
  {
    member: 'Grant.prototype.getOIDCScopeFiltered',
    reason: 'lets an authorization without scopes succeed',
    impact: 'A request without scopes is answered with `access_denied`.',
    documented:
      '`loadExistingGrant` returns any grant, but the library denies access if it has no scope of the request.',
    upstream: 'an option that accepts authorizations without scopes',
    test: 'flows/oauth-requests.test.ts',
  },
  {
    member: 'Interaction.instantiate',
    reason: 'remembers the stored text of an interaction, for compare-and-set',
    impact: 'An interaction that was answered in another tab is answered again.',
    documented: 'The adapter receives a payload, not the instance that it was read for.',
    upstream: 'a version that the adapter returns and receives',
    test: 'flows/parallel-interactions.test.ts',
    uses: ['Interaction.prototype.getValueAndPayload', 'Interaction.prototype.adapter', 'Interaction.adapter'],
  },
  {
    member: 'Interaction.prototype.save',
    reason: 'does not store an interaction again after it has ended',
    impact: 'A second tab recreates an interaction that another tab has finished.',
    documented: 'The adapter cannot distinguish a new interaction from a stored one.',
    upstream: 'an adapter method that only updates',
    test: 'flows/parallel-interactions.test.ts',
  },
  {
    member: 'Session.IN_PAYLOAD',
    reason: 'stores the last use and the revision with the session',
    impact: 'The last use of a session is unknown, and withdrawn access returns with a concurrent change.',
    documented: 'The adapter could add fields, but the session would not carry them.',
    upstream: 'additional session fields',
    test: 'flows/session.test.ts',
  },
  {
    member: 'Session.prototype.save',
    reason: 'stores sessions by compare-and-set and merges concurrent changes',
    impact: 'Concurrent requests of a browser overwrite each other’s sessions.',
    documented: '`ttl.Session` decides only the lifetime; the adapter cannot merge into the session of the request.',
    upstream: 'a version that the adapter returns and receives',
    test: 'flows/session.test.ts',
    uses: ['Session.prototype.getValueAndPayload', 'Session.prototype.adapter', 'Session.adapter'],
  },
  {
    member: 'Session.prototype.destroy',
    reason: 'ends the grants of a session with it',
    impact: 'Tokens stay valid after the sign-out.',
    documented: 'The adapter could end the grants, but not decide which sessions of the browser end.',
    upstream: 'an option that ends sessions',
    test: 'flows/access-revocation.test.ts',
  },
  {
    member: 'Session.prototype.loginAccount',
    reason: 'starts sessions only together with their history',
    impact: 'A resumed interaction signs in again after the session has ended.',
    documented: '`interactions.policy` runs after the library has signed the user in.',
    upstream: 'an option that starts sessions',
    test: 'flows/session.test.ts',
  },
  {
    member: 'Session.prototype.resetIdentifier',
    reason: 'changes the session ID only with the account or the authentication level',
    impact: 'A late response replaces the cookie of a later sign-in, since each interaction changes the session ID.',
    documented: 'No option concerns the session ID.',
    upstream: 'an option that decides when the session ID changes',
    test: 'flows/browser-sessions.test.ts',
  },
  {
    member: 'ReplayDetection.unique',
    reason: 'detects concurrent replays of assertions and DPoP proofs by an insert',
    impact: 'Two processes accept the same assertion or proof.',
    documented:
      'An error of the adapter is a server error; `assertJwtClientAuthClaimsAndHeader` does not run for DPoP proofs.',
    upstream: 'an adapter method that inserts once and reports whether it did',
    test: 'flows/two-processes.full.test.ts',
  },
  {
    member: 'OIDCContext.prototype.clientJwtAuthExpectedAudience',
    reason: 'accepts client assertions for each URL of an endpoint',
    impact: 'A client assertion for the public URL is rejected at the internal origin, and the reverse.',
    documented: '`assertJwtClientAuthClaimsAndHeader` runs after the check of the audience.',
    upstream: 'an option with the accepted audiences',
    test: 'flows/documents.test.ts',
  },
] as const satisfies readonly Override[]

export type OverriddenMember = (typeof overrides)[number]['member']
