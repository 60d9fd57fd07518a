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
  readonly requestId: string | null
  /** What else there is to say. */
  readonly data: Readonly<Record<string, string>>
}
