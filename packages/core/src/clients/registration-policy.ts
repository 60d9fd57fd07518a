/**
 * Policy for client self-registration (RFC 7591 §3).
 *
 * @example
 * ```ts
 * protocol: { clientRegistration: async () => ({ mode: 'with-token', restrictToGroups: true, documentPatterns: [] }) }
 * ```
 */
export interface ClientRegistrationPolicy {
  /** Who may register clients by RFC 7591: no one, holders of an initial access token, or anyone. */
  readonly mode: 'off' | 'with-token' | 'open'
  /**
   * Whether newly registered clients are restricted to allowed groups; no user can access them until an administrator
   * assigns a group.
   */
  readonly restrictToGroups: boolean
  /**
   * Patterns of client IDs that are URLs of metadata documents (OAuth Client ID Metadata Document), in the syntax of
   * redirect URI patterns; `*` allows all. Without patterns, no document is fetched.
   */
  readonly documentPatterns: readonly string[]
}
