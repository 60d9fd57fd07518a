/** Where a client tried something. */
export type ConnectionEndpoint = 'authorization' | 'pushed_authorization_request' | 'device_authorization' | 'token'

/** One attempt of a client, or of somebody on the way to it. Nothing in it lets anybody in. */
export interface ConnectionAttempt {
  readonly id: string
  readonly clientId: string
  /** Rises from attempt to attempt. */
  readonly sequence: number
  /** Milliseconds since the Unix epoch. */
  readonly at: number
  readonly endpoint: ConnectionEndpoint
  readonly accountId: string | null
  /** The network of a stranger: nobody is signed in, and no client has proved who it is. `null` where it is known who tried. */
  readonly stranger: string | null
  /** What was received, with `(hidden)` in the place of secrets, codes and tokens. */
  readonly parameters: Readonly<Record<string, string>>
  /** The names of parameters that mean nothing here and were ignored. */
  readonly ignoredParameters: readonly string[]
  /** How the client said who it is: a `token_endpoint_auth_method`, or `federated`; `null` where nobody asked. */
  readonly clientAuthentication: string | null
  /** Whether PKCE was used (RFC 7636). */
  readonly pkce: boolean
  readonly redirectUri: string | null
  readonly succeeded: boolean
  /** The error of OAuth 2.0 or OpenID Connect; `null` where it succeeded. */
  readonly error: string | null
  /** Why, for administrators; `null` where it succeeded. */
  readonly reason: string | null
  readonly requestId: string
  readonly ipAddress: string | null
}

/** How many of each are kept, whoever else tries. */
export function keptAnyway(limit: number) {
  return { known: Math.floor(limit / 2), person: Math.ceil(limit / 5), network: Math.ceil(limit / 10) } as const
}

/** Where attempts are kept. */
export interface ConnectionLogStore {
  /**
   * Adds the attempts, and keeps the last `limit` of each of their clients: but anybody can make any number of them, so that
   * half of the room is for those of whom it is known who they are, and while others need it no person takes more than a fifth
   * and no network of strangers more than a tenth. Attempts of unknown clients are left out.
   */
  insert(attempts: readonly ConnectionAttempt[], limit: number): Promise<void>
  /** The last attempts, the newest first. */
  list(clientId: string, limit: number): Promise<readonly ConnectionAttempt[]>
  /** The newest attempt of each of these clients; those without one are left out. One statement. */
  latest(clientIds: readonly string[]): Promise<readonly ConnectionAttempt[]>
  removeByAccount(accountId: string): Promise<void>
}
