import { type Database, TableRows } from '@pocket/core/typeorm'
import { approvalTable } from './approval.table.ts'
import type { Approval, ApprovalStore } from './approval-store.ts'

const rows = new TableRows(approvalTable)

const sql = {
  list: `${rows.select} ORDER BY requested_at, account_id`,
  remove: `DELETE FROM ${rows.table} WHERE account_id = $1`,
}

export class TypeormApprovalStore implements ApprovalStore {
  readonly #database: Database

  constructor(database: Database) {
    this.#database = database
  }

  async insert(approval: Approval): Promise<void> {
    await this.#database.execute(rows.insert, rows.values(approval))
  }

  async list(): Promise<readonly Approval[]> {
    return rows.all(await this.#database.query(sql.list, []))
  }

  async remove(accountId: string): Promise<boolean> {
    return (await this.#database.execute(sql.remove, [accountId])) === 1
  }
}
