import type { MigrationInterface, QueryRunner } from 'typeorm'
import { searchKeyOf } from '../../users/user-store.ts'

/** Adds display names to the search keys. Databases cannot compute them: their `LOWER` may know ASCII letters only. */
export class AdditiveSearchDisplayedNames1764000000080 implements MigrationInterface {
  readonly name = 'AdditiveSearchDisplayedNames1764000000080'

  async up(runner: QueryRunner): Promise<void> {
    await runner.query('ALTER TABLE pocket_group ADD COLUMN search_key text')
    await setSearchKeys(
      runner,
      'pocket_group',
      `SELECT id, name || '\n' || friendly_name AS searched FROM pocket_group`,
    )
    await setSearchKeys(
      runner,
      'pocket_user',
      `SELECT id, search_key || '\n' || display_name AS searched FROM pocket_user
        WHERE display_name <> TRIM(first_name || ' ' || last_name) AND display_name <> user_name`,
    )
  }

  /** The keys of users are rewritten by later changes. */
  async down(runner: QueryRunner): Promise<void> {
    await runner.query('ALTER TABLE pocket_group DROP COLUMN search_key')
  }
}

async function setSearchKeys(runner: QueryRunner, table: string, select: string): Promise<void> {
  const [first, second] = runner.connection.options.type === 'postgres' ? ['$1', '$2'] : ['?', '?']
  const update = `UPDATE ${table} SET search_key = ${first} WHERE id = ${second}`
  const found: readonly { readonly id: string; readonly searched: string }[] = await runner.query(select)
  for (const { id, searched } of found) await runner.query(update, [searchKeyOf([searched]), id])
}
