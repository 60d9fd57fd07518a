import type { MigrationInterface, QueryRunner } from 'typeorm'

/** Groups that give access only to members with two passkeys. */
export class AdditiveRequireTwoPasskeys1764000000130 implements MigrationInterface {
  readonly name = 'AdditiveRequireTwoPasskeys1764000000130'

  async up(runner: QueryRunner): Promise<void> {
    await runner.query('ALTER TABLE "pocket_group" ADD COLUMN "requires_two_passkeys" boolean')
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('ALTER TABLE "pocket_group" DROP COLUMN "requires_two_passkeys"')
  }
}
