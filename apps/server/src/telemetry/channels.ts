import { channel, tracingChannel } from 'node:diagnostics_channel'
import type { AuditEvent } from '@pocket/core'
import { diagnostics } from '@pocket/core/internal'
import type { Context } from 'koa'

// Channels where the server publishes telemetry, in addition to core. Without a subscriber each costs one comparison.

export const requests = tracingChannel<unknown, RequestMessage>('pocket:request')
export const jobRuns = tracingChannel<unknown, JobMessage>('pocket:job')
export const auditEvents: diagnostics.MessageChannel<AuditEvent> = channel('pocket:audit-event')
export const { trace } = diagnostics

export interface RequestMessage {
  readonly ctx: Context
  readonly requestId: string
}

export interface JobMessage {
  readonly job: string
  /** Aborted when the server stops. */
  readonly signal: AbortSignal
}
