import type { AuditSink } from '@pocket/core'
import type { Logger } from '../logging/logger.ts'

/** Writes every event as a line of the server's log. */
export function logSink(logger: Logger): AuditSink {
  return {
    async record({ event, ...details }, origin) {
      // Under the name `code` the log would take an error's code for a secret.
      // What was changed is for the table alone: it holds names and addresses of people.
      const { code, changes: _changes, ...rest } = { code: undefined, ...details }
      logger.info({ audit: event, ...(code !== undefined && { errorCode: code }), ...rest, ...origin }, event)
    },
  }
}
