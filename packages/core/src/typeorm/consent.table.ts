import { EntitySchema } from 'typeorm'
import type { Consent } from '../consents/consent.ts'
import { bigint, json, text, varchar } from './columns.ts'

/** The scopes that users have granted to clients. */
export const consentTable: EntitySchema<Consent> = new EntitySchema<Consent>({
  name: 'pocket_consent',
  tableName: 'pocket_consent',
  columns: {
    accountId: { ...varchar(255), name: 'account_id', primary: true },
    clientId: { ...text, name: 'client_id', primary: true },
    scopes: json,
    createdAt: { ...bigint, name: 'created_at' },
    updatedAt: { ...bigint, name: 'updated_at' },
  },
  indices: [{ name: 'pocket_consent_client', columns: ['clientId'] }],
})
