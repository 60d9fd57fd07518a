import { type MigrationInterface, type QueryRunner, Table } from 'typeorm'

/**
 * Adds dynamic client registration and its initial access tokens. Plain SQL for the columns, since TypeORM would recreate
 * the table on SQLite and lose the rows that reference it.
 */
export class AddRegistration1760000000130 implements MigrationInterface {
  readonly name = 'AddRegistration1760000000130'

  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query('ALTER TABLE pocket_client ADD COLUMN registration text')
    await queryRunner.query('ALTER TABLE pocket_client ADD COLUMN unused_since bigint')
    await queryRunner.query('ALTER TABLE pocket_client ADD COLUMN metadata_expires_at bigint')
    await queryRunner.createTable(
      new Table({
        name: 'pocket_initial_access_token',
        columns: [
          { name: 'id', type: 'varchar', length: '36', isPrimary: true },
          { name: 'token_hash', type: 'varchar', length: '43' },
          { name: 'description', type: 'text' },
          { name: 'usage_limit', type: 'bigint' },
          { name: 'usage_count', type: 'bigint' },
          { name: 'expires_at', type: 'bigint' },
          { name: 'created_at', type: 'bigint' },
        ],
        indices: [
          { name: 'pocket_initial_access_token_hash', columnNames: ['token_hash'], isUnique: true },
          { name: 'pocket_initial_access_token_expiry', columnNames: ['expires_at'] },
        ],
      }),
    )
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.dropTable('pocket_initial_access_token')
    for (const column of ['metadata_expires_at', 'unused_since', 'registration'])
      await queryRunner.query(`ALTER TABLE pocket_client DROP COLUMN ${column}`)
  }
}
