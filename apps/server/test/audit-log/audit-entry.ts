import type { AuditEntry } from '../../src/audit-log/audit-entry.ts'

/** An entry of the audit log that names no one. */
export function auditEntry(changes: Partial<AuditEntry> = {}): AuditEntry {
  return {
    id: crypto.randomUUID(),
    createdAt: 0,
    event: 'SIGN_IN',
    accountId: null,
    accountName: null,
    actorId: null,
    actorName: null,
    clientId: null,
    clientName: null,
    ipAddress: null,
    userAgent: null,
    country: null,
    city: null,
    requestId: null,
    data: {},
    changes: null,
    occurrences: 1,
    lastAt: changes.createdAt ?? 0,
    last: null,
    repetition: null,
    searched: '',
    ...changes,
  }
}
