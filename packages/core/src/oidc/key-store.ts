/** `next` is published before it signs, `previous` is published after it signed: no verifier is ever surprised. */
export type KeyStatus = 'next' | 'current' | 'previous'

/** A signing key as it is stored. */
export interface StoredKey {
  /** The `kid` (RFC 7517 §4.5). */
  readonly kid: string
  /** The JOSE algorithm, `RS256`. */
  readonly algorithm: string
  readonly status: KeyStatus
  /** The private JWK, encrypted under the master key. */
  readonly encryptedJwk: string
  /** Since when it has its status, in milliseconds since the Unix epoch. */
  readonly statusSince: number
  /** When somebody asked to replace this signing key ahead of its schedule, in milliseconds; `null`: nobody did. */
  readonly replacementRequestedAt: number | null
}

/** Where signing keys are kept. Of each algorithm there is at most one `next` and one `current`. */
export interface KeyStore {
  /** By algorithm, then `current`, `next`, `previous`. */
  list(): Promise<readonly StoredKey[]>
  /** Returns `false`, and changes nothing, where another `next` or `current` of this algorithm stands. */
  insert(key: StoredKey): Promise<boolean>
  /** Moves the key on; returns `false`, and changes nothing, where it has not the status `from`. `at` in milliseconds. */
  move(kid: string, from: KeyStatus, to: KeyStatus, at: number): Promise<boolean>
  /** Records that the current key is to be replaced; returns `false`, and changes nothing, where it is not `current`. */
  requestReplacement(kid: string, at: number): Promise<boolean>
  remove(kid: string): Promise<void>
}
