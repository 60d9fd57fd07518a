import type { AuditEvent } from './events.ts'

/** Where an event came from. */
export interface RequestOrigin {
  readonly requestId: string | null
  readonly ipAddress: string | null
  readonly userAgent: string | null
  /** The `uid` of the session of whoever is signed in there, once it was read. */
  readonly sessionUid?: string | null
  /** The API key of the host's that the request came with. */
  readonly apiKeyId?: string | null
}

/**
 * Where events go. It is awaited before the person is answered; what it throws ends the request.
 *
 * @example
 * ```ts
 * const audit: AuditSink = {
 *   record: async (event, { ipAddress }) => void (await sql.run('INSERT INTO log VALUES (?, ?)', JSON.stringify(event), ipAddress)),
 * }
 * ```
 */
export interface AuditSink {
  record(event: AuditEvent, origin: RequestOrigin): Promise<void>
}

/** Who does something to whom it is not, and in which request; what is left out is nobody, or none. */
export interface ActingParty {
  readonly origin?: RequestOrigin | undefined
  /** The id of the account that does it, where it is another than the one that it is done to. */
  readonly by?: string | undefined
}

/** Of what no request has asked for. */
export const noOrigin: RequestOrigin = { requestId: null, ipAddress: null, userAgent: null }

/** For hosts that keep no audit log. */
export const noAudit: AuditSink = { record: async () => {} }
