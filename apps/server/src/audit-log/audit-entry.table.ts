import { columns, defineTable } from '@pocket/core/internal/sql'
import type { AuditEntry } from './audit-entry.ts'

const { bigint, hash, json, nullable, primary, text, uuid, varchar } = columns

/** No foreign keys: entries remain after users and clients are deleted. */
export const auditTable = defineTable<AuditEntry>('pocket_audit', {
  columns: {
    id: primary(uuid),
    createdAt: bigint,
    event: varchar(64),
    accountId: nullable(uuid),
    accountName: nullable(text),
    actorId: nullable(uuid),
    actorName: nullable(text),
    clientId: nullable(text),
    clientName: nullable(text),
    ipAddress: nullable(text),
    userAgent: nullable(text),
    country: nullable(text),
    city: nullable(text),
    requestId: nullable(uuid),
    data: json,
    changes: nullable(json),
    occurrences: bigint,
    lastAt: bigint,
    last: nullable(json),
    repetition: nullable(hash),
    searched: text,
  },
  indices: [
    { name: 'pocket_audit_created', columns: ['createdAt', 'id'] },
    { name: 'pocket_audit_account', columns: ['accountId', 'createdAt', 'id'] },
    { name: 'pocket_audit_event', columns: ['event', 'createdAt', 'id'] },
    { name: 'pocket_audit_repetition', columns: ['repetition'], unique: true },
    { name: 'pocket_audit_client', columns: ['clientName', 'createdAt', 'id'] },
  ],
})
