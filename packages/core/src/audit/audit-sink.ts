import type { AuditEvent } from './events.ts'

/** The request that caused an event. */
export interface RequestOrigin {
  readonly requestId: string | null
  readonly ipAddress: string | null
  readonly userAgent: string | null
  /** The `uid` of the current session, once it has been read. */
  readonly sessionUid?: string | null
  /** The API key of the host that authenticated the request. */
  readonly apiKeyId?: string | null
}

/**
 * Records audit events. It is awaited before the response is sent; if it throws, the request fails.
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

/** The actor and the request of an operation on another account; omitted properties are unknown. */
export interface Actor {
  readonly origin?: RequestOrigin | undefined
  /** The account ID of the actor, if it is not the affected account. */
  readonly by?: string | undefined
}

/** The origin of events without a request. */
export const noOrigin: RequestOrigin = { requestId: null, ipAddress: null, userAgent: null }

/** For hosts without an audit log. */
export const noAudit: AuditSink = { record: async () => {} }
