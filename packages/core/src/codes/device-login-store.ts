/** What became of a device that asks to be let in. */
export type DeviceLoginStatus = 'pending' | 'approved' | 'denied'

/** A device that asks to be let in by another one, as it is stored. */
export interface StoredDeviceLogin {
  /** A UUID. */
  readonly id: string
  /** SHA-256 of the token that the waiting browser holds, base64url. */
  readonly tokenHash: string
  /** HMAC-SHA-256 of the code that the waiting device shows, base64url. */
  readonly codeHash: string
  /** Of the waiting device. */
  readonly ipAddress: string | null
  readonly userAgent: string | null
  readonly status: DeviceLoginStatus
  /** Who decided; `null` while nobody has. */
  readonly accountId: string | null
  /** The `uid` of the session in which it was decided; `null` while nobody has. */
  readonly sessionUid: string | null
  /** Milliseconds since the Unix epoch. */
  readonly expiresAt: number
}

export interface DeviceLoginDecision {
  readonly status: Exclude<DeviceLoginStatus, 'pending'>
  readonly accountId: string
  /** The `uid` of the session in which it is decided; `null` where there is none. */
  readonly sessionUid: string | null
  /** Now, in milliseconds since the Unix epoch. */
  readonly at: number
}

/** Where devices wait to be let in. */
export interface DeviceLoginStore {
  /** Returns `false`, and stores nothing, where another one has the same code. */
  insert(login: StoredDeviceLogin): Promise<boolean>
  findByCode(codeHash: string): Promise<StoredDeviceLogin | undefined>
  /** The one of this browser. */
  find(id: string, tokenHash: string): Promise<StoredDeviceLogin | undefined>
  /** Decides where nobody has and it has not ended, in one atomic step: of any number of calls at once, one gets `true`. */
  decide(codeHash: string, decision: DeviceLoginDecision): Promise<boolean>
  /** Takes a decided one away and returns it, in one atomic step: of any number of calls at once, one gets it. */
  consume(id: string, tokenHash: string): Promise<StoredDeviceLogin | undefined>
  removeByAccount(accountId: string): Promise<void>
  /** Removes at most `limit` that ended before `before` (milliseconds); returns how many. */
  removeExpired(before: number, limit: number): Promise<number>
}
