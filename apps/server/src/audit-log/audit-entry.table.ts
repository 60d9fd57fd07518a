import { columns } from '@pocket/core/internal/sql'
import { EntitySchema } from 'typeorm'
import type { AuditEntry } from './audit-entry.ts'

const { bigint, hash, json, text, uuid, varchar } = columns

/** No foreign keys: entries remain after users and clients are deleted. */
export const auditTable: EntitySchema<AuditEntry> = new EntitySchema<AuditEntry>({
  name: 'pocket_audit',
  tableName: 'pocket_audit',
  columns: {
    id: { ...uuid, primary: true },
    createdAt: { ...bigint, name: 'created_at' },
    event: varchar(64),
    accountId: { ...uuid, name: 'account_id', nullable: true },
    accountName: { ...text, name: 'account_name', nullable: true },
    actorId: { ...uuid, name: 'actor_id', nullable: true },
    actorName: { ...text, name: 'actor_name', nullable: true },
    clientId: { ...text, name: 'client_id', nullable: true },
    clientName: { ...text, name: 'client_name', nullable: true },
    ipAddress: { ...text, name: 'ip_address', nullable: true },
    userAgent: { ...text, name: 'user_agent', nullable: true },
    country: { ...text, nullable: true },
    city: { ...text, nullable: true },
    requestId: { ...uuid, name: 'request_id', nullable: true },
    data: json,
    changes: { ...json, nullable: true },
    occurrences: bigint,
    lastAt: { ...bigint, name: 'last_at' },
    last: { ...json, nullable: true },
    repetition: { ...hash, nullable: true },
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
