import type { MigrationInterface, QueryRunner } from 'typeorm'

const columns = [
  ['attachment', 'varchar(20)'],
  ['attestation', 'varchar(32)'],
  ['attested_at', 'bigint'],
  ['device', 'text'],
  ['counter_regressed_at', 'bigint'],
] as const

/** Adds passkey properties for policies and for display to the owner. */
export class ExtendPasskeys1760000000180 implements MigrationInterface {
  readonly name = 'ExtendPasskeys1760000000180'

  async up(queryRunner: QueryRunner): Promise<void> {
    for (const [name, type] of columns) await queryRunner.query(`ALTER TABLE pocket_passkey ADD COLUMN ${name} ${type}`)
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    for (const [name] of [...columns].reverse())
      await queryRunner.query(`ALTER TABLE pocket_passkey DROP COLUMN ${name}`)
  }
}
