/** The endpoint of a connection attempt. */
export type ConnectionEndpoint =
  | 'authorization'
  | 'pushed_authorization_request'
  | 'device_authorization'
  | 'token'
  | 'forward_auth'

/** A connection attempt of a client, or of a user signing in to it. It contains no credentials. */
export interface ConnectionAttempt {
  readonly id: string
  readonly clientId: string
  /** Increases with each attempt. */
  readonly sequence: number
  /** Milliseconds since the Unix epoch. */
  readonly at: number
  readonly endpoint: ConnectionEndpoint
  readonly accountId: string | null
  /** The network of an unauthenticated request; `null` if a user or a client was authenticated. */
  readonly unauthenticatedNetwork: string | null
  /** The request parameters; secrets, codes and tokens are replaced by `(hidden)`. */
  readonly parameters: Readonly<Record<string, string>>
  /** The names of unknown parameters, which were ignored. */
  readonly ignoredParameters: readonly string[]
  /** The client authentication method: a `token_endpoint_auth_method`, or `federated`; `null` if none was required. */
  readonly clientAuthentication: string | null
  /** Whether PKCE was used (RFC 7636). */
  readonly pkce: boolean
  readonly redirectUri: string | null
  readonly succeeded: boolean
  /** The OAuth 2.0 or OpenID Connect error; `null` on success. */
  readonly error: string | null
  /** The reason for administrators; `null` on success. */
  readonly reason: string | null
  readonly requestId: string
  readonly ipAddress: string | null
}

/** Entries reserved for authenticated sources, and the shares of each user and each unauthenticated network. */
export function reservedEntries(limit: number) {
  return { authenticated: Math.floor(limit / 2), user: Math.ceil(limit / 5), network: Math.ceil(limit / 10) } as const
}

/** Stores connection attempts. */
export interface ConnectionLogStore {
  /**
   * Adds attempts; with a `limit`, keeps only the last ones of each client of these attempts. Because anyone can cause attempts, half of the entries are
   * reserved for authenticated users and clients; if space is needed, each user gets at most a fifth and each
   * unauthenticated network at most a tenth. Attempts of unknown clients are ignored.
   */
  insert(attempts: readonly ConnectionAttempt[], limit?: number): Promise<void>
  /** The last attempts, newest first. */
  list(clientId: string, limit: number): Promise<readonly ConnectionAttempt[]>
  /** The newest attempt of each of these clients; clients without attempts are omitted. One statement. */
  latest(clientIds: readonly string[]): Promise<readonly ConnectionAttempt[]>
  removeByAccount(accountId: string): Promise<void>
  /** Moves all attempts of a client to another ID, in the transaction that renames the client. */
  renameClient(clientId: string, newId: string): Promise<void>
}
