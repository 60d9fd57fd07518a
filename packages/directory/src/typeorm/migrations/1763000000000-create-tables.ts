import { columns, initialTables } from '@pocket/core/internal/sql'
import type { MigrationInterface, QueryRunner } from 'typeorm'

const { bigint, boolean, hash, nullable, primary, text, uuid, varchar } = columns
const { cascade, createTables, dropTables, takeOverTables } = initialTables

const tables: readonly initialTables.InitialTable[] = [
  {
    name: 'pocket_user',
    columns: {
      id: primary(uuid),
      user_name: text,
      user_name_key: text,
      email: nullable(text),
      email_key: nullable(text),
      email_verified: boolean,
      first_name: text,
      last_name: text,
      display_name: text,
      administrator: boolean,
      disabled: boolean,
      locale: nullable(varchar(35)),
      created_at: bigint,
      updated_at: bigint,
      search_key: text,
      ldap_id: nullable(text),
    },
    indices: [
      { name: 'pocket_user_by_administrator', columnNames: ['administrator', 'created_at', 'id'] },
      { name: 'pocket_user_by_age', columnNames: ['created_at', 'id'] },
      { name: 'pocket_user_by_disabled', columnNames: ['disabled', 'created_at', 'id'] },
      { name: 'pocket_user_by_display_name', columnNames: ['display_name', 'created_at', 'id', 'search_key'] },
      { name: 'pocket_user_by_email', columnNames: ['email_key', 'created_at', 'id', 'search_key'] },
      { name: 'pocket_user_by_email_verified', columnNames: ['email_verified', 'created_at', 'id'] },
      { name: 'pocket_user_by_first_name', columnNames: ['first_name', 'created_at', 'id', 'search_key'] },
      { name: 'pocket_user_by_last_name', columnNames: ['last_name', 'created_at', 'id', 'search_key'] },
      { name: 'pocket_user_email', columnNames: ['email_key'], isUnique: true },
      { name: 'pocket_user_ldap', columnNames: ['ldap_id'], isUnique: true },
      { name: 'pocket_user_search', columnNames: ['search_key'] },
      { name: 'pocket_user_user_name', columnNames: ['user_name_key'], isUnique: true },
    ],
  },
  {
    name: 'pocket_group',
    columns: {
      id: primary(uuid),
      name: text,
      name_key: text,
      friendly_name: text,
      created_at: bigint,
      ldap_id: nullable(text),
    },
    indices: [
      { name: 'pocket_group_by_age', columnNames: ['created_at', 'id'] },
      { name: 'pocket_group_ldap', columnNames: ['ldap_id'], isUnique: true },
      { name: 'pocket_group_name', columnNames: ['name_key'], isUnique: true },
    ],
  },
  {
    name: 'pocket_membership',
    columns: {
      user_id: primary(uuid),
      group_id: primary(uuid),
      ends_at: nullable(bigint),
    },
    indices: [
      { name: 'pocket_membership_ends', columnNames: ['ends_at'] },
      { name: 'pocket_membership_group', columnNames: ['group_id', 'ends_at'] },
    ],
    foreignKeys: [
      cascade('pocket_membership_of_user', { column: 'user_id', table: 'pocket_user' }),
      cascade('pocket_membership_of_group', { column: 'group_id', table: 'pocket_group' }),
    ],
  },
  {
    name: 'pocket_user_claim',
    columns: {
      user_id: primary(uuid),
      key: primary(text),
      value: text,
      position: bigint,
    },
    foreignKeys: [cascade('pocket_user_claim_owner', { column: 'user_id', table: 'pocket_user' })],
  },
  {
    name: 'pocket_group_claim',
    columns: {
      group_id: primary(uuid),
      key: primary(text),
      value: text,
      position: bigint,
    },
    foreignKeys: [cascade('pocket_group_claim_owner', { column: 'group_id', table: 'pocket_group' })],
  },
  {
    name: 'pocket_ldap_user',
    columns: {
      user_id: primary(uuid),
      dn: text,
      disabled_by_import: boolean,
      enabled_by_hand: boolean,
      administrator_by_import: boolean,
      administrator_by_hand: boolean,
      picture_hash: nullable(text),
      picture_image: nullable(text),
    },
    foreignKeys: [cascade('pocket_ldap_user_of_user', { column: 'user_id', table: 'pocket_user' })],
  },
  {
    name: 'pocket_scim_record',
    columns: {
      provider_id: primary(uuid),
      kind: primary(varchar(5)),
      local_id: primary(uuid),
      remote_id: text,
      state: varchar(7),
      name: text,
      remote_name: text,
      sent: hash,
      kept: hash,
    },
    indices: [{ name: 'pocket_scim_record_state', columnNames: ['provider_id', 'state', 'name'] }],
  },
]

export const lastReplacedMigration = 'CreateScimRecords1761000000060'

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
