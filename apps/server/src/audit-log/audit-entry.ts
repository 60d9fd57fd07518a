import type { Changes } from '@pocket/core'

/** A stored audit event. It keeps the names of that time, so they remain after the account or the client is deleted. */
export interface AuditEntry {
  readonly id: string
  /** Milliseconds since the Unix epoch. */
  readonly createdAt: number
  /** In upper case, such as `SIGN_IN`. */
  readonly event: string
  /** The affected account: the actor itself, or the user on whom the actor acted. */
  readonly accountId: string | null
  readonly accountName: string | null
  /** The actor, if it is not the account itself. */
  readonly actorId: string | null
  readonly actorName: string | null
  readonly clientId: string | null
  readonly clientName: string | null
  readonly ipAddress: string | null
  readonly userAgent: string | null
  /** Location of the IP address at that time, in English; empty if unknown, `null` if it was never looked up. */
  readonly country: string | null
  readonly city: string | null
  readonly requestId: string | null
  readonly data: Readonly<Record<string, string>>
  /** Fields that an administrator changed, without secrets; `null` if there are none. */
  readonly changes: Changes | null
  /** Number of occurrences: rejections that repeat within an hour share one entry. */
  readonly occurrences: number
  /** Milliseconds since the Unix epoch; equal to `createdAt` if it occurred once. */
  readonly lastAt: number
  /** Origin of the last occurrence, if there was more than one. */
  readonly last: Origin | null
  /** Equal for repetitions of the same rejection; `null` for events that always get their own entry. */
  readonly repetition: string | null
  /** Search text, created by `searchKey`. */
  readonly searched: string
}

/** The sender of a request, as far as known. */
export interface Origin {
  readonly ipAddress: string | null
  readonly userAgent: string | null
  readonly country?: string | null
  readonly city?: string | null
}
