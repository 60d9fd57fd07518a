/** A member of oidc-provider that Pocket replaces. */
export interface Override {
  /** `Model.member` for static members, `Model.prototype.member` for others. */
  readonly member: string
  readonly why: string
  /** What breaks without the override; `test` proves it. */
  readonly without: string
  /** The extension point of oidc-provider that would make the override unnecessary. */
  readonly upstream: string
  /** A test file in `packages/core/test` that fails without the override. */
  readonly test: string
  /** Other undocumented members that the replacement uses. */
  readonly uses?: readonly string[]
}

/**
 * The undocumented members of oidc-provider that Pocket replaces, each exactly once, in the order of their installation. The
 * replaced members are read before the first one is replaced. `ARCHITECTURE.md` repeats `member` and `why`.
 */
export const overrides = [
  {
    member: 'Provider.prototype.registerGrantType',
    why: 'answers a repeated refresh with the same tokens',
    without: 'A client that repeats a refresh after a lost response loses its grant.',
    upstream: 'access to the built-in grant type handlers, so that they can be wrapped',
    test: 'flows/refresh-answers.test.ts',
  },
  {
    member: 'Client.prototype.redirectUriAllowed',
    why: 'matches redirect URIs with wildcards and any loopback port',
    without: 'Every redirect URI is rejected, because the library compares it with placeholders.',
    upstream: 'an option that decides whether a redirect URI is allowed',
    test: 'flows/redirect-uris.test.ts',
  },
  {
    member: 'Client.prototype.postLogoutRedirectUriAllowed',
    why: 'matches post-logout redirect URIs with wildcards',
    without: 'Every post-logout redirect URI is rejected, because the library knows none.',
    upstream: 'an option that decides whether a post-logout redirect URI is allowed',
    test: 'flows/logout-without-prompt.test.ts',
  },
  {
    member: 'Client.prototype.grantTypeAllowed',
    why: 'allows the device flow to pairwise clients without a private key',
    without: 'Pairwise clients that authenticate with a secret cannot use the device flow.',
    upstream: 'pairwise clients with the device flow and any authentication method',
    test: 'flows/device.test.ts',
  },
  {
    member: 'Client.prototype.compareClientSecret',
    why: 'compares with hashed secrets, of which a client may have several',
    without: 'Every client secret is rejected, because the library compares it with a placeholder.',
    upstream: 'an option that compares client secrets',
    test: 'flows/client-authentication.test.ts',
  },
  {
    member: 'Client.prototype.backchannelLogout',
    why: 'queues logout tokens instead of sending them once',
    without: 'Logout tokens are sent twice, and users wait for slow clients when they sign out.',
    upstream: 'an option that sends logout tokens',
    test: 'flows/back-channel-logout.test.ts',
  },
  {
    member: 'Claims.prototype.result',
    why: 'releases claims whose names are not configured',
    without: 'Custom claims of users, groups and hosts, and the claims about an ID token itself, are missing.',
    upstream: 'a `claims` option that is a function',
    test: 'flows/claims.test.ts',
  },
  {
    member: 'AccessToken.prototype.getValueAndPayload',
    why: 'signs and stores JWT access tokens that UserInfo accepts, and adds OpenID scopes to API tokens',
    without: 'Clients with JWT access tokens get opaque ones, and UserInfo rejects API tokens.',
    upstream: 'stored JWT access tokens',
    test: 'flows/apis.test.ts',
    uses: ['AccessToken.IN_PAYLOAD'],
  },
  {
    member: 'Session.instantiate',
    why: 'remembers the stored text of a session, for compare-and-set',
    without: 'Concurrent changes of a session are lost.',
    upstream: 'a version that the adapter returns and receives',
    test: 'flows/session.test.ts',
  },
  {
    member: 'Grant.instantiate',
    why: 'remembers the stored text of a grant, for compare-and-set',
    without: 'A grant that was revoked concurrently is stored again.',
    upstream: 'a version that the adapter returns and receives',
    test: 'flows/parallel-authorizations.test.ts',
    uses: ['Grant.prototype.getValueAndPayload', 'Grant.prototype.adapter'],
  },
  {
    member: 'Interaction.instantiate',
    why: 'remembers the stored text of an interaction, for compare-and-set',
    without: 'An interaction that was answered in another tab is answered again.',
    upstream: 'a version that the adapter returns and receives',
    test: 'flows/parallel-interactions.test.ts',
    uses: ['Interaction.prototype.getValueAndPayload', 'Interaction.prototype.adapter', 'Interaction.adapter'],
  },
  {
    member: 'Interaction.prototype.save',
    why: 'does not store an interaction again after it has ended',
    without: 'A second tab recreates an interaction that another tab has finished.',
    upstream: 'an adapter method that only updates',
    test: 'flows/parallel-interactions.test.ts',
  },
  {
    member: 'Session.IN_PAYLOAD',
    why: 'stores the last use, the revision and the browser with the session',
    without: 'The last use of a session is unknown, and withdrawn access returns with a concurrent change.',
    upstream: 'additional session fields',
    test: 'flows/session.test.ts',
  },
  {
    member: 'Session.prototype.save',
    why: 'stores sessions by compare-and-set and merges concurrent changes',
    without: 'Concurrent requests of a browser overwrite each other’s sessions.',
    upstream: 'a version that the adapter returns and receives',
    test: 'flows/session.test.ts',
    uses: ['Session.prototype.getValueAndPayload', 'Session.prototype.adapter', 'Session.adapter'],
  },
  {
    member: 'Session.prototype.destroy',
    why: 'ends the grants of a session with it',
    without: 'Tokens stay valid after the sign-out.',
    upstream: 'an option that ends sessions',
    test: 'flows/ends.test.ts',
  },
  {
    member: 'Session.prototype.loginAccount',
    why: 'starts sessions only together with their history',
    without: 'A resumed interaction signs in again after the session has ended.',
    upstream: 'an option that starts sessions',
    test: 'flows/session.test.ts',
  },
  {
    member: 'Session.prototype.resetIdentifier',
    why: 'changes the session ID only with the account or the authentication level',
    without: 'Of two concurrent interactions, one sets the cookie of a session that is not stored.',
    upstream: 'an option that decides when the session ID changes',
    test: 'flows/parallel-interactions.test.ts',
  },
  {
    member: 'ReplayDetection.unique',
    why: 'detects concurrent replays of assertions and DPoP proofs by an insert',
    without: 'Two processes accept the same assertion or proof.',
    upstream: 'an adapter method that inserts once and reports whether it did',
    test: 'flows/two-processes.test.ts',
  },
  {
    member: 'OIDCContext.prototype.clientJwtAuthExpectedAudience',
    why: 'accepts client assertions for each URL of an endpoint',
    without: 'A client assertion for the public URL is rejected at the internal origin, and the reverse.',
    upstream: 'an option with the accepted audiences',
    test: 'flows/documents.test.ts',
  },
] as const satisfies readonly Override[]

export type OverriddenMember = (typeof overrides)[number]['member']
