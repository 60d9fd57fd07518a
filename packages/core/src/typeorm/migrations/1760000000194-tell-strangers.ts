import type { MigrationInterface, QueryRunner } from 'typeorm'

/** Records whose connection attempts may be removed first. */
export class TellStrangers1760000000194 implements MigrationInterface {
  readonly name = 'TellStrangers1760000000194'

  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query('ALTER TABLE pocket_connection_attempt ADD COLUMN stranger varchar(64)')
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query('ALTER TABLE pocket_connection_attempt DROP COLUMN stranger')
  }
}
