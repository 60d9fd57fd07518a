import { fileSender } from '../audit-log/audit-file.ts'
import type { AuditOutboxStore } from '../audit-log/audit-outbox-store.ts'
import { type AuditDestinations, createAuditOutbox } from '../audit-log/forwarding.ts'
import { syslogSender } from '../audit-log/syslog.ts'
import type { Config } from './config.ts'

export type AuditDestinationConfig = Pick<Config, 'auditSyslog' | 'auditFile' | 'appUrl'>

/** The queue of audit events for other destinations; `undefined` if none is configured. */
export function auditOutboxOf({ auditSyslog, auditFile, appUrl }: AuditDestinationConfig, store: AuditOutboxStore) {
  if (auditSyslog === undefined && auditFile === undefined) return undefined
  const destinations: AuditDestinations = {
    ...(auditSyslog && { syslog: syslogSender(auditSyslog, new URL(appUrl).hostname) }),
    ...(auditFile !== undefined && { file: fileSender(auditFile) }),
  }
  return createAuditOutbox(store, destinations)
}
