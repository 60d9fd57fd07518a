import { columns, defineTable } from '@pocket/core/internal/sql'
import type { ApiKey } from './api-key.ts'

const { bigint, boolean, hash, json, nullable, primary, text, uuid } = columns

/** An API key as stored, with the sort key of its name. */
export interface StoredApiKey extends ApiKey {
  readonly nameKey: string
}

export const apiKeyTable = defineTable<StoredApiKey>('pocket_api_key', {
  columns: {
    id: primary(uuid),
    ownerId: uuid,
    name: text,
    nameKey: text,
    description: nullable(text),
    tokenHash: hash,
    scopes: json,
    // Nullable, because the previous version does not write it.
    canReadSecrets: nullable(boolean),
    expiresAt: bigint,
    lastUsedAt: nullable(bigint),
    expirationEmailSent: boolean,
    createdAt: bigint,
  },
  indices: [
    { name: 'pocket_api_key_owner', columns: ['ownerId', 'createdAt', 'id'] },
    { name: 'pocket_api_key_token', columns: ['tokenHash'], unique: true },
    { name: 'pocket_api_key_expires', columns: ['expiresAt'] },
  ],
})
