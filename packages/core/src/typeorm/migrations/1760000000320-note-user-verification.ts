import type { MigrationInterface, QueryRunner } from 'typeorm'

/** Records whether a passkey has ever verified its user; unknown for existing passkeys. */
export class NoteUserVerification1760000000320 implements MigrationInterface {
  readonly name = 'NoteUserVerification1760000000320'

  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query('ALTER TABLE pocket_passkey ADD COLUMN user_verified boolean')
    await queryRunner.query('CREATE INDEX pocket_passkey_verified ON pocket_passkey (user_verified)')
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query('DROP INDEX pocket_passkey_verified')
    await queryRunner.query('ALTER TABLE pocket_passkey DROP COLUMN user_verified')
  }
}
