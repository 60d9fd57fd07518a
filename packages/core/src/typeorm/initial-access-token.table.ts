import { EntitySchema } from 'typeorm'
import type { InitialAccessToken } from '../clients/initial-access-token-store.ts'
import { bigint, hash, text, uuid } from './columns.ts'

export const initialAccessTokenTable: EntitySchema<InitialAccessToken> = new EntitySchema<InitialAccessToken>({
  name: 'pocket_initial_access_token',
  tableName: 'pocket_initial_access_token',
  columns: {
    id: { ...uuid, primary: true },
    tokenHash: { ...hash, name: 'token_hash' },
    description: text,
    usageLimit: { ...bigint, name: 'usage_limit' },
    usageCount: { ...bigint, name: 'usage_count' },
    expiresAt: { ...bigint, name: 'expires_at' },
    createdAt: { ...bigint, name: 'created_at' },
  },
  indices: [
    { name: 'pocket_initial_access_token_hash', columns: ['tokenHash'], unique: true },
    { name: 'pocket_initial_access_token_expiry', columns: ['expiresAt'] },
  ],
})
