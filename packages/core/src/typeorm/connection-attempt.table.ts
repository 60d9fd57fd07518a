import type { ConnectionAttempt } from '../connection-log/connection-attempt.ts'
import { bigint, json, nullable, primary, text, varchar } from './columns.ts'
import { cascadingKey, defineTable } from './define-table.ts'

/** An attempt as stored; fields that are never searched share one text column. */
export interface StoredAttempt
  extends Pick<ConnectionAttempt, 'id' | 'clientId' | 'sequence' | 'accountId' | 'unauthenticatedNetwork'> {
  readonly data: Omit<ConnectionAttempt, 'id' | 'clientId' | 'sequence' | 'accountId' | 'unauthenticatedNetwork'>
}

export const connectionAttemptTable = defineTable<StoredAttempt>('pocket_connection_attempt', {
  columns: {
    id: primary(varchar(36)),
    clientId: text,
    sequence: bigint,
    accountId: nullable(varchar(255)),
    unauthenticatedNetwork: { ...nullable(varchar(64)), name: 'stranger' },
    data: json,
  },
  indices: [
    { name: 'pocket_connection_attempt_client', columns: ['clientId', 'sequence'] },
    { name: 'pocket_connection_attempt_account', columns: ['accountId'], where: 'account_id IS NOT NULL' },
  ],
  foreignKeys: [cascadingKey('pocket_connection_attempt_client_fk', { property: 'clientId', table: 'pocket_client' })],
})
