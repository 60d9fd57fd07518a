import type { MigrationInterface, QueryRunner } from 'typeorm'
import { migrations } from '../../src/composition/server-tables.ts'

// Preloaded into the server program: makes it a newer version, with migrations that the program itself does not know.

class AdditiveAddClientNotes1999999999001 implements MigrationInterface {
  readonly name = 'AdditiveAddClientNotes1999999999001'

  async up(runner: QueryRunner): Promise<void> {
    await runner.query('ALTER TABLE "pocket_client" ADD COLUMN "note" varchar')
    await runner.query('CREATE TABLE "pocket_note" ("id" varchar PRIMARY KEY)')
  }

  async down(): Promise<void> {}
}

class RemoveFavorites1999999999002 implements MigrationInterface {
  readonly name = 'RemoveFavorites1999999999002'

  async up(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE "pocket_favourite"')
  }

  async down(): Promise<void> {}
}

const added = process.env.NEWER_VERSION === '2' ? [RemoveFavorites1999999999002] : []
// The cast is safe because the list cannot be changed elsewhere.
const own = migrations.at(-1)?.migrations as unknown[]
own.push(AdditiveAddClientNotes1999999999001, ...added)
