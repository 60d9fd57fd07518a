import type { MigrationInterface, QueryRunner } from 'typeorm'

/** When a device asked for the tokens of its code for the last time. */
export class NotePolls1760000000140 implements MigrationInterface {
  readonly name = 'NotePolls1760000000140'

  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query('ALTER TABLE pocket_artifact ADD COLUMN polled_at bigint')
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query('ALTER TABLE pocket_artifact DROP COLUMN polled_at')
  }
}
