import type { MigrationInterface, QueryRunner } from 'typeorm'

/**
 * Challenges are sealed values, and only used ones are stored. The table of stored challenges stays for processes of the
 * previous version, which run beside this one during an update; a later version drops it.
 */
export class AdditiveAddSpentChallenges1760000000430 implements MigrationInterface {
  readonly name = 'AdditiveAddSpentChallenges1760000000430'

  async up(queryRunner: QueryRunner): Promise<void> {
    // Neither AUTOINCREMENT nor a sequence reuses a value, even after the last row was removed.
    const position =
      queryRunner.connection.options.type === 'postgres'
        ? 'bigserial PRIMARY KEY'
        : 'integer PRIMARY KEY AUTOINCREMENT NOT NULL'
    await queryRunner.query(`CREATE TABLE pocket_spent_challenge (id ${position}, hash varchar(43) NOT NULL UNIQUE)`)
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query('DROP TABLE pocket_spent_challenge')
  }
}
