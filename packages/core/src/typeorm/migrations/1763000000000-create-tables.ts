import type { MigrationInterface, QueryRunner } from 'typeorm'
import { bigint, boolean, hash, integer, nullable, primary, text, uuid, varchar } from '../columns.ts'
import { cascade, createTables, dropTables, type InitialTable, takeOverTables } from '../initial-tables.ts'

const tables: readonly InitialTable[] = [
  {
    name: 'pocket_api',
    columns: {
      id: primary(uuid),
      name: text,
      name_key: text,
      resource: varchar(350),
      permissions: text,
      access_token_format: varchar(20),
      resource_server_client_ids: text,
      allow_cimd_clients: boolean,
      created_at: bigint,
      updated_at: bigint,
      access_token_duration_minutes: nullable(integer),
    },
    indices: [{ name: 'pocket_api_resource', columnNames: ['resource'], isUnique: true }],
  },
  {
    name: 'pocket_api_grant',
    columns: {
      api_id: primary(uuid),
      client_id: primary(text),
      user_delegated_access: boolean,
      client_access: boolean,
      user_delegated_permission_ids: text,
      client_permission_ids: text,
    },
    indices: [{ name: 'pocket_api_grant_client', columnNames: ['client_id'] }],
    foreignKeys: [cascade('pocket_api_grant_api', { column: 'api_id', table: 'pocket_api' })],
  },
  {
    name: 'pocket_artifact',
    columns: {
      key: primary(hash),
      model: varchar(40),
      payload: text,
      grant_id: nullable(varchar(255)),
      account_id: nullable(varchar(255)),
      client_id: nullable(text),
      uid: nullable(varchar(255)),
      user_code_hash: nullable(hash),
      expires_at: nullable(bigint),
      consumed_at: nullable(bigint),
      times_consumed: nullable(integer),
      polled_at: nullable(bigint),
      network: nullable(varchar(45)),
    },
    indices: [
      { name: 'pocket_artifact_account', columnNames: ['account_id'], where: 'account_id IS NOT NULL' },
      { name: 'pocket_artifact_client', columnNames: ['client_id'], where: 'client_id IS NOT NULL' },
      { name: 'pocket_artifact_expiry', columnNames: ['expires_at'], where: 'expires_at IS NOT NULL' },
      { name: 'pocket_artifact_grant', columnNames: ['grant_id'], where: 'grant_id IS NOT NULL' },
      { name: 'pocket_artifact_network', columnNames: ['network'], where: 'network IS NOT NULL' },
      { name: 'pocket_artifact_uid', columnNames: ['uid'], where: 'uid IS NOT NULL' },
      { name: 'pocket_artifact_user_code', columnNames: ['user_code_hash'], where: 'user_code_hash IS NOT NULL' },
    ],
  },
  {
    name: 'pocket_challenge',
    columns: {
      hash: primary(hash),
      purpose: varchar(20),
      browser_hash: hash,
      account_id: nullable(varchar(255)),
      data: nullable(text),
      expires_at: bigint,
    },
    indices: [{ name: 'pocket_challenge_expiry', columnNames: ['expires_at'] }],
  },
  {
    name: 'pocket_client',
    columns: {
      id: primary(text),
      name: text,
      redirect_uris: text,
      post_logout_redirect_uris: text,
      is_public: boolean,
      pkce_required: boolean,
      secrets: text,
      template: nullable(varchar(50)),
      created_at: bigint,
      updated_at: bigint,
      description: text,
      client_type: varchar(20),
      pkce_supported: boolean,
      requires_reauthentication: boolean,
      requires_pushed_authorization_requests: boolean,
      skip_consent: boolean,
      is_group_restricted: boolean,
      federated_identities: text,
      access_token_duration_minutes: bigint,
      refresh_token_duration_minutes: bigint,
      name_key: text,
      launch_url: nullable(text),
      protocol: nullable(text),
      registration: nullable(text),
      unused_since: nullable(bigint),
      metadata_expires_at: nullable(bigint),
      network: nullable(varchar(45)),
    },
    indices: [
      { name: 'pocket_client_created', columnNames: ['created_at', 'id'] },
      { name: 'pocket_client_network', columnNames: ['network'], where: 'network IS NOT NULL' },
    ],
  },
  {
    name: 'pocket_client_group',
    columns: {
      client_id: primary(text),
      group_id: primary(varchar(255)),
    },
    indices: [{ name: 'pocket_client_group_group', columnNames: ['group_id'] }],
    foreignKeys: [cascade('pocket_client_group_client', { column: 'client_id', table: 'pocket_client' })],
  },
  {
    name: 'pocket_client_secret_use',
    columns: {
      secret_id: primary(uuid),
      client_id: text,
      last_used_at: bigint,
    },
    indices: [{ name: 'pocket_client_secret_use_client', columnNames: ['client_id'] }],
    foreignKeys: [cascade('pocket_client_secret_use_client_fk', { column: 'client_id', table: 'pocket_client' })],
  },
  {
    name: 'pocket_code',
    columns: {
      hash: primary(hash),
      account_id: varchar(255),
      expires_at: bigint,
      browser_hash: nullable(hash),
    },
    indices: [{ name: 'pocket_code_expiry', columnNames: ['expires_at'] }],
  },
  {
    name: 'pocket_connection_attempt',
    columns: {
      id: primary(uuid),
      client_id: text,
      sequence: bigint,
      account_id: nullable(varchar(255)),
      data: text,
      stranger: nullable(varchar(64)),
    },
    indices: [
      { name: 'pocket_connection_attempt_account', columnNames: ['account_id'], where: 'account_id IS NOT NULL' },
      { name: 'pocket_connection_attempt_client', columnNames: ['client_id', 'sequence'] },
    ],
    foreignKeys: [cascade('pocket_connection_attempt_client_fk', { column: 'client_id', table: 'pocket_client' })],
  },
  {
    name: 'pocket_consent',
    columns: {
      account_id: primary(varchar(255)),
      client_id: primary(text),
      scopes: text,
      created_at: bigint,
      updated_at: bigint,
    },
    indices: [{ name: 'pocket_consent_client', columnNames: ['client_id'] }],
  },
  {
    name: 'pocket_device_login',
    columns: {
      id: primary(uuid),
      token_hash: hash,
      code_hash: hash,
      ip_address: nullable(varchar(64)),
      user_agent: nullable(varchar(512)),
      status: varchar(10),
      account_id: nullable(varchar(255)),
      expires_at: bigint,
      session_uid: nullable(varchar(255)),
    },
    indices: [
      { name: 'pocket_device_login_code', columnNames: ['code_hash'], isUnique: true },
      { name: 'pocket_device_login_expiry', columnNames: ['expires_at'] },
    ],
  },
  {
    name: 'pocket_initial_access_token',
    columns: {
      id: primary(uuid),
      token_hash: hash,
      description: text,
      usage_limit: bigint,
      usage_count: bigint,
      expires_at: bigint,
      created_at: bigint,
    },
    indices: [
      { name: 'pocket_initial_access_token_expiry', columnNames: ['expires_at'] },
      { name: 'pocket_initial_access_token_hash', columnNames: ['token_hash'], isUnique: true },
    ],
  },
  {
    name: 'pocket_key',
    columns: {
      kid: primary(varchar(100)),
      algorithm: varchar(20),
      status: varchar(10),
      encrypted_jwk: text,
      status_since: bigint,
      replacement_requested_at: nullable(bigint),
    },
    indices: [
      {
        name: 'pocket_key_place',
        columnNames: ['algorithm', 'status'],
        isUnique: true,
        where: "status IN ('next', 'current')",
      },
    ],
  },
  {
    name: 'pocket_limit',
    columns: {
      key: primary(hash),
      expires_at: bigint,
      admitted: boolean,
    },
    indices: [{ name: 'pocket_limit_expiry', columnNames: ['expires_at'] }],
  },
  {
    name: 'pocket_logout_notice',
    columns: {
      id: primary(uuid),
      client_id: text,
      account_id: varchar(255),
      sid: varchar(255),
      attempts: bigint,
      next_attempt_at: bigint,
      created_at: bigint,
    },
    indices: [{ name: 'pocket_logout_notice_due', columnNames: ['next_attempt_at'] }],
  },
  {
    name: 'pocket_passkey',
    columns: {
      id: primary(uuid),
      account_id: varchar(255),
      credential_id: varchar(1364),
      public_key: text,
      counter: bigint,
      transports: text,
      aaguid: uuid,
      device_type: varchar(20),
      backed_up: boolean,
      name: text,
      created_at: bigint,
      last_used_at: nullable(bigint),
      attachment: nullable(varchar(20)),
      attestation: nullable(varchar(32)),
      attested_at: nullable(bigint),
      device: nullable(text),
      counter_regressed_at: nullable(bigint),
      user_verified: nullable(boolean),
    },
    indices: [
      { name: 'pocket_passkey_account', columnNames: ['account_id', 'backed_up'] },
      { name: 'pocket_passkey_credential', columnNames: ['credential_id'], isUnique: true },
      { name: 'pocket_passkey_verified', columnNames: ['user_verified'] },
    ],
  },
  {
    name: 'pocket_passkey_removal',
    columns: {
      account_id: primary(varchar(255)),
      count: integer,
    },
  },
  {
    name: 'pocket_reauthentication',
    columns: {
      hash: primary(hash),
      account_id: varchar(255),
      session_uid: varchar(255),
      authenticated_at: bigint,
      expires_at: bigint,
    },
    indices: [
      { name: 'pocket_reauthentication_account', columnNames: ['account_id'] },
      { name: 'pocket_reauthentication_expiry', columnNames: ['expires_at'] },
    ],
  },
  {
    name: 'pocket_session_link',
    columns: {
      session_uid: primary(varchar(255)),
      kind: primary(varchar(20)),
      subject: primary(varchar(255)),
      account_id: varchar(255),
      label: nullable(text),
      at: bigint,
    },
    indices: [
      { name: 'pocket_session_link_account', columnNames: ['account_id'] },
      { name: 'pocket_session_link_subject', columnNames: ['subject', 'kind'] },
    ],
  },
  {
    name: 'pocket_session_origin',
    columns: {
      uid: primary(varchar(255)),
      account_id: varchar(255),
      method: varchar(20),
      started_at: bigint,
      removals: integer,
      ended_by: nullable(uuid),
      review_at: bigint,
    },
    indices: [
      { name: 'pocket_session_origin_account', columnNames: ['account_id'] },
      { name: 'pocket_session_origin_end', columnNames: ['ended_by'], where: 'ended_by IS NOT NULL' },
      { name: 'pocket_session_origin_review', columnNames: ['review_at'] },
    ],
  },
]

export const lastReplacedMigration = 'AdditiveAddSpentChallenges1760000000430'

export class CreateTables1763000000000 implements MigrationInterface {
  readonly name = 'CreateTables1763000000000'

  async up(queryRunner: QueryRunner): Promise<void> {
    if (await takeOverTables(queryRunner, lastReplacedMigration)) return
    await createTables(queryRunner, tables)
    // Neither AUTOINCREMENT nor a sequence reuses a value, even after the last row was removed.
    const position =
      queryRunner.dataSource.options.type === 'postgres'
        ? 'bigserial PRIMARY KEY'
        : 'integer PRIMARY KEY AUTOINCREMENT NOT NULL'
    await queryRunner.query(`CREATE TABLE pocket_spent_challenge (id ${position}, hash varchar(43) NOT NULL UNIQUE)`)
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query('DROP TABLE pocket_spent_challenge')
    await dropTables(queryRunner, tables)
  }
}
