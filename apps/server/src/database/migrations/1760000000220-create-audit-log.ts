import { type MigrationInterface, type QueryRunner, Table } from 'typeorm'

const audit = new Table({
  name: 'pocket_audit',
  columns: [
    { name: 'id', type: 'varchar', length: '36', isPrimary: true },
    { name: 'created_at', type: 'bigint' },
    { name: 'event', type: 'varchar', length: '64' },
    { name: 'account_id', type: 'varchar', length: '36', isNullable: true },
    { name: 'account_name', type: 'text', isNullable: true },
    { name: 'actor_id', type: 'varchar', length: '36', isNullable: true },
    { name: 'actor_name', type: 'text', isNullable: true },
    { name: 'client_id', type: 'text', isNullable: true },
    { name: 'client_name', type: 'text', isNullable: true },
    { name: 'ip_address', type: 'text', isNullable: true },
    { name: 'user_agent', type: 'text', isNullable: true },
    { name: 'request_id', type: 'varchar', length: '36', isNullable: true },
    { name: 'data', type: 'text' },
  ],
  indices: [
    { name: 'pocket_audit_created', columnNames: ['created_at', 'id'] },
    { name: 'pocket_audit_account', columnNames: ['account_id', 'created_at', 'id'] },
    { name: 'pocket_audit_event', columnNames: ['event', 'created_at', 'id'] },
    { name: 'pocket_audit_client', columnNames: ['client_name', 'created_at', 'id'] },
  ],
})

/** Creates the audit log table. */
export class CreateAuditLog1760000000220 implements MigrationInterface {
  readonly name = 'CreateAuditLog1760000000220'

  async up(runner: QueryRunner): Promise<void> {
    // A copy, because TypeORM modifies the table options.
    await runner.createTable(audit.clone())
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.dropTable(audit.name)
  }
}
