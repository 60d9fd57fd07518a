import type { ListRequest, Page } from '../http/api/list.ts'
import type { AuditEntry } from './audit-entry.ts'

/** What lists are sorted and filtered by, by the names of the JSON fields. */
export const auditSorts = ['createdAt', 'event', 'ipAddress', 'country', 'city', 'userAgent'] as const
export const auditFilters = ['event', 'userID', 'clientName', 'location'] as const

/** An account of the audit log, and its newest name there. */
export interface NamedAccount {
  readonly id: string
  readonly name: string
}

/** A part of the audit log. */
export interface AuditQuery {
  /** About one account; about everybody where it is `null`. */
  readonly accountId: string | null
  /** The first and the last millisecond since the Unix epoch, where there is a limit. */
  readonly from: number | null
  readonly to: number | null
  readonly filters: ListRequest['filters']
  readonly search: string
}

/** Where the audit log is kept. Every method joins the running transaction. */
export interface AuditLogStore {
  /** Adds an entry, or counts one more where there is one of the same repetition. */
  append(entry: AuditEntry): Promise<void>
  /** Adds entries, of which none repeats another, by one statement. */
  appendAll(entries: readonly AuditEntry[]): Promise<void>
  /** A page; the newest first where nothing else is asked for. */
  list(query: AuditQuery, request: Pick<ListRequest, 'page' | 'limit' | 'sort'>): Promise<Page<AuditEntry>>
  /** At most so many entries, the newest first, beginning after `after` where one is given. */
  next(query: AuditQuery, limit: number, after?: Pick<AuditEntry, 'id' | 'createdAt'>): Promise<readonly AuditEntry[]>
  /** Whether the account has signed in before from this address with this browser. */
  hasSignedInFrom(accountId: string, origin: Pick<AuditEntry, 'ipAddress' | 'userAgent'>): Promise<boolean>
  /** The name that an account had in its newest entry. */
  lastAccountName(accountId: string): Promise<string | null>
  /** The name that a client had in its newest entry. */
  lastClientName(clientId: string): Promise<string | null>
  /** Every name of a client, in the order of their letters. */
  clientNames(): Promise<readonly string[]>
  /** Every account that has a name. */
  accounts(): Promise<readonly NamedAccount[]>
  /** Removes at most `limit` entries from before this instant, the oldest first; returns how many. */
  removeBefore(instant: number, limit: number): Promise<number>
}
