import { maxClockDifference } from '../clock.ts'

/** A record that oidc-provider stores through its adapter. It contains no bearer secrets. */
export interface Artifact {
  /** SHA-256 of model and ID, base64url. */
  readonly key: string
  /** The oidc-provider model: `Session`, `AccessToken`, `AuthorizationCode`, ... */
  readonly model: string
  /** JSON. */
  readonly payload: string
  readonly grantId: string | null
  readonly accountId: string | null
  readonly clientId: string | null
  /** The stable identifier of a session; not a bearer value. */
  readonly uid: string | null
  /** HMAC-SHA-256 of a device flow's user code under a key derived from the master key, base64url. */
  readonly userCodeHash: string | null
  /** Milliseconds since the Unix epoch; `null` if it does not expire. */
  readonly expiresAt: number | null
  /** Milliseconds since the Unix epoch; `null` if not consumed. */
  readonly consumedAt: number | null
  /** Number of uses; `null` means once if `consumedAt` is set, otherwise never. */
  readonly timesConsumed: number | null
  /** Time of the last token request of a device, in milliseconds since the Unix epoch; `null` if there was none. */
  readonly polledAt: number | null
  /** Network that created the artifact without a signed-in user or client credentials; otherwise `null`. */
  readonly network: string | null
}

/** The period in which concurrent uses of an artifact count as one use. */
export interface Leeway {
  /** Milliseconds since the first use. */
  readonly milliseconds: number
  /** Maximum number of uses, including the first. */
  readonly uses: number
}

/** Artifacts to store under a grant. */
export interface Issue {
  readonly grantKey: string
  /** The credential to consume, as `consume` does. */
  readonly use?: { readonly key: string; readonly at: number; readonly leeway?: Leeway | undefined } | undefined
  readonly artifacts: readonly Artifact[]
}

/** `revoked`: the grant is not stored. `used`: the credential was consumed before. Neither changes anything. */
export type IssueOutcome = 'issued' | 'revoked' | 'used'

/** Stores artifacts. Lookups return expired artifacts too; callers check the expiry. */
export interface ArtifactStore {
  /** Inserts the artifact, or replaces all fields except `consumedAt`, `timesConsumed` and `polledAt`. */
  upsert(artifact: Artifact): Promise<void>
  /** Returns `false` without a change if the key exists. */
  insert(artifact: Artifact): Promise<boolean>
  /**
   * Inserts the artifact if fewer than `max` artifacts of its network and model are pending: without an account, not consumed,
   * and expiring after `now` (milliseconds), but not more than five minutes after this artifact: such artifacts were stored
   * before the clock was set back. Otherwise, or if the key exists, returns `false` without a change. Concurrent
   * calls may exceed `max` by the number of calls.
   */
  insertPending(artifact: Artifact, max: number, now: number): Promise<boolean>
  /**
   * Replaces the artifact at `key` with `artifact` atomically (compare-and-set). Returns `false` without a change if there is
   * none or its payload differs from `before`. Keeps the stored network. An artifact with the same key differs only in its payload,
   * account and expiry.
   */
  replace(key: string, artifact: Artifact, before: string): Promise<boolean>
  /**
   * Updates payload and expiry of the artifact with this key atomically. Returns `false` without a change if its payload
   * differs from `before`.
   */
  refresh(artifact: Pick<Artifact, 'key' | 'payload' | 'expiresAt'>, before: string): Promise<boolean>
  find(key: string): Promise<Artifact | undefined>
  /** The artifacts with these keys, of which there are few, and, if that needs no further statement, their grants. */
  findWithGrants(keys: readonly string[]): Promise<readonly Artifact[]>
  /** The artifact and the session with its `uid`, in one statement. */
  findWithSession(key: string): Promise<readonly Artifact[]>
  /** Reads an artifact and locks it until the enclosing transaction ends, in one statement. */
  lock(key: string): Promise<Artifact | undefined>
  findByUid(model: string, uid: string): Promise<Artifact | undefined>
  /** The artifacts of one model that belong to this account, including expired ones. */
  listByAccount(model: string, accountId: string): Promise<readonly Artifact[]>
  /** The distinct accounts that have artifacts of this client, including expired ones. */
  accountsOf(clientId: string): Promise<readonly string[]>
  findByUserCode(model: string, userCodeHash: string): Promise<Artifact | undefined>
  /**
   * Marks the artifact as consumed. Returns `true` for exactly one of any number of calls, or for as many as the leeway allows
   * during its period. `at` is in milliseconds; the first value is kept.
   */
  consume(key: string, at: number, leeway?: Leeway): Promise<boolean>
  /**
   * Consumes a credential and stores artifacts under their grant, atomically. Locks the grant first, so that a concurrent
   * revocation destroys the artifacts or prevents them.
   */
  issue(issue: Issue): Promise<IssueOutcome>
  /**
   * Replaces the artifact that has this key with `artifact`, which has an account, atomically. Returns `false` without a change
   * if the stored one already has an account or is missing.
   */
  decide(artifact: Artifact): Promise<boolean>
  /** Records a poll. Returns `false` without recording it if the last one is less than `interval` (milliseconds) ago. */
  poll(key: string, at: number, interval: number): Promise<boolean>
  destroy(key: string): Promise<void>
  /** Destroys the artifact of this model and uid atomically, and returns its last state. */
  destroyByUid(model: string, uid: string): Promise<Artifact | undefined>
  /** Destroys the artifacts of this model that were issued under the grant. */
  destroyByGrant(model: string, grantId: string): Promise<void>
  /** Destroys all sessions, codes and tokens of this account. */
  destroyByAccount(accountId: string): Promise<void>
  destroyByClient(clientId: string): Promise<void>
  /** Destroys the codes, tokens and grants of the account for this client. */
  destroyByAccountAndClient(accountId: string, clientId: string): Promise<void>
  /** Removes at most `limit` artifacts that expired before `before` (milliseconds) and returns the number removed. */
  removeExpired(before: number, limit: number): Promise<number>
}

/** The latest expiry of a pending artifact with the lifetime of this one. */
export function latestExpiry({ expiresAt }: Pick<Artifact, 'expiresAt'>): number {
  return (expiresAt ?? 0) + maxClockDifference
}
