import { columns, defineMigration, initialTables } from '@pocket/core/internal/sql'

const { bigint, boolean, hash, integer, nullable, primary, text, uuid, varchar } = columns

/** The migrations after the first one, in their order. */
export const laterMigrations = [
  defineMigration('AdditiveAddApiKeySecrets1764000000010', {
    up: ['ALTER TABLE pocket_api_key ADD COLUMN can_read_secrets boolean'],
    down: ['ALTER TABLE pocket_api_key DROP COLUMN can_read_secrets'],
  }),
  // The previous version does not rely on the unique index.
  defineMigration('AdditiveAllowSeveralScimProviders1764000000020', {
    up: [
      'DROP INDEX pocket_scim_provider_client',
      'CREATE INDEX pocket_scim_provider_client ON pocket_scim_provider (client_id)',
    ],
    down: [
      'DROP INDEX pocket_scim_provider_client',
      'CREATE UNIQUE INDEX pocket_scim_provider_client ON pocket_scim_provider (client_id)',
    ],
  }),
  defineMigration('AdditiveCreateBootstrapAccount1764000000030', {
    tables: [{ name: 'pocket_bootstrap_account', columns: { user_id: primary(uuid) } }],
  }),
  defineMigration('AdditiveCreateRecovery1764000000040', {
    tables: [
      {
        name: 'pocket_recovery',
        columns: {
          account_id: primary(uuid),
          used_at: nullable(bigint),
          ip_address: nullable(text),
          user_agent: nullable(text),
          ready_at: nullable(bigint),
          sent_at: nullable(bigint),
          stop_hash: nullable(hash),
        },
        indices: [
          { name: 'pocket_recovery_ready', columnNames: ['ready_at'] },
          { name: 'pocket_recovery_stop', columnNames: ['stop_hash'] },
        ],
      },
    ],
  }),
  defineMigration('AdditiveCreateManaged1764000000060', {
    tables: [
      {
        name: 'pocket_managed',
        columns: { kind: primary(varchar(20)), id: primary(varchar(255)), fields: text },
      },
    ],
  }),
  defineMigration('AdditiveCreateAuditSeals1764000000070', {
    tables: [
      {
        name: 'pocket_audit_seal',
        columns: {
          number: primary(bigint),
          first_at: bigint,
          last_at: bigint,
          last_id: uuid,
          entries: integer,
          hash,
          is_removed: boolean,
        },
      },
      {
        name: 'pocket_audit_outbox',
        columns: {
          destination: primary(varchar(10)),
          key: primary(varchar(43)),
          created_at: bigint,
          entry: text,
          occurrences: bigint,
        },
        indices: [{ name: 'pocket_audit_outbox_order', columnNames: ['destination', 'created_at', 'key'] }],
      },
    ],
  }),
  defineMigration('AdditiveCreateLdapReport1764000000310', {
    tables: [
      {
        name: 'pocket_ldap_report',
        columns: { run_id: primary(uuid), lines: text },
        foreignKeys: [initialTables.cascade('pocket_ldap_report_run', { column: 'run_id', table: 'pocket_ldap_run' })],
      },
    ],
  }),
]
