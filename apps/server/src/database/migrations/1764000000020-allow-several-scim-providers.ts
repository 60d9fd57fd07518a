import type { MigrationInterface, QueryRunner } from 'typeorm'

/** A client may have several SCIM providers. The previous version does not rely on the unique index. */
export class AdditiveAllowSeveralScimProviders1764000000020 implements MigrationInterface {
  readonly name = 'AdditiveAllowSeveralScimProviders1764000000020'

  async up(runner: QueryRunner): Promise<void> {
    await runner.query('DROP INDEX pocket_scim_provider_client')
    await runner.query('CREATE INDEX pocket_scim_provider_client ON pocket_scim_provider (client_id)')
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP INDEX pocket_scim_provider_client')
    await runner.query('CREATE UNIQUE INDEX pocket_scim_provider_client ON pocket_scim_provider (client_id)')
  }
}
