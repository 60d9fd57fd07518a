/** A member of oidc-provider that Pocket replaces. */
export interface Override {
  /** `Model.member` for static members, `Model.prototype.member` for others. */
  readonly member: string
  /** A test file in `packages/core/test` that fails without the override. */
  readonly test: string
  /** Other undocumented members that the replacement uses. */
  readonly uses?: readonly string[]
}

/**
 * The undocumented members of oidc-provider that Pocket replaces, each exactly once, in the order of their installation. The
 * replaced members are read before the first one is replaced. `ARCHITECTURE.md` says what breaks without each.
 */
export const overrides = [
  { member: 'Provider.prototype.registerGrantType', test: 'flows/refresh-responses.test.ts' },
  { member: 'Client.prototype.redirectUriAllowed', test: 'flows/redirect-uris.test.ts' },
  { member: 'Client.prototype.postLogoutRedirectUriAllowed', test: 'flows/logout-without-prompt.test.ts' },
  { member: 'Client.prototype.grantTypeAllowed', test: 'flows/device.test.ts' },
  { member: 'Client.prototype.compareClientSecret', test: 'flows/client-authentication.test.ts' },
  { member: 'Client.prototype.backchannelLogout', test: 'flows/back-channel-logout.test.ts' },
  { member: 'Claims.prototype.result', test: 'flows/claims.test.ts' },
  {
    member: 'AccessToken.prototype.getValueAndPayload',
    test: 'flows/apis.test.ts',
    uses: ['AccessToken.IN_PAYLOAD'],
  },
  {
    member: 'ClientCredentials.prototype.getValueAndPayload',
    test: 'flows/client-credentials.test.ts',
    uses: ['ClientCredentials.IN_PAYLOAD'],
  },
  { member: 'Session.instantiate', test: 'flows/session.test.ts' },
  {
    member: 'Grant.instantiate',
    test: 'flows/parallel-authorizations.test.ts',
    uses: ['Grant.prototype.getValueAndPayload', 'Grant.prototype.adapter'],
  },
  { member: 'Grant.prototype.getOIDCScopeFiltered', test: 'flows/oauth-requests.test.ts' },
  {
    member: 'Interaction.instantiate',
    test: 'flows/parallel-interactions.test.ts',
    uses: ['Interaction.prototype.getValueAndPayload', 'Interaction.prototype.adapter', 'Interaction.adapter'],
  },
  { member: 'Interaction.prototype.save', test: 'flows/parallel-interactions.test.ts' },
  { member: 'Session.IN_PAYLOAD', test: 'flows/session.test.ts' },
  {
    member: 'Session.prototype.save',
    test: 'flows/session.test.ts',
    uses: ['Session.prototype.getValueAndPayload', 'Session.prototype.adapter', 'Session.adapter'],
  },
  { member: 'Session.prototype.destroy', test: 'flows/access-revocation.test.ts' },
  { member: 'Session.prototype.loginAccount', test: 'flows/session.test.ts' },
  { member: 'Session.prototype.resetIdentifier', test: 'flows/browser-sessions.test.ts' },
  { member: 'ReplayDetection.unique', test: 'flows/two-processes.full.test.ts' },
  { member: 'OIDCContext.prototype.clientJwtAuthExpectedAudience', test: 'flows/documents.test.ts' },
] as const satisfies readonly Override[]

export type OverriddenMember = (typeof overrides)[number]['member']
