import type { ListRequest, Page } from '../http/api/list.ts'
import type { AuditEntry } from './audit-entry.ts'

/** Sort and filter columns by JSON field. */
export const auditSorts = ['createdAt', 'event', 'ipAddress', 'country', 'city', 'userAgent'] as const
export const auditFilters = ['event', 'userID', 'clientName', 'location'] as const

/** An account in the audit log, with its most recent name there. */
export interface NamedAccount {
  readonly id: string
  readonly name: string
}

/** A query for audit log entries. */
export interface AuditQuery {
  /** The account to filter by; `null` for all accounts. */
  readonly accountId: string | null
  /** The first and the last instant, in milliseconds since the Unix epoch; `null` for no limit. */
  readonly from: number | null
  readonly to: number | null
  readonly filters: ListRequest['filters']
  readonly search: string
}

/** Stores the audit log. Every method joins the running transaction. */
export interface AuditLogStore {
  /** Adds an entry, or increments the counter of an entry with the same repetition key. */
  append(entry: AuditEntry): Promise<void>
  /** Adds entries without repetition keys in one statement. */
  appendAll(entries: readonly AuditEntry[]): Promise<void>
  /** A page of entries, newest first by default. */
  list(query: AuditQuery, request: Pick<ListRequest, 'page' | 'limit' | 'sort'>): Promise<Page<AuditEntry>>
  /** At most `limit` entries, newest first, starting after `after` if given. */
  next(query: AuditQuery, limit: number, after?: Pick<AuditEntry, 'id' | 'createdAt'>): Promise<readonly AuditEntry[]>
  /** Whether the account has signed in before from this IP address with this browser. */
  hasSignedInFrom(accountId: string, origin: Pick<AuditEntry, 'ipAddress' | 'userAgent'>): Promise<boolean>
  /** The account name in the most recent entry of the account. */
  lastAccountName(accountId: string): Promise<string | null>
  /** The client name in the most recent entry of the client. */
  lastClientName(clientId: string): Promise<string | null>
  /** All client names, sorted. */
  clientNames(): Promise<readonly string[]>
  /** All accounts that have a name. */
  accounts(): Promise<readonly NamedAccount[]>
  /** Removes at most `limit` entries older than this instant, oldest first; returns the number removed. */
  removeBefore(instant: number, limit: number): Promise<number>
}
