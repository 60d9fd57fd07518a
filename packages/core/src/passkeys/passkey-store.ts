import type { Passkey } from './passkey.ts'

/** The data of a verified sign-in to record for a passkey. */
export interface PasskeyUse {
  readonly counter: number
  readonly backedUp: boolean
  /** Whether the passkey verified the user this time. */
  readonly userVerified: boolean
  /** The RP ID that the response was verified for. */
  readonly rpId: string
  /** Milliseconds since the Unix epoch. */
  readonly at: number
}

/** A summary of the passkeys of an account. */
export interface PasskeySummary {
  readonly accountId: string
  /** At least one. */
  readonly count: number
  /** The number of synced passkeys. */
  readonly synced: number
  /** When any of them was last used, in milliseconds since the Unix epoch. */
  readonly lastUsedAt: number | null
}

/** Passkey statistics over all accounts. */
export interface PasskeyOverview {
  /** The number of accounts with passkeys. */
  readonly accounts: number
  /** The number of accounts whose only passkey is not synced. */
  readonly withSingleDevicePasskey: number
}

/** Accounts with one passkey, with one passkey that is not synced, or with several passkeys. */
export type PasskeyFilter = (typeof passkeyFilters)[number]

export const passkeyFilters = ['single', 'on-one-device-only', 'several'] as const

/** Stores passkeys. */
export interface PasskeyStore {
  /** Returns `false` without a change if any account has registered this credential ID. */
  insert(passkey: Passkey): Promise<boolean>
  findByCredentialId(credentialId: string): Promise<Passkey | undefined>
  /** Oldest first. */
  listByAccount(accountId: string): Promise<readonly Passkey[]>
  /** Keeps the highest counter, so that concurrent sign-ins cannot decrease it. Once set, `userVerified` stays `true`. */
  recordUse(id: string, use: PasskeyUse): Promise<void>
  /** Records when the signature counter did not increase (milliseconds since the Unix epoch). */
  recordCounterRegression(id: string, at: number): Promise<void>
  /** Whether any passkey has never verified its user. Called at every sign-in, so it must not scan a table. */
  hasUnverified(): Promise<boolean>
  /** At most `limit` passkeys of all accounts with IDs after `after`, sorted by ID. */
  page(after: string, limit: number): Promise<readonly Passkey[]>
  /** The summaries of those accounts that have passkeys, read with one statement. */
  summarize(accountIds: readonly string[]): Promise<readonly PasskeySummary[]>
  overview(): Promise<PasskeyOverview>
  /** The accounts with passkeys, optionally filtered. Without passkeys that are bound to another RP ID than `rpId`. */
  accountIds(filter?: PasskeyFilter, rpId?: string): Promise<readonly string[]>
  /** Returns `false` if this account has no such passkey. */
  rename(accountId: string, id: string, name: string): Promise<boolean>
  /**
   * Removes the passkey unless it is the last one of the account, or the last one not in `refused` (IDs of passkeys that the
   * policy rejects). Concurrent removals are serialized.
   */
  removeUnlessLast(accountId: string, id: string, refused?: readonly string[]): Promise<'removed' | 'last' | 'missing'>
  /** Removes the passkey, even the last one of the account. Returns `false` if this account has no such passkey. */
  remove(accountId: string, id: string): Promise<boolean>
  removeByAccount(accountId: string): Promise<void>
}
