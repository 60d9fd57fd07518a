import type { MigrationInterface, QueryRunner } from 'typeorm'

/** Stores the path to which a waiting user returns after sign-up. */
export class KeepWaysBack1762000000310 implements MigrationInterface {
  readonly name = 'KeepWaysBack1762000000310'

  async up(runner: QueryRunner): Promise<void> {
    await runner.query('ALTER TABLE pocket_approval ADD COLUMN way_back text')
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('ALTER TABLE pocket_approval DROP COLUMN way_back')
  }
}
