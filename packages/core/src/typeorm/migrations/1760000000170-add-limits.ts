import { type MigrationInterface, type QueryRunner, Table } from 'typeorm'

/** Adds the counters of rate limits. */
export class AddLimits1760000000170 implements MigrationInterface {
  readonly name = 'AddLimits1760000000170'

  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.createTable(
      new Table({
        name: 'pocket_limit',
        columns: [
          { name: 'key', type: 'varchar', length: '43', isPrimary: true },
          { name: 'expires_at', type: 'bigint' },
          { name: 'admitted', type: 'boolean' },
        ],
        indices: [{ name: 'pocket_limit_expiry', columnNames: ['expires_at'] }],
      }),
    )
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.dropTable('pocket_limit')
  }
}
