import type { ListRequest, Page } from '../http/api/list.ts'
import type { Email, EmailKind } from './email.ts'

/** What lists are sorted and filtered by, by the names of the JSON fields. */
export const emailSorts = ['createdAt', 'sentAt', 'recipient', 'kind', 'attempts'] as const
export const emailFilters = ['state', 'kind', 'recipient'] as const

/** An attempt to send. Where `attempts` has gone on since, somebody else has taken the e-mail over. */
export type Attempt = Pick<Email, 'id' | 'attempts'>

/** Where e-mails wait. Every method joins the running transaction and is one atomic statement. */
export interface EmailStore {
  /** `false` where there is one with the same `onceKey`. */
  insert(email: Email): Promise<boolean>
  /** Takes one that is due, counts the attempt, and keeps others away from it until then. */
  claim(times: { readonly now: number; readonly until: number }): Promise<Email | undefined>
  /** Gives an e-mail another content, another account and another language. */
  replace(email: Email): Promise<boolean>
  /** Its data is wiped: what it held is with the recipient now. */
  markSent(attempt: Attempt, at: number): Promise<boolean>
  /** `nextAttemptAt`: `null` gives it up. */
  markFailed(attempt: Attempt, failure: Pick<Email, 'lastError' | 'nextAttemptAt'>): Promise<boolean>
  /** Makes one that was not sent due at once; `false` where it was sent, or is of no use any more. */
  retry(id: string, now: number): Promise<boolean>
  find(id: string): Promise<Email | undefined>
  /** How many e-mails of this kind an account has got, or will get, since this instant. */
  countSince(accountId: string, kind: EmailKind, since: number): Promise<number>
  /** The newest first where nothing else is asked for. */
  list(request: ListRequest): Promise<Page<Email>>
  remove(id: string): Promise<void>
  removeByAccount(accountId: string): Promise<void>
  /** Removes at most `limit` e-mails from before this instant; returns how many. */
  removeBefore(instant: number, limit: number): Promise<number>
}
