/** `next` is published before it signs, `previous` after it signed, so that verifiers always know the key. */
export type KeyStatus = 'next' | 'current' | 'previous'

/** A stored signing key. */
export interface StoredKey {
  /** The `kid` (RFC 7517 §4.5). */
  readonly kid: string
  /** The JOSE algorithm, such as `RS256`. */
  readonly algorithm: string
  readonly status: KeyStatus
  /** The private JWK, encrypted under the master key. */
  readonly encryptedJwk: string
  /** Time of the last status change, in milliseconds since the Unix epoch. */
  readonly statusSince: number
  /** Time of a request to replace this key early, in milliseconds; `null` if there was none. */
  readonly replacementRequestedAt: number | null
}

/** Stores signing keys. Each algorithm has at most one `next` and one `current` key. */
export interface KeyStore {
  /** Sorted by algorithm, then `current`, `next`, `previous`. */
  list(): Promise<readonly StoredKey[]>
  /** Like `list`, but changes of another process may be seen a second later. Called up to ten times a second. */
  listCached(): Promise<readonly StoredKey[]>
  /** Returns `false` without a change if another `next` or `current` key of this algorithm exists. */
  insert(key: StoredKey): Promise<boolean>
  /** Changes the status. Returns `false` without a change if the status is not `from`. `at` is in milliseconds. */
  move(kid: string, from: KeyStatus, to: KeyStatus, at: number): Promise<boolean>
  /** Records a replacement request. Returns `false` without a change if the key is not `current`. */
  requestReplacement(kid: string, at: number): Promise<boolean>
  remove(kid: string): Promise<void>
}
