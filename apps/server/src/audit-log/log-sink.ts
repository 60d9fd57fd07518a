import type { AuditSink } from '@pocket/core'
import type { Logger } from '../logging/logger.ts'
import { auditEvents } from '../telemetry/channels.ts'

export function logSink(logger: Logger): AuditSink {
  return {
    async record(recorded, origin) {
      if (auditEvents.hasSubscribers) auditEvents.publish(recorded)
      const { event, ...details } = recorded
      // Renamed because the logger redacts fields named `code` as secrets.
      // `changes` is stored only in the table because it contains names and e-mail addresses of users.
      const { code, changes: _changes, ...rest } = { code: undefined, ...details }
      logger.info({ audit: event, ...(code !== undefined && { errorCode: code }), ...rest, ...origin }, event)
    },
  }
}
