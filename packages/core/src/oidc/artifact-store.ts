/** Anything that oidc-provider stores through its adapter, ready to be written: nothing in it is a bearer's secret. */
export interface Artifact {
  /** SHA-256 of model and id, base64url. */
  readonly key: string
  /** The library's model: `Session`, `AccessToken`, `AuthorizationCode`, ... */
  readonly model: string
  /** JSON. */
  readonly payload: string
  readonly grantId: string | null
  readonly accountId: string | null
  readonly clientId: string | null
  /** A session's stable name; no bearer value. */
  readonly uid: string | null
  /** HMAC-SHA-256 of a device flow's user code under a key derived from the master key, base64url. */
  readonly userCodeHash: string | null
  /** Milliseconds since the Unix epoch; `null` lives until it is removed. */
  readonly expiresAt: number | null
  /** Milliseconds since the Unix epoch; `null` while it has not been consumed. */
  readonly consumedAt: number | null
  /** How often it was consumed; `null` stands for as often as `consumedAt` says: once, or never. */
  readonly timesConsumed: number | null
  /** When a device asked for the tokens of its code for the last time, in milliseconds since the Unix epoch; `null`: never. */
  readonly polledAt: number | null
  /** The network of whoever started it without being signed in and without a client's credentials; `null` otherwise. */
  readonly network: string | null
}

/** Within which crossing uses of one artifact count as one. */
export interface Leeway {
  /** Milliseconds since the first use. */
  readonly milliseconds: number
  /** The most uses, the first one included. */
  readonly uses: number
}

/** Where artifacts are kept. Expired ones are found like others: who asks decides what that means. */
export interface ArtifactStore {
  /** Inserts, or replaces everything but `consumedAt`, `timesConsumed` and `polledAt`. */
  upsert(artifact: Artifact): Promise<void>
  /** Returns `false`, and changes nothing, where the key is taken. */
  insert(artifact: Artifact): Promise<boolean>
  /**
   * Inserts the artifact if fewer than `max` of its network and model are pending: they belong to nobody, were not consumed and
   * end after `now` (milliseconds). Returns `false`, and changes nothing, otherwise, or if the key is taken. Calls at the same
   * moment may exceed `max` by their number.
   */
  insertPending(artifact: Artifact, max: number, now: number): Promise<boolean>
  /**
   * Puts `artifact` in the place of the one at `key`, in one step (compare-and-set); returns `false`, and changes nothing, if
   * there is none or its payload is not `before` any more. Its network stays as it was.
   */
  replace(key: string, artifact: Artifact, before: string): Promise<boolean>
  /**
   * Changes payload and end of the one with this key, in one step; returns `false`, and changes nothing, where its payload
   * is not `before` any more.
   */
  refresh(artifact: Pick<Artifact, 'key' | 'payload' | 'expiresAt'>, before: string): Promise<boolean>
  find(key: string): Promise<Artifact | undefined>
  findByUid(model: string, uid: string): Promise<Artifact | undefined>
  /** The artifacts of one model that let this account in; expired ones too. */
  listByAccount(model: string, accountId: string): Promise<readonly Artifact[]>
  /** The accounts that let this client have anything, each once; expired things too. */
  accountsOf(clientId: string): Promise<readonly string[]>
  findByUserCode(model: string, userCodeHash: string): Promise<Artifact | undefined>
  /**
   * Marks it as consumed; returns `true` for exactly one of any number of calls, or for as many as the leeway allows while
   * it lasts. `at` in milliseconds; the first one is kept.
   */
  consume(key: string, at: number, leeway?: Leeway): Promise<boolean>
  /**
   * Puts `artifact`, which belongs to an account, in the place of the one with its key, in one step; returns `false`, and
   * changes nothing, where that belongs to an account already or is gone.
   */
  decide(artifact: Artifact): Promise<boolean>
  /**
   * Notes that somebody asks for it again; returns `false`, and notes nothing, where the last time is less than `interval`
   * (milliseconds) ago.
   */
  poll(key: string, at: number, interval: number): Promise<boolean>
  destroy(key: string): Promise<void>
  /** Destroys the artifact of this model and uid in one step, and returns it as it was then. */
  destroyByUid(model: string, uid: string): Promise<Artifact | undefined>
  /** Destroys the artifacts of this one model that were given under the grant. */
  destroyByGrant(model: string, grantId: string): Promise<void>
  /** Destroys everything that lets this account in: sessions, codes and tokens. */
  destroyByAccount(accountId: string): Promise<void>
  destroyByClient(clientId: string): Promise<void>
  /** Destroys what the account let this client have: codes, tokens, grants. */
  destroyByAccountAndClient(accountId: string, clientId: string): Promise<void>
  /** Removes at most `limit` artifacts that ended before `before` (milliseconds); returns how many. */
  removeExpired(before: number, limit: number): Promise<number>
}
