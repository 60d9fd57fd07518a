import { type MigrationInterface, type QueryRunner, TableColumn } from 'typeorm'

const table = 'pocket_approval'
/** The new columns, and the values for accounts that are already waiting. */
const added = [
  ['awaits_administrator', 'TRUE'],
  ['awaits_verification', 'FALSE'],
] as const

const column = (name: string, isNullable: boolean) => new TableColumn({ name, type: 'boolean', isNullable })

/** Stores what a new account waits for: approval, a verified e-mail address, or both. */
export class WaitForAddresses1762000000250 implements MigrationInterface {
  readonly name = 'WaitForAddresses1762000000250'

  async up(runner: QueryRunner): Promise<void> {
    // Created without a constraint first, because the two databases write defaults differently.
    await runner.addColumns(
      table,
      added.map(([name]) => column(name, true)),
    )
    await runner.query(`UPDATE ${table} SET ${added.map(([name, value]) => `${name} = ${value}`).join(', ')}`)
    await runner.changeColumns(
      table,
      added.map(([name]) => ({ oldColumn: column(name, true), newColumn: column(name, false) })),
    )
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.dropColumns(
      table,
      added.map(([name]) => name),
    )
  }
}
