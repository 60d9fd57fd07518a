import { type MigrationInterface, type QueryRunner, Table } from 'typeorm'

const varchar = (length: number) => ({ type: 'varchar', length: String(length) })

/** Adds logins of devices that wait for approval on another device. */
export class AddDeviceLogins1760000000031 implements MigrationInterface {
  readonly name = 'AddDeviceLogins1760000000031'

  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.createTable(
      new Table({
        name: 'pocket_device_login',
        columns: [
          { name: 'id', ...varchar(36), isPrimary: true },
          { name: 'token_hash', ...varchar(43) },
          { name: 'code_hash', ...varchar(43) },
          { name: 'ip_address', ...varchar(64), isNullable: true },
          { name: 'user_agent', ...varchar(512), isNullable: true },
          { name: 'status', ...varchar(10) },
          { name: 'account_id', ...varchar(255), isNullable: true },
          { name: 'expires_at', type: 'bigint' },
        ],
        indices: [
          { name: 'pocket_device_login_code', columnNames: ['code_hash'], isUnique: true },
          { name: 'pocket_device_login_expiry', columnNames: ['expires_at'] },
        ],
      }),
    )
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.dropTable('pocket_device_login')
  }
}
