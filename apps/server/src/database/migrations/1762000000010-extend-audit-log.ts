import { type MigrationInterface, type QueryRunner, TableColumn, TableIndex } from 'typeorm'

const table = 'pocket_audit'
const filled = { occurrences: 'bigint', last_at: 'bigint', searched: 'text' } as const

function column(name: string, type: string, isNullable: boolean): TableColumn {
  return new TableColumn({ name, type, isNullable, ...(type === 'varchar' && { length: '43' }) })
}

/** Adds changes, repetition counts and search text. No other table refers to this table. */
export class ExtendAuditLog1762000000010 implements MigrationInterface {
  readonly name = 'ExtendAuditLog1762000000010'

  async up(runner: QueryRunner): Promise<void> {
    const names = Object.entries(filled)
    // Created without a constraint first, because entries exist and the two databases write defaults differently.
    await runner.addColumns(table, [
      column('changes', 'text', true),
      ...names.map(([name, type]) => column(name, type, true)),
      column('last', 'text', true),
      column('repetition', 'varchar', true),
    ])
    await runner.query(`UPDATE ${table} SET occurrences = 1, last_at = created_at, searched = LOWER(
      event || ' ' || COALESCE(account_name, '') || ' ' || COALESCE(actor_name, '') || ' ' ||
      COALESCE(client_name, '') || ' ' || COALESCE(ip_address, '') || ' ' || data)`)
    await runner.changeColumns(
      table,
      names.map(([name, type]) => ({ oldColumn: column(name, type, true), newColumn: column(name, type, false) })),
    )
    await runner.createIndex(
      table,
      new TableIndex({ name: 'pocket_audit_repetition', columnNames: ['repetition'], isUnique: true }),
    )
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.dropIndex(table, 'pocket_audit_repetition')
    await runner.dropColumns(table, ['changes', ...Object.keys(filled), 'last', 'repetition'])
  }
}
