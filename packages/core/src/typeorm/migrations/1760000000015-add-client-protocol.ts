import type { MigrationInterface, QueryRunner } from 'typeorm'

/** How a client speaks the protocol. Plain SQL, since SQLite would make the table again, and its groups would go with it. */
export class AddClientProtocol1760000000015 implements MigrationInterface {
  readonly name = 'AddClientProtocol1760000000015'

  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query('ALTER TABLE pocket_client ADD COLUMN protocol text')
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query('ALTER TABLE pocket_client DROP COLUMN protocol')
  }
}
