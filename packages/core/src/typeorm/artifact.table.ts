import type { Artifact } from '../oidc/artifact-store.ts'
import { bigint, hash, integer, nullable, primary, text, varchar } from './columns.ts'
import { defineTable } from './define-table.ts'

/** All protocol artifacts: sessions, grants, codes, tokens. */
export const artifactTable = defineTable<Artifact>('pocket_artifact', {
  columns: {
    key: primary(hash),
    model: varchar(40),
    payload: text,
    grantId: nullable(varchar(255)),
    accountId: nullable(varchar(255)),
    clientId: nullable(text),
    uid: nullable(varchar(255)),
    userCodeHash: nullable(hash),
    expiresAt: nullable(bigint),
    consumedAt: nullable(bigint),
    timesConsumed: nullable(integer),
    polledAt: nullable(bigint),
    network: nullable(varchar(45)),
  },
  indices: [
    { name: 'pocket_artifact_grant', columns: ['grantId'], where: 'grant_id IS NOT NULL' },
    { name: 'pocket_artifact_account', columns: ['accountId'], where: 'account_id IS NOT NULL' },
    { name: 'pocket_artifact_client', columns: ['clientId'], where: 'client_id IS NOT NULL' },
    { name: 'pocket_artifact_uid', columns: ['uid'], where: 'uid IS NOT NULL' },
    { name: 'pocket_artifact_user_code', columns: ['userCodeHash'], where: 'user_code_hash IS NOT NULL' },
    { name: 'pocket_artifact_network', columns: ['network'], where: 'network IS NOT NULL' },
    { name: 'pocket_artifact_expiry', columns: ['expiresAt'], where: 'expires_at IS NOT NULL' },
  ],
})
