import type { MigrationInterface, QueryRunner } from 'typeorm'

/** Adds the location of the IP address; existing entries have none. */
export class PlaceAuditEntries1762000000360 implements MigrationInterface {
  readonly name = 'PlaceAuditEntries1762000000360'

  async up(runner: QueryRunner): Promise<void> {
    await runner.query('ALTER TABLE pocket_audit ADD COLUMN country text')
    await runner.query('ALTER TABLE pocket_audit ADD COLUMN city text')
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('ALTER TABLE pocket_audit DROP COLUMN city')
    await runner.query('ALTER TABLE pocket_audit DROP COLUMN country')
  }
}
