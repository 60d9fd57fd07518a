import { type MigrationInterface, type QueryRunner, Table } from 'typeorm'

const apiKey = new Table({
  name: 'pocket_api_key',
  columns: [
    { name: 'id', type: 'varchar', length: '36', isPrimary: true },
    { name: 'owner_id', type: 'varchar', length: '36' },
    { name: 'name', type: 'text' },
    { name: 'name_key', type: 'text' },
    { name: 'description', type: 'text', isNullable: true },
    { name: 'token_hash', type: 'varchar', length: '43' },
    { name: 'scopes', type: 'text' },
    { name: 'expires_at', type: 'bigint' },
    { name: 'last_used_at', type: 'bigint', isNullable: true },
    { name: 'expiration_email_sent', type: 'boolean' },
    { name: 'created_at', type: 'bigint' },
  ],
  indices: [
    { name: 'pocket_api_key_owner', columnNames: ['owner_id', 'created_at', 'id'] },
    { name: 'pocket_api_key_token', columnNames: ['token_hash'], isUnique: true },
    { name: 'pocket_api_key_expires', columnNames: ['expires_at'] },
  ],
})

/** Creates the API key table. */
export class CreateApiKeys1760000000210 implements MigrationInterface {
  readonly name = 'CreateApiKeys1760000000210'

  async up(runner: QueryRunner): Promise<void> {
    // A copy, because TypeORM modifies the table options.
    await runner.createTable(apiKey.clone())
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.dropTable(apiKey.name)
  }
}
