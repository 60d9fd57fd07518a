import { EntitySchema } from 'typeorm'
import type { ConnectionAttempt } from '../connection-log/connection-attempt.ts'
import { bigint, json, text, varchar } from './columns.ts'

/** An attempt as stored; fields that are never searched share one text column. */
export interface StoredAttempt
  extends Pick<ConnectionAttempt, 'id' | 'clientId' | 'sequence' | 'accountId' | 'unauthenticatedNetwork'> {
  readonly data: Omit<ConnectionAttempt, 'id' | 'clientId' | 'sequence' | 'accountId' | 'unauthenticatedNetwork'>
}

/** Recent connection attempts of clients. */
export const connectionAttemptTable: EntitySchema<StoredAttempt> = new EntitySchema<StoredAttempt>({
  name: 'pocket_connection_attempt',
  tableName: 'pocket_connection_attempt',
  columns: {
    id: { ...varchar(36), primary: true },
    clientId: { ...text, name: 'client_id' },
    sequence: bigint,
    accountId: { ...varchar(255), name: 'account_id', nullable: true },
    unauthenticatedNetwork: { ...varchar(64), name: 'stranger', nullable: true },
    data: json,
  },
  indices: [
    { name: 'pocket_connection_attempt_client', columns: ['clientId', 'sequence'] },
    { name: 'pocket_connection_attempt_account', columns: ['accountId'], where: 'account_id IS NOT NULL' },
  ],
  foreignKeys: [
    {
      name: 'pocket_connection_attempt_client_fk',
      target: 'pocket_client',
      columnNames: ['clientId'],
      referencedColumnNames: ['id'],
      onDelete: 'CASCADE',
    },
  ],
})
