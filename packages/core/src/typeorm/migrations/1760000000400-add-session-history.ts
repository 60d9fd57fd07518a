import { type MigrationInterface, type QueryRunner, Table } from 'typeorm'

const varchar = { type: 'varchar', length: '255' } as const

/** Records how sessions began, the credentials used and created in them, and the session that approved a device. */
export class AddSessionHistory1760000000400 implements MigrationInterface {
  readonly name = 'AddSessionHistory1760000000400'

  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query('ALTER TABLE "pocket_device_login" ADD COLUMN "session_uid" varchar(255)')
    await queryRunner.createTable(
      new Table({
        name: 'pocket_passkey_removal',
        columns: [
          { name: 'account_id', ...varchar, isPrimary: true },
          { name: 'count', type: 'integer' },
        ],
      }),
    )
    await queryRunner.createTable(
      new Table({
        name: 'pocket_session_origin',
        columns: [
          { name: 'uid', ...varchar, isPrimary: true },
          { name: 'account_id', ...varchar },
          { name: 'method', type: 'varchar', length: '20' },
          { name: 'started_at', type: 'bigint' },
          { name: 'removals', type: 'integer' },
          { name: 'ended_by', type: 'varchar', length: '36', isNullable: true },
          { name: 'review_at', type: 'bigint' },
        ],
        indices: [
          { name: 'pocket_session_origin_account', columnNames: ['account_id'] },
          { name: 'pocket_session_origin_end', columnNames: ['ended_by'], where: 'ended_by IS NOT NULL' },
          { name: 'pocket_session_origin_review', columnNames: ['review_at'] },
        ],
      }),
    )
    await queryRunner.createTable(
      new Table({
        name: 'pocket_session_link',
        columns: [
          { name: 'session_uid', ...varchar, isPrimary: true },
          { name: 'kind', type: 'varchar', length: '20', isPrimary: true },
          { name: 'subject', ...varchar, isPrimary: true },
          { name: 'account_id', ...varchar },
          { name: 'label', type: 'text', isNullable: true },
          { name: 'at', type: 'bigint' },
        ],
        indices: [
          { name: 'pocket_session_link_account', columnNames: ['account_id'] },
          { name: 'pocket_session_link_subject', columnNames: ['subject', 'kind'] },
        ],
      }),
    )
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.dropTable('pocket_session_link')
    await queryRunner.dropTable('pocket_session_origin')
    await queryRunner.dropTable('pocket_passkey_removal')
    await queryRunner.query('ALTER TABLE "pocket_device_login" DROP COLUMN "session_uid"')
  }
}
