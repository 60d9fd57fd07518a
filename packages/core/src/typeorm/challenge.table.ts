import { EntitySchema } from 'typeorm'
import type { Challenge } from '../passkeys/challenge-store.ts'
import { bigint, hash, text, varchar } from './columns.ts'

/** Challenges of ceremonies that have begun. */
export const challengeTable: EntitySchema<Challenge> = new EntitySchema<Challenge>({
  name: 'pocket_challenge',
  tableName: 'pocket_challenge',
  columns: {
    hash: { ...hash, primary: true },
    purpose: varchar(20),
    browserHash: { ...hash, name: 'browser_hash' },
    accountId: { ...varchar(255), name: 'account_id', nullable: true },
    data: { ...text, nullable: true },
    expiresAt: { ...bigint, name: 'expires_at' },
  },
  indices: [{ name: 'pocket_challenge_expiry', columns: ['expiresAt'] }],
})
