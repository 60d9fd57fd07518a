import { type MigrationInterface, type QueryRunner, TableIndex } from 'typeorm'

/** Adds the network of interactions that were started without a signed-in user. */
export class CountPendingInteractions1760000000354 implements MigrationInterface {
  readonly name = 'CountPendingInteractions1760000000354'

  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query('ALTER TABLE pocket_artifact ADD COLUMN network varchar(45)')
    const index = { name: 'pocket_artifact_network', columnNames: ['network'], where: 'network IS NOT NULL' }
    await queryRunner.createIndex('pocket_artifact', new TableIndex(index))
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.dropIndex('pocket_artifact', 'pocket_artifact_network')
    await queryRunner.query('ALTER TABLE pocket_artifact DROP COLUMN network')
  }
}
