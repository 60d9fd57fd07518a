import { columns, defineTable } from '@pocket/core/internal/sql'
import type { SignupToken } from './signup-token.ts'

const { bigint, hash, json, nullable, primary, text, uuid } = columns

export const signupTokenTable = defineTable<SignupToken>('pocket_signup_token', {
  columns: {
    id: primary(uuid),
    tokenHash: hash,
    sealedToken: nullable(text),
    groupIds: json,
    usageLimit: bigint,
    usageCount: bigint,
    expiresAt: bigint,
    createdAt: bigint,
  },
  indices: [
    { name: 'pocket_signup_token_hash', columns: ['tokenHash'], unique: true },
    { name: 'pocket_signup_token_expires', columns: ['expiresAt'] },
  ],
})
