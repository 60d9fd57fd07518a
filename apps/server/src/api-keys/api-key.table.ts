import { columns } from '@pocket/core/internal/sql'
import { EntitySchema } from 'typeorm'
import type { ApiKey } from './api-key.ts'

const { bigint, boolean, hash, json, text, uuid } = columns

/** An API key as stored, with the sort key of its name. */
export interface StoredApiKey extends ApiKey {
  readonly nameKey: string
}

export const apiKeyTable: EntitySchema<StoredApiKey> = new EntitySchema<StoredApiKey>({
  name: 'pocket_api_key',
  tableName: 'pocket_api_key',
  columns: {
    id: { ...uuid, primary: true },
    ownerId: { ...uuid, name: 'owner_id' },
    name: text,
    nameKey: { ...text, name: 'name_key' },
    description: { ...text, nullable: true },
    tokenHash: { ...hash, name: 'token_hash' },
    scopes: json,
    // Nullable, because the previous version does not write it.
    canReadSecrets: { ...boolean, name: 'can_read_secrets', nullable: true },
    expiresAt: { ...bigint, name: 'expires_at' },
    lastUsedAt: { ...bigint, name: 'last_used_at', nullable: true },
    expirationEmailSent: { ...boolean, name: 'expiration_email_sent' },
    createdAt: { ...bigint, name: 'created_at' },
  },
  indices: [
    { name: 'pocket_api_key_owner', columns: ['ownerId', 'createdAt', 'id'] },
    { name: 'pocket_api_key_token', columns: ['tokenHash'], unique: true },
    { name: 'pocket_api_key_expires', columns: ['expiresAt'] },
  ],
})
