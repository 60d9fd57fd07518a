import { type MigrationInterface, type QueryRunner, Table } from 'typeorm'

const hash = { type: 'varchar', length: '43' } as const
const varchar = { type: 'varchar', length: '255' } as const

/** Adds reauthentications, and login codes that are bound to one browser. */
export class AddReauthentication1760000000030 implements MigrationInterface {
  readonly name = 'AddReauthentication1760000000030'

  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query('ALTER TABLE "pocket_code" ADD COLUMN "browser_hash" varchar(43)')
    await queryRunner.createTable(
      new Table({
        name: 'pocket_reauthentication',
        columns: [
          { name: 'hash', ...hash, isPrimary: true },
          { name: 'account_id', ...varchar },
          { name: 'session_uid', ...varchar },
          { name: 'authenticated_at', type: 'bigint' },
          { name: 'expires_at', type: 'bigint' },
        ],
        indices: [
          { name: 'pocket_reauthentication_account', columnNames: ['account_id'] },
          { name: 'pocket_reauthentication_expiry', columnNames: ['expires_at'] },
        ],
      }),
    )
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.dropTable('pocket_reauthentication')
    await queryRunner.query('ALTER TABLE "pocket_code" DROP COLUMN "browser_hash"')
  }
}
