import { EntitySchema } from 'typeorm'
import type { Artifact } from '../oidc/artifact-store.ts'
import { bigint, hash, integer, text, varchar } from './columns.ts'

/** All protocol artifacts: sessions, grants, codes, tokens. */
export const artifactTable: EntitySchema<Artifact> = new EntitySchema<Artifact>({
  name: 'pocket_artifact',
  tableName: 'pocket_artifact',
  columns: {
    key: { ...hash, primary: true },
    model: varchar(40),
    payload: text,
    grantId: { ...varchar(255), name: 'grant_id', nullable: true },
    accountId: { ...varchar(255), name: 'account_id', nullable: true },
    clientId: { ...text, name: 'client_id', nullable: true },
    uid: { ...varchar(255), nullable: true },
    userCodeHash: { ...hash, name: 'user_code_hash', nullable: true },
    expiresAt: { ...bigint, name: 'expires_at', nullable: true },
    consumedAt: { ...bigint, name: 'consumed_at', nullable: true },
    timesConsumed: { ...integer, name: 'times_consumed', nullable: true },
    polledAt: { ...bigint, name: 'polled_at', nullable: true },
    network: { ...varchar(45), nullable: true },
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
