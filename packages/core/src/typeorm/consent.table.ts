import type { Consent } from '../consents/consent.ts'
import { bigint, json, primary, text, varchar } from './columns.ts'
import { defineTable } from './define-table.ts'

export const consentTable = defineTable<Consent>('pocket_consent', {
  columns: {
    accountId: primary(varchar(255)),
    clientId: primary(text),
    scopes: json,
    createdAt: bigint,
    updatedAt: bigint,
  },
  indices: [{ name: 'pocket_consent_client', columns: ['clientId'] }],
})
