import { type MigrationInterface, type QueryRunner, TableIndex } from 'typeorm'

const table = 'pocket_audit'

/** What was changed, how often something was refused, and what is searched. */
export class ExtendAuditLog1762000000010 implements MigrationInterface {
  readonly name = 'ExtendAuditLog1762000000010'

  async up(runner: QueryRunner): Promise<void> {
    for (const column of [
      'changes text',
      'occurrences bigint NOT NULL DEFAULT 1',
      'last_at bigint NOT NULL DEFAULT 0',
      'last text',
      'repetition varchar(43)',
      "searched text NOT NULL DEFAULT ''",
    ])
      await runner.query(`ALTER TABLE ${table} ADD COLUMN ${column}`)
    await runner.query(`UPDATE ${table} SET last_at = created_at, searched = LOWER(
      event || ' ' || COALESCE(account_name, '') || ' ' || COALESCE(actor_name, '') || ' ' ||
      COALESCE(client_name, '') || ' ' || COALESCE(ip_address, '') || ' ' || data)`)
    await runner.createIndex(
      table,
      new TableIndex({ name: 'pocket_audit_repetition', columnNames: ['repetition'], isUnique: true }),
    )
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.dropIndex(table, 'pocket_audit_repetition')
    for (const column of ['changes', 'occurrences', 'last_at', 'last', 'repetition', 'searched'])
      await runner.query(`ALTER TABLE ${table} DROP COLUMN ${column}`)
  }
}
