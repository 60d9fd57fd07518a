import { open } from 'node:fs/promises'
import type { AuditOutboxStore } from '../audit-log/audit-outbox-store.ts'
import { type AuditDestinations, createAuditOutbox, type SendEntries } from '../audit-log/forwarding.ts'
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

/** Appends entries to a file, one JSON object for each line. It is opened each time, so that it can be rotated. */
function fileSender(path: string): SendEntries {
  return async (entries) => {
    await using file = await open(path, 'a', 0o600)
    await file.appendFile(entries.map(({ json }) => `${json}\n`).join(''))
    await file.datasync()
  }
}
