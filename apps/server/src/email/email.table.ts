import { columns, defineTable } from '@pocket/core/internal/sql'
import type { Email } from './email.ts'

const { bigint, nullable, primary, text, uuid, varchar } = columns

export const emailTable = defineTable<Email>('pocket_email', {
  columns: {
    id: primary(uuid),
    kind: varchar(40),
    recipient: text,
    accountId: nullable(uuid),
    locale: nullable(varchar(100)),
    data: text,
    onceKey: nullable(varchar(200)),
    attempts: bigint,
    nextAttemptAt: nullable(bigint),
    expiresAt: bigint,
    lastError: nullable(text),
    createdAt: bigint,
    sentAt: nullable(bigint),
  },
  indices: [
    { name: 'pocket_email_once', columns: ['onceKey'], unique: true },
    { name: 'pocket_email_due', columns: ['nextAttemptAt', 'id'] },
    { name: 'pocket_email_created', columns: ['createdAt', 'id'] },
    { name: 'pocket_email_account', columns: ['accountId'] },
    { name: 'pocket_email_unsent', columns: ['createdAt', 'nextAttemptAt'], where: 'sent_at IS NULL' },
  ],
})
