/**
 * The kind of a recovery code. `recovery`: one of the set that a user keeps. `break_glass`: of an administrator, kept by the
 * operator. `delayed`: sent by e-mail after a waiting period. `ticket`: the right of one browser to add a passkey after it used
 * one of the others.
 */
export type RecoveryCodeKind = 'recovery' | 'break_glass' | 'delayed' | 'ticket'

/** A stored single-use code. */
export interface StoredCode {
  /** HMAC-SHA-256 of the normalized code, base64url, with a key derived from the master key. */
  readonly hash: string
  readonly accountId: string
  /** SHA-256 of the token of the only browser that may use the code, base64url; `null` for any browser. */
  readonly browserHash: string | null
  /** Whether a program created it: a command, or a request with an API key. */
  readonly byProgram: boolean
  /** `null` for a login code. */
  readonly kind: RecoveryCodeKind | null
  /** The `uid` of the session that created a recovery code; `null` for other codes and outside a session. */
  readonly sessionUid: string | null
  /** Milliseconds since the Unix epoch. */
  readonly expiresAt: number
}

/** Stores login codes and recovery codes. */
export interface CodeStore {
  insert(code: StoredCode): Promise<void>
  /**
   * Atomically removes and returns the code: only one of several concurrent calls gets it. A code that is bound to
   * another browser than `browserHash` is kept.
   */
  consume(hash: string, browserHash?: string | null): Promise<StoredCode | undefined>
  find(hash: string): Promise<StoredCode | undefined>
  /** The codes of this kind that expire after `now` (milliseconds). */
  count(accountId: string, kind: RecoveryCodeKind, now: number): Promise<number>
  /** Removes the codes of these kinds; returns the number removed. */
  removeKinds(accountId: string, kinds: readonly RecoveryCodeKind[]): Promise<number>
  /** Removes the recovery codes that these sessions created. */
  removeCreatedIn(accountId: string, sessionUids: readonly string[]): Promise<void>
  /** Returns `false` if the code does not exist. */
  remove(hash: string): Promise<boolean>
  removeByAccount(accountId: string): Promise<void>
  /** Makes all codes of the account expired; they stay until they are consumed or cleaned up. */
  expireByAccount(accountId: string): Promise<void>
  /** Removes at most `limit` codes that expired before `before` (milliseconds); returns the number removed. */
  removeExpired(before: number, limit: number): Promise<number>
}
