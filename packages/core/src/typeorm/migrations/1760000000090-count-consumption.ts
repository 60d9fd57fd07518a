import type { MigrationInterface, QueryRunner } from 'typeorm'

/** Counts how often a single-use artifact was used within its grace period. */
export class CountConsumption1760000000090 implements MigrationInterface {
  readonly name = 'CountConsumption1760000000090'

  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query('ALTER TABLE pocket_artifact ADD COLUMN times_consumed integer')
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query('ALTER TABLE pocket_artifact DROP COLUMN times_consumed')
  }
}
