import type { InitialAccessToken } from '../clients/initial-access-token-store.ts'
import { bigint, hash, primary, text, uuid } from './columns.ts'
import { defineTable } from './define-table.ts'

export const initialAccessTokenTable = defineTable<InitialAccessToken>('pocket_initial_access_token', {
  columns: {
    id: primary(uuid),
    tokenHash: hash,
    description: text,
    usageLimit: bigint,
    usageCount: bigint,
    expiresAt: bigint,
    createdAt: bigint,
  },
  indices: [
    { name: 'pocket_initial_access_token_hash', columns: ['tokenHash'], unique: true },
    { name: 'pocket_initial_access_token_expiry', columns: ['expiresAt'] },
  ],
})
