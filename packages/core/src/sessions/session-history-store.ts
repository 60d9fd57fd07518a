import type { SignInMethod } from '../audit/sign-in-method.ts'

/** How a session started. Outlives the session, so that later investigations can use it. */
export interface SessionOrigin {
  /** The `uid` of the session. */
  readonly uid: string
  readonly accountId: string
  /** Of the latest sign-in. */
  readonly method: SignInMethod
  /** Time of the latest sign-in, in milliseconds since the Unix epoch. */
  readonly startedAt: number
  /** Number of passkeys removed from the account by that time. */
  readonly removals: number
  /** The ID of the passkey whose removal ended the session, otherwise `null`. */
  readonly endedBy: string | null
  /** When to check whether the entry is still needed, in milliseconds since the Unix epoch. */
  readonly reviewAt: number
  /** Identifies the browser of the latest sign-in; `null` if unknown. */
  readonly browser: string | null
}

/**
 * The kinds of session history: passkeys used or registered, the login code of the sign-in, revoked login codes, approved
 * devices (the subject of `session_approved` is the `uid` of the new session), and created credentials.
 */
const sessionLinkKinds = [
  'passkey_used',
  'passkey_registered',
  'code_used',
  'code_withdrawn',
  'session_approved',
  'device_approved',
  'api_key',
  'client_secret',
  'login_code',
] as const

/** A kind of session link: a credential that was used, registered or created in a session, or a device that was approved in it. */
export type SessionLinkKind = (typeof sessionLinkKinds)[number]

/** A session, and something used or created in it. */
export interface SessionLink {
  readonly sessionUid: string
  readonly kind: SessionLinkKind
  /** The ID of the object used or created. */
  readonly subject: string
  /** The account of the session. */
  readonly accountId: string
  /** For display or lookup: a name, the client of a secret, or the account of a login code; of `code_used`, who created the code. */
  readonly label: string | null
  /** Milliseconds since the Unix epoch. */
  readonly at: number
}

/** Stores the session history. */
export interface SessionHistoryStore {
  /** Locks the account until the end of the transaction. Returns the number of passkeys removed from it so far. */
  lockAccount(accountId: string): Promise<number>
  /** The number of passkeys removed from the account so far. */
  countRemovals(accountId: string): Promise<number>
  /** Counts the removal of a passkey. Call it after {@link lockAccount}. */
  addRemoval(accountId: string): Promise<void>
  /** Inserts the origin, or replaces the one of this `uid`. */
  saveOrigin(origin: SessionOrigin): Promise<void>
  findOrigin(uid: string): Promise<SessionOrigin | undefined>
  originsOf(accountId: string): Promise<readonly SessionOrigin[]>
  /** The sessions of all accounts that started in this browser, including ended ones. */
  originsInBrowser(browser: string): Promise<readonly SessionOrigin[]>
  /** The sessions of all accounts that the removal of this passkey has ended. */
  endedBy(passkeyId: string): Promise<readonly SessionOrigin[]>
  /** Inserts the link, or replaces the existing one with the same session, kind and subject. */
  saveLink(link: SessionLink): Promise<void>
  /** The links of all sessions of this account. */
  linksOf(accountId: string): Promise<readonly SessionLink[]>
  linksTo(kind: SessionLinkKind, subject: string): Promise<readonly SessionLink[]>
  /** The links of one session. */
  linksIn(sessionUid: string): Promise<readonly SessionLink[]>
  /** At most `limit` origins due for review at `now`, longest overdue first. */
  dueForReview(now: number, limit: number): Promise<readonly SessionOrigin[]>
  /** Removes the origin and the links of a session. */
  remove(uid: string): Promise<void>
  removeByAccount(accountId: string): Promise<void>
}
