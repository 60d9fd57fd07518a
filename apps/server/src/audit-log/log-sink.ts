import type { AuditSink } from '@pocket/core'
import type { Logger } from '../logging/logger.ts'

/** The audit log is the server's log until it has a table of its own. */
export function auditLog(logger: Logger): AuditSink {
  return {
    async record({ event, ...details }, origin) {
      // Under the name `code` the log would take an error's code for a secret.
      const { code, ...rest } = { code: undefined, ...details }
      logger.info({ audit: event, ...(code !== undefined && { errorCode: code }), ...rest, ...origin }, event)
    },
  }
}
