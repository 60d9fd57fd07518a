import type { Passkey } from './passkey.ts'

/** What a verified sign-in tells about a passkey. */
export interface PasskeyUse {
  readonly counter: number
  readonly backedUp: boolean
  /** Whether the passkey verified its user this time. */
  readonly userVerified: boolean
  /** Milliseconds since the Unix epoch. */
  readonly at: number
}

/** What the passkeys of an account are, taken together. */
export interface PasskeySummary {
  readonly accountId: string
  /** At least one. */
  readonly count: number
  /** How many of them are kept by more than one device. */
  readonly synced: number
  /** When any of them was last used. Milliseconds since the Unix epoch. */
  readonly lastUsedAt: number | null
}

/** How people are off for passkeys. */
export interface PasskeyOverview {
  /** Accounts with a passkey. */
  readonly accounts: number
  /** Those among them with a single one, which is on one device only. */
  readonly withSingleDevicePasskey: number
}

/** A single one, or a single one that is on one device only. */
export type PasskeysHad = 'single' | 'on-one-device-only'

/** Where passkeys are kept. */
export interface PasskeyStore {
  /** Returns `false`, and changes nothing, where the credential id is already registered by anybody. */
  insert(passkey: Passkey): Promise<boolean>
  findByCredentialId(credentialId: string): Promise<Passkey | undefined>
  /** The oldest first. */
  listByAccount(accountId: string): Promise<readonly Passkey[]>
  /** Keeps the highest counter seen, so that two sign-ins at once cannot turn it back; one that verified its user once is one that can. */
  recordUse(id: string, use: PasskeyUse): Promise<void>
  /** Remembers when the signature counter did not rise (milliseconds since the Unix epoch). */
  recordCounterRegression(id: string, at: number): Promise<void>
  /** Whether anybody has a passkey that has never verified its user. Asked at every sign-in: it reads no table. */
  hasUnverified(): Promise<boolean>
  /** At most `limit` passkeys of all accounts, in the order of their ids, from after that of `after`. */
  page(after: string, limit: number): Promise<readonly Passkey[]>
  /** Of those of these accounts that have any, in one statement. */
  summarize(accountIds: readonly string[]): Promise<readonly PasskeySummary[]>
  overview(): Promise<PasskeyOverview>
  /** Every account with a passkey, or with these passkeys alone. */
  accountIds(having?: PasskeysHad): Promise<readonly string[]>
  /** Returns `false` where this account has no such passkey. */
  rename(accountId: string, id: string, name: string): Promise<boolean>
  /**
   * Removes it unless it is the account's last one, or the last one that is not among those `refused` (ids of passkeys
   * that let nobody in any more). Of two removals at once, the second sees the first.
   */
  removeUnlessLast(accountId: string, id: string, refused?: readonly string[]): Promise<'removed' | 'last' | 'missing'>
  /** Removes it, the account's last one too. Returns `false` where this account has no such passkey. */
  remove(accountId: string, id: string): Promise<boolean>
  removeByAccount(accountId: string): Promise<void>
}
