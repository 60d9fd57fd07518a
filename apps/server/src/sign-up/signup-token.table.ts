import { columns } from '@pocket/core/internal/sql'
import { EntitySchema } from 'typeorm'
import type { SignupToken } from './signup-token.ts'

const { bigint, hash, json, text, uuid } = columns

export const signupTokenTable: EntitySchema<SignupToken> = new EntitySchema<SignupToken>({
  name: 'pocket_signup_token',
  tableName: 'pocket_signup_token',
  columns: {
    id: { ...uuid, primary: true },
    tokenHash: { ...hash, name: 'token_hash' },
    sealedToken: { ...text, name: 'sealed_token', nullable: true },
    groupIds: { ...json, name: 'group_ids' },
    usageLimit: { ...bigint, name: 'usage_limit' },
    usageCount: { ...bigint, name: 'usage_count' },
    expiresAt: { ...bigint, name: 'expires_at' },
    createdAt: { ...bigint, name: 'created_at' },
  },
  indices: [
    { name: 'pocket_signup_token_hash', columns: ['tokenHash'], unique: true },
    { name: 'pocket_signup_token_expires', columns: ['expiresAt'] },
  ],
})
