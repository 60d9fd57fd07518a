import { type MigrationInterface, type QueryRunner, Table } from 'typeorm'

/** Challenges are sealed values from now on; only used ones are stored. */
export class SealChallenges1760000000352 implements MigrationInterface {
  readonly name = 'SealChallenges1760000000352'

  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query('DROP TABLE pocket_challenge')
    // Neither AUTOINCREMENT nor a sequence reuses a value, even after the last row was removed.
    const position =
      queryRunner.connection.options.type === 'postgres'
        ? 'bigserial PRIMARY KEY'
        : 'integer PRIMARY KEY AUTOINCREMENT NOT NULL'
    await queryRunner.query(`CREATE TABLE pocket_challenge (id ${position}, hash varchar(43) NOT NULL UNIQUE)`)
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query('DROP TABLE pocket_challenge')
    await queryRunner.createTable(
      new Table({
        name: 'pocket_challenge',
        columns: [
          { name: 'hash', type: 'varchar', length: '43', isPrimary: true },
          { name: 'purpose', type: 'varchar', length: '20' },
          { name: 'browser_hash', type: 'varchar', length: '43' },
          { name: 'account_id', type: 'varchar', length: '255', isNullable: true },
          { name: 'data', type: 'text', isNullable: true },
          { name: 'expires_at', type: 'bigint' },
        ],
        indices: [{ name: 'pocket_challenge_expiry', columnNames: ['expires_at'] }],
      }),
    )
  }
}
