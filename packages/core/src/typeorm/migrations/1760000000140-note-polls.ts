import type { MigrationInterface, QueryRunner } from 'typeorm'

/** Adds the time of the last token request of a device code. */
export class NotePolls1760000000140 implements MigrationInterface {
  readonly name = 'NotePolls1760000000140'

  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query('ALTER TABLE pocket_artifact ADD COLUMN polled_at bigint')
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query('ALTER TABLE pocket_artifact DROP COLUMN polled_at')
  }
}
