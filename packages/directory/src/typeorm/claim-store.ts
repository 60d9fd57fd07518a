import { type Database, TableRows } from '@pocket/core/internal/sql'
import type { ClaimStore } from '../claims/claim-store.ts'
import type { CustomClaim } from '../entities/claim.ts'
import { groupClaimTable, userClaimTable } from './claim.table.ts'
import { jsonArrayTable } from './sql-conditions.ts'

const rows = { user: new TableRows(userClaimTable), group: new TableRows(groupClaimTable) }

const sql = {
  remove: {
    user: `DELETE FROM ${rows.user.table} WHERE user_id = $1`,
    group: `DELETE FROM ${rows.group.table} WHERE group_id = $1`,
  },
  listKeys: `SELECT "key" FROM (SELECT "key" FROM ${rows.user.table} UNION ALL SELECT "key" FROM ${rows.group.table})
    AS used GROUP BY "key" ORDER BY COUNT(*) DESC, "key"`,
}

export function createTypeormClaimStore(database: Database): ClaimStore {
  const listByGroups: string = `${rows.group.select} WHERE group_id IN (SELECT value FROM ${jsonArrayTable(database.kind)})
      ORDER BY "position"`
  return {
    async replace(owner, id, claims) {
      await database.transaction(async () => {
        await database.execute(sql.remove[owner], [id])
        for (const [position, claim] of claims.entries())
          await database.execute(rows[owner].insert, rows[owner].values({ ...claim, ownerId: id, position }))
      })
    },

    async listByGroups(ids) {
      const found = rows.group.all(await database.query(listByGroups, [JSON.stringify(ids)]))
      const claims = new Map<string, CustomClaim[]>()
      for (const { ownerId, key, value } of found) {
        const ownerClaims = claims.get(ownerId) ?? []
        claims.set(ownerId, ownerClaims)
        ownerClaims.push({ key, value })
      }
      return claims
    },

    listKeys: async () => (await database.query<{ key: string }>(sql.listKeys)).map(({ key }) => key),
  }
}
