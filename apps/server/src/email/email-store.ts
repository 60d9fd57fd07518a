import type { ListRequest, Page } from '../http/api/list.ts'
import type { Email, EmailKind } from './email.ts'

/** Sort and filter columns by JSON field. */
export const emailSorts = ['createdAt', 'sentAt', 'recipient', 'kind', 'attempts'] as const
export const emailFilters = ['state', 'kind', 'recipient'] as const

/** A delivery attempt. If the stored `attempts` is higher, another process has claimed the e-mail. */
export type Attempt = Pick<Email, 'id' | 'attempts'>

/** The queue of e-mails. Every method joins the running transaction and is one atomic statement. */
export interface EmailStore {
  /** Returns `false` if an e-mail with the same `onceKey` exists. */
  insert(email: Email): Promise<boolean>
  /** Claims one due e-mail until the given instant and increments its attempt counter. */
  claim(times: { readonly now: number; readonly until: number }): Promise<Email | undefined>
  /** Replaces the content, the account and the language of an e-mail. */
  replace(email: Email): Promise<boolean>
  /** Also deletes the content, because it may contain secrets and is no longer needed. */
  markSent(attempt: Attempt, at: number): Promise<boolean>
  /** `nextAttemptAt`: `null` gives up. */
  markFailed(attempt: Attempt, failure: Pick<Email, 'lastError' | 'nextAttemptAt'>): Promise<boolean>
  /** Makes an unsent e-mail due immediately; returns `false` if it was sent or has expired. */
  retry(id: string, now: number): Promise<boolean>
  find(id: string): Promise<Email | undefined>
  /** Number of e-mails of this kind queued for an account since this instant. */
  countSince(accountId: string, kind: EmailKind, since: number): Promise<number>
  /** Newest first by default. */
  list(request: ListRequest): Promise<Page<Email>>
  remove(id: string): Promise<void>
  removeByAccount(accountId: string): Promise<void>
  /** Removes at most `limit` e-mails older than this instant; returns the number removed. */
  removeBefore(instant: number, limit: number): Promise<number>
}
