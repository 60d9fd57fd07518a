import type { MigrationInterface, QueryRunner } from 'typeorm'

/** Whether a program created a login code. */
export class AdditiveAddCodeByProgram1764000000030 implements MigrationInterface {
  readonly name = 'AdditiveAddCodeByProgram1764000000030'

  async up(runner: QueryRunner): Promise<void> {
    await runner.query('ALTER TABLE pocket_code ADD COLUMN by_program boolean')
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('ALTER TABLE pocket_code DROP COLUMN by_program')
  }
}
