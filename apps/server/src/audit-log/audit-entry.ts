import type { Changes } from '@pocket/core'

/** What happened, as it is kept. Names are those of that time: they stay when the account or the client is gone. */
export interface AuditEntry {
  /** A UUID. */
  readonly id: string
  /** Milliseconds since the Unix epoch. */
  readonly createdAt: number
  /** In capitals, such as `SIGN_IN`. */
  readonly event: string
  /** Whom it concerns: who did it, or somebody to whom the actor did it. */
  readonly accountId: string | null
  readonly accountName: string | null
  /** Who did it, where that is not the account itself. */
  readonly actorId: string | null
  readonly actorName: string | null
  readonly clientId: string | null
  readonly clientName: string | null
  readonly ipAddress: string | null
  readonly userAgent: string | null
  /** Where the address was at that time, in English; empty where that was not known, `null` where nobody looked. */
  readonly country: string | null
  readonly city: string | null
  readonly requestId: string | null
  /** What else there is to say. */
  readonly data: Readonly<Record<string, string>>
  /** What an administrator changed, secrets left out; `null` where nothing was. */
  readonly changes: Changes | null
  /** How often it happened: a refusal that repeats itself within the hour is one entry. */
  readonly occurrences: number
  /** Milliseconds since the Unix epoch; `createdAt` where it happened once. */
  readonly lastAt: number
  /** Where the last one came from, where it was not the first. */
  readonly last: Origin | null
  /** The same for repetitions of one thing; `null` for what is worth an entry each time. */
  readonly repetition: string | null
  /** What is searched, as `searchKey` makes it. */
  readonly searched: string
}

/** Who sent a request, as far as one can tell. */
export interface Origin {
  readonly ipAddress: string | null
  readonly userAgent: string | null
  readonly country?: string | null
  readonly city?: string | null
}
