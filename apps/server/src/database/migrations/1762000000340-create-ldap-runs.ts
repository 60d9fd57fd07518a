import { type MigrationInterface, type QueryRunner, Table } from 'typeorm'

/** Creates the table of LDAP import reports. */
export class CreateLdapRuns1762000000340 implements MigrationInterface {
  readonly name = 'CreateLdapRuns1762000000340'

  async up(runner: QueryRunner): Promise<void> {
    await runner.createTable(
      new Table({
        name: 'pocket_ldap_run',
        columns: [
          { name: 'id', type: 'varchar', length: '36', isPrimary: true },
          { name: 'started_by', type: 'varchar', length: '10' },
          { name: 'outcome', type: 'varchar', length: '10' },
          { name: 'started_at', type: 'bigint' },
          { name: 'finished_at', type: 'bigint' },
          { name: 'code', type: 'varchar', length: '64', isNullable: true },
          { name: 'details', type: 'text' },
          { name: 'found', type: 'text', isNullable: true },
          { name: 'counts', type: 'text' },
          { name: 'problems', type: 'text' },
          { name: 'problem_count', type: 'bigint' },
          { name: 'plan', type: 'text', isNullable: true },
          { name: 'losses', type: 'text', isNullable: true },
          { name: 'settings_hash', type: 'varchar', length: '43' },
        ],
        indices: [{ name: 'pocket_ldap_run_newest', columnNames: ['started_at', 'id'] }],
      }),
    )
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.dropTable('pocket_ldap_run')
  }
}
