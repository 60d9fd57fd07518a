import type { AuditEvent } from './events.ts'

/** Where an event came from. */
export interface RequestOrigin {
  readonly requestId: string | null
  readonly ipAddress: string | null
  readonly userAgent: string | null
}

/** Where events go. It is awaited before the person is answered; what it throws ends the request. */
export interface AuditSink {
  record(event: AuditEvent, origin: RequestOrigin): Promise<void>
}

/** For hosts that keep no audit log. */
export const noAudit: AuditSink = { record: async () => {} }
