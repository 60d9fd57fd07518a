/** The status of a device login request. */
export type DeviceLoginStatus = 'pending' | 'approved' | 'denied'

/** A stored sign-in request of another device. */
export interface StoredDeviceLogin {
  /** A UUID. */
  readonly id: string
  /** SHA-256 of the token of the requesting browser, base64url. */
  readonly tokenHash: string
  /** HMAC-SHA-256 of the code on the requesting device, base64url. */
  readonly codeHash: string
  /** The IP address of the requesting device. */
  readonly ipAddress: string | null
  readonly userAgent: string | null
  readonly status: DeviceLoginStatus
  /** The account that approved or denied the request; `null` while it is pending. */
  readonly accountId: string | null
  /** The `uid` of the session that approved or denied the request; `null` while it is pending. */
  readonly sessionUid: string | null
  /** Milliseconds since the Unix epoch. */
  readonly expiresAt: number
}

export interface DeviceLoginDecision {
  readonly status: Exclude<DeviceLoginStatus, 'pending'>
  readonly accountId: string
  /** The `uid` of the session that decides; `null` if there is none. */
  readonly sessionUid: string | null
  /** Now, in milliseconds since the Unix epoch. */
  readonly at: number
}

/** Stores pending device logins. */
export interface DeviceLoginStore {
  /** Returns `false` without storing anything if the code is already in use. */
  insert(login: StoredDeviceLogin): Promise<boolean>
  findByCode(codeHash: string): Promise<StoredDeviceLogin | undefined>
  /** The device login of this browser. */
  find(id: string, tokenHash: string): Promise<StoredDeviceLogin | undefined>
  /** Atomically decides a pending request that has not expired: only one of several concurrent calls gets `true`. */
  decide(codeHash: string, decision: DeviceLoginDecision): Promise<boolean>
  /** Atomically removes and returns a decided request: only one of several concurrent calls gets it. */
  consume(id: string, tokenHash: string): Promise<StoredDeviceLogin | undefined>
  removeByAccount(accountId: string): Promise<void>
  /** Removes at most `limit` requests that expired before `before` (milliseconds); returns the number removed. */
  removeExpired(before: number, limit: number): Promise<number>
}
