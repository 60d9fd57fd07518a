import { type MigrationInterface, type QueryRunner, TableIndex } from 'typeorm'

/** Adds the network of clients that were registered without credentials. */
export class AdditiveNoteRegisteringNetworks1760000000420 implements MigrationInterface {
  readonly name = 'AdditiveNoteRegisteringNetworks1760000000420'

  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query('ALTER TABLE pocket_client ADD COLUMN network varchar(45)')
    const index = { name: 'pocket_client_network', columnNames: ['network'], where: 'network IS NOT NULL' }
    await queryRunner.createIndex('pocket_client', new TableIndex(index))
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.dropIndex('pocket_client', 'pocket_client_network')
    await queryRunner.query('ALTER TABLE pocket_client DROP COLUMN network')
  }
}
