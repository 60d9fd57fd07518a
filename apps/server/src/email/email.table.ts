import { columns } from '@pocket/core/internal/sql'
import { EntitySchema } from 'typeorm'
import type { Email } from './email.ts'

const { bigint, text, uuid, varchar } = columns

export const emailTable: EntitySchema<Email> = new EntitySchema<Email>({
  name: 'pocket_email',
  tableName: 'pocket_email',
  columns: {
    id: { ...uuid, primary: true },
    kind: varchar(40),
    recipient: text,
    accountId: { ...uuid, name: 'account_id', nullable: true },
    locale: { ...varchar(100), nullable: true },
    data: text,
    onceKey: { ...varchar(200), name: 'once_key', nullable: true },
    attempts: bigint,
    nextAttemptAt: { ...bigint, name: 'next_attempt_at', nullable: true },
    expiresAt: { ...bigint, name: 'expires_at' },
    lastError: { ...text, name: 'last_error', nullable: true },
    createdAt: { ...bigint, name: 'created_at' },
    sentAt: { ...bigint, name: 'sent_at', nullable: true },
  },
  indices: [
    { name: 'pocket_email_once', columns: ['onceKey'], unique: true },
    { name: 'pocket_email_due', columns: ['nextAttemptAt', 'id'] },
    { name: 'pocket_email_created', columns: ['createdAt', 'id'] },
    { name: 'pocket_email_account', columns: ['accountId'] },
    { name: 'pocket_email_unsent', columns: ['createdAt', 'nextAttemptAt'], where: 'sent_at IS NULL' },
  ],
})
