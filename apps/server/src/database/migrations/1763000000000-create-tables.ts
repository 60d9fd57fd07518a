import { columns, initialTables } from '@pocket/core/internal/sql'
import type { MigrationInterface, QueryRunner } from 'typeorm'

const { bigint, boolean, hash, nullable, primary, text, uuid, varchar } = columns
const { createTables, dropTables, takeOverTables } = initialTables

const tables: readonly initialTables.InitialTable[] = [
  {
    name: 'pocket_job',
    columns: {
      name: primary(varchar(100)),
      next_run_at: bigint,
      lease_owner: nullable(varchar(100)),
      lease_until: nullable(bigint),
      last_started_at: nullable(bigint),
      last_finished_at: nullable(bigint),
      last_outcome: nullable(varchar(10)),
      last_error: nullable(text),
    },
  },
  {
    name: 'pocket_api_key',
    columns: {
      id: primary(uuid),
      owner_id: uuid,
      name: text,
      name_key: text,
      description: nullable(text),
      token_hash: hash,
      scopes: text,
      expires_at: bigint,
      last_used_at: nullable(bigint),
      expiration_email_sent: boolean,
      created_at: bigint,
    },
    indices: [
      { name: 'pocket_api_key_expires', columnNames: ['expires_at'] },
      { name: 'pocket_api_key_owner', columnNames: ['owner_id', 'created_at', 'id'] },
      { name: 'pocket_api_key_token', columnNames: ['token_hash'], isUnique: true },
    ],
  },
  {
    name: 'pocket_audit',
    columns: {
      id: primary(uuid),
      created_at: bigint,
      event: varchar(64),
      account_id: nullable(uuid),
      account_name: nullable(text),
      actor_id: nullable(uuid),
      actor_name: nullable(text),
      client_id: nullable(text),
      client_name: nullable(text),
      ip_address: nullable(text),
      user_agent: nullable(text),
      request_id: nullable(uuid),
      data: text,
      changes: nullable(text),
      occurrences: bigint,
      last_at: bigint,
      searched: text,
      last: nullable(text),
      repetition: nullable(hash),
      country: nullable(text),
      city: nullable(text),
    },
    indices: [
      { name: 'pocket_audit_account', columnNames: ['account_id', 'created_at', 'id'] },
      { name: 'pocket_audit_client', columnNames: ['client_name', 'created_at', 'id'] },
      { name: 'pocket_audit_created', columnNames: ['created_at', 'id'] },
      { name: 'pocket_audit_event', columnNames: ['event', 'created_at', 'id'] },
      { name: 'pocket_audit_repetition', columnNames: ['repetition'], isUnique: true },
    ],
  },
  {
    name: 'pocket_setting',
    columns: {
      key: primary(varchar(100)),
      value: text,
    },
  },
  {
    name: 'pocket_signup_token',
    columns: {
      id: primary(uuid),
      token_hash: hash,
      group_ids: text,
      usage_limit: bigint,
      usage_count: bigint,
      expires_at: bigint,
      created_at: bigint,
      sealed_token: nullable(text),
    },
    indices: [
      { name: 'pocket_signup_token_expires', columnNames: ['expires_at'] },
      { name: 'pocket_signup_token_hash', columnNames: ['token_hash'], isUnique: true },
    ],
  },
  {
    name: 'pocket_image',
    columns: {
      file: primary(varchar(200)),
      slot: nullable(varchar(100)),
      media_type: varchar(50),
      hash: hash,
      created_at: bigint,
    },
    indices: [{ name: 'pocket_image_slot', columnNames: ['slot'], isUnique: true }],
  },
  {
    name: 'pocket_file',
    columns: {
      name: primary(varchar(200)),
      data: text,
      created_at: bigint,
    },
  },
  {
    name: 'pocket_email',
    columns: {
      id: primary(uuid),
      kind: varchar(40),
      recipient: text,
      account_id: nullable(uuid),
      locale: nullable(varchar(100)),
      data: text,
      once_key: nullable(varchar(200)),
      attempts: bigint,
      next_attempt_at: nullable(bigint),
      expires_at: bigint,
      last_error: nullable(text),
      created_at: bigint,
      sent_at: nullable(bigint),
    },
    indices: [
      { name: 'pocket_email_account', columnNames: ['account_id'] },
      { name: 'pocket_email_created', columnNames: ['created_at', 'id'] },
      { name: 'pocket_email_due', columnNames: ['next_attempt_at', 'id'] },
      { name: 'pocket_email_once', columnNames: ['once_key'], isUnique: true },
      { name: 'pocket_email_unsent', columnNames: ['created_at', 'next_attempt_at'], where: 'sent_at IS NULL' },
    ],
  },
  {
    name: 'pocket_email_verification',
    columns: {
      account_id: primary(uuid),
      token_hash: hash,
      email: text,
      expires_at: bigint,
    },
  },
  {
    name: 'pocket_reminder',
    columns: {
      account_id: primary(uuid),
      put_off_at: bigint,
    },
  },
  {
    name: 'pocket_favourite',
    columns: {
      account_id: primary(uuid),
      client_id: primary(text),
      created_at: bigint,
    },
    indices: [{ name: 'pocket_favourite_client', columnNames: ['client_id'] }],
  },
  {
    name: 'pocket_approval',
    columns: {
      account_id: primary(uuid),
      requested_at: bigint,
      awaits_administrator: boolean,
      awaits_verification: boolean,
      way_back: nullable(text),
    },
  },
  {
    name: 'pocket_ldap_run',
    columns: {
      id: primary(uuid),
      started_by: varchar(10),
      outcome: varchar(10),
      started_at: bigint,
      finished_at: bigint,
      code: nullable(varchar(64)),
      details: text,
      found: nullable(text),
      counts: text,
      problems: text,
      problem_count: bigint,
      plan: nullable(text),
      losses: nullable(text),
      settings_hash: hash,
    },
    indices: [{ name: 'pocket_ldap_run_newest', columnNames: ['started_at', 'id'] }],
  },
  {
    name: 'pocket_scim_provider',
    columns: {
      id: primary(uuid),
      client_id: text,
      endpoint: text,
      token: text,
      removal: varchar(10),
      created_at: bigint,
      next_run_at: bigint,
      lease_owner: nullable(uuid),
      lease_until: nullable(bigint),
      started_at: nullable(bigint),
      finished_at: nullable(bigint),
      succeeded_at: nullable(bigint),
      failed: boolean,
      report: text,
    },
    indices: [{ name: 'pocket_scim_provider_client', columnNames: ['client_id'], isUnique: true }],
  },
  {
    name: 'pocket_scim_change',
    columns: {
      id: primary(uuid),
      changed_at: bigint,
    },
    indices: [{ name: 'pocket_scim_change_at', columnNames: ['changed_at'] }],
  },
]

export const lastReplacedMigration = 'PlaceAuditEntries1762000000360'

export class CreateTables1763000000000 implements MigrationInterface {
  readonly name = 'CreateTables1763000000000'

  async up(queryRunner: QueryRunner): Promise<void> {
    if (await takeOverTables(queryRunner, lastReplacedMigration)) return
    await createTables(queryRunner, tables)
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await dropTables(queryRunner, tables)
  }
}
