import type { MigrationInterface, QueryRunner } from 'typeorm'

/** Adds the protocol settings of clients. Plain SQL, since TypeORM would recreate the table on SQLite and lose its groups. */
export class AddClientProtocol1760000000015 implements MigrationInterface {
  readonly name = 'AddClientProtocol1760000000015'

  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query('ALTER TABLE pocket_client ADD COLUMN protocol text')
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query('ALTER TABLE pocket_client DROP COLUMN protocol')
  }
}
