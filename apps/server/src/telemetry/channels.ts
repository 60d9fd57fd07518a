import { channel, tracingChannel } from 'node:diagnostics_channel'
import type { IncomingMessage, ServerResponse } from 'node:http'
import type { AuditEvent } from '@pocket/core'
import { diagnostics } from '@pocket/core/internal'

// Channels where the server publishes telemetry, in addition to core. Without a subscriber each costs one comparison.

export const requests = tracingChannel<RequestMessage, RequestMessage>('pocket:request')
export const jobRuns = tracingChannel<JobMessage, JobMessage>('pocket:job')
export const auditEvents: diagnostics.MessageChannel<AuditEvent> = channel('pocket:audit-event')
export const { trace } = diagnostics

export interface RequestMessage {
  readonly req: IncomingMessage
  readonly res: ServerResponse
  readonly requestId: string
  readonly state: RequestState
}

/** Results that the handlers of a request record for the log and telemetry. */
export interface RequestState {
  /** Why no handler may serve the request. */
  readonly problem: string | undefined
  errorCode?: string
  traceId?: string
}

export interface JobMessage {
  readonly job: string
  readonly signal: AbortSignal
}
