import type { SignInMethod } from './session.ts'

/** How a session began. It outlives the session, so that what was done in it can be found later. */
export interface SessionOrigin {
  /** The `uid` of the session. */
  readonly uid: string
  readonly accountId: string
  /** Of the latest sign-in in it. */
  readonly method: SignInMethod
  /** Of the latest sign-in in it, in milliseconds since the Unix epoch. */
  readonly startedAt: number
  /** How many passkeys had been removed from the account at that time. */
  readonly removals: number
  /** The id of the passkey whose removal ended the session; `null` where none did. */
  readonly endedBy: string | null
  /** When to look whether the entry is still needed, in milliseconds since the Unix epoch. */
  readonly reviewAt: number
}

/**
 * What is remembered of a session: passkeys that were used or registered in it, the login code that began it, login codes that
 * were withdrawn, devices that
 * were approved in it (`session_approved` has the `uid` of the session that began by it), and credentials that were made in it.
 */
export const sessionLinkKinds = [
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

/** A kind of session link: what was used, registered, approved or created in a session. */
export type SessionLinkKind = (typeof sessionLinkKinds)[number]

/** A session, and something that was used or made in it. */
export interface SessionLink {
  readonly sessionUid: string
  readonly kind: SessionLinkKind
  /** The id of what was used or made. */
  readonly subject: string
  /** Whose session it is. */
  readonly accountId: string
  /** For people, or to find the subject: a name, the client of a secret, the account of a login code. */
  readonly label: string | null
  /** Milliseconds since the Unix epoch. */
  readonly at: number
}

/** Where the history of sessions is kept. */
export interface SessionHistoryStore {
  /**
   * Until the end of the transaction nobody else gets past this for the account. Returns how many passkeys have been
   * removed from it so far.
   */
  lockAccount(accountId: string): Promise<number>
  /** How many passkeys have been removed from the account so far. */
  countRemovals(accountId: string): Promise<number>
  /** Counts the removal of a passkey. Call it after {@link lockAccount}. */
  addRemoval(accountId: string): Promise<void>
  /** Inserts the origin, or replaces the one of this `uid`. */
  saveOrigin(origin: SessionOrigin): Promise<void>
  findOrigin(uid: string): Promise<SessionOrigin | undefined>
  originsOf(accountId: string): Promise<readonly SessionOrigin[]>
  /** The sessions, of any account, that the removal of this passkey has ended. */
  endedBy(passkeyId: string): Promise<readonly SessionOrigin[]>
  /** Inserts the link, or replaces the one of this session, kind and subject. */
  saveLink(link: SessionLink): Promise<void>
  /** The links of sessions of this account. */
  linksOf(accountId: string): Promise<readonly SessionLink[]>
  linksTo(kind: SessionLinkKind, subject: string): Promise<readonly SessionLink[]>
  /** The links of one session. */
  linksIn(sessionUid: string): Promise<readonly SessionLink[]>
  /** At most `limit` origins whose review is due at `now`, the longest due first. */
  dueForReview(now: number, limit: number): Promise<readonly SessionOrigin[]>
  /** Removes the origin and the links of a session. */
  remove(uid: string): Promise<void>
  removeByAccount(accountId: string): Promise<void>
}
