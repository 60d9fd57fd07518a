import { EntitySchema } from 'typeorm'
import type { StoredKey } from '../oidc/key-store.ts'
import { bigint, text, varchar } from './columns.ts'

/** Signing keys, encrypted. */
export const keyTable: EntitySchema<StoredKey> = new EntitySchema<StoredKey>({
  name: 'pocket_key',
  tableName: 'pocket_key',
  columns: {
    kid: { ...varchar(100), primary: true },
    algorithm: varchar(20),
    status: varchar(10),
    encryptedJwk: { ...text, name: 'encrypted_jwk' },
    statusSince: { ...bigint, name: 'status_since' },
    replacementRequestedAt: { ...bigint, name: 'replacement_requested_at', nullable: true },
  },
  indices: [
    {
      name: 'pocket_key_place',
      columns: ['algorithm', 'status'],
      unique: true,
      where: "status IN ('next', 'current')",
    },
  ],
})
