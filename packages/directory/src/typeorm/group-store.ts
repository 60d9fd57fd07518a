import type { Clock } from '@pocket/core'
import { type Database, TableRows } from '@pocket/core/internal/sql'
import type { ClaimStore } from '../claims/claim-store.ts'
import type { Group } from '../entities/group.ts'
import type { GroupStore } from '../groups/group-store.ts'
import { nameKey, searchKeyOf } from '../users/user-store.ts'
import { groupTable, type StoredGroup } from './group.table.ts'
import type { Listing } from './listing.ts'
import { readPage } from './page-reader.ts'
import { jsonArrayTable, notExpiredAt } from './sql-conditions.ts'

const rows = new TableRows(groupTable)

const sql = {
  find: `${rows.select} WHERE id = $1`,
  findByName: `${rows.select} WHERE name_key = $1`,
  insert: `${rows.insert} ON CONFLICT DO NOTHING`,
  update: `UPDATE ${rows.table} SET ${rows.assignments('id')} WHERE id = $1`,
  findOther: `SELECT 1 AS one FROM ${rows.table} WHERE name_key = $1 AND id <> $2`,
  first: `${rows.select} ORDER BY friendly_name, id LIMIT $1`,
  count: `SELECT COUNT(*) AS total FROM ${rows.table}`,
  remove: `DELETE FROM ${rows.table} WHERE id = $1`,
}

const activeMembers = `FROM pocket_membership WHERE group_id = ${rows.table}.id AND ${notExpiredAt(':now')}`
const userCount = `(SELECT COUNT(*) ${activeMembers}) AS user_count`

const listing: Listing = {
  select: `SELECT ${rows.columns}, ${userCount} FROM ${rows.table}`,
  table: rows.table,
  searchColumn: 'COALESCE(search_key, name_key)',
  sortColumns: new Map([
    ['createdAt', 'created_at'],
    ['friendlyName', 'friendly_name'],
    ['name', 'name_key'],
    ['userCount', 'user_count'],
  ]),
  uniqueColumns: new Set(['name_key']),
  computedColumns: new Map([['user_count', userCount]]),
  filterColumns: new Map([
    ['isFromLdap', '(ldap_id IS NOT NULL)'],
    ['hasMembers', `(EXISTS (SELECT 1 ${activeMembers}))`],
  ]),
}

export function createTypeormGroupStore(database: Database, claimStore: ClaimStore, clock: Clock): GroupStore {
  const list = `${rows.select} WHERE id IN (SELECT value FROM ${jsonArrayTable(database.kind)}) ORDER BY name_key`
  return {
    find: async (id) => toGroups(await database.query(sql.find, [id]))[0],
    findByName: async (name) => toGroups(await database.query(sql.findByName, [nameKey(name)]))[0],
    list: async (ids) => toGroups(await database.query(list, [JSON.stringify(ids)])),

    async first(limit) {
      const [countRow] = await database.query<{ total: number | string }>(sql.count)
      return { items: toGroups(await database.query(sql.first, [limit])), total: Number(countRow?.total ?? 0) }
    },

    async page(request) {
      const { rows: found, total } = await readPage(database, listing, request, clock.now())
      const groups = toGroups(found)
      const claims = await claimStore.listByGroups(groups.map(({ id }) => id))
      const items = groups.map((group, index) => ({
        ...group,
        claims: claims.get(group.id) ?? [],
        userCount: userCountOf(found[index]),
      }))
      return { items, total }
    },

    insert: async (group) => (await database.execute(sql.insert, rows.values(toStoredGroup(group)))) === 1,

    async update(group) {
      const { id, nameKey: key } = toStoredGroup(group)
      if ((await database.execute(sql.findOther, [key, id])) > 0) return false
      await database.execute(sql.update, rows.values(toStoredGroup(group)))
      return true
    },

    remove: async (id) => (await database.execute(sql.remove, [id])) === 1,
  }
}

/** Converts rows with all columns of {@link groupTable} to groups. */
export function toGroups(found: readonly object[]): Group[] {
  return rows.all(found).map(({ nameKey: _nameKey, searchKey: _searchKey, ...group }) => group)
}

export function toStoredGroup(group: Group): StoredGroup {
  const { name, friendlyName } = group
  return { ...group, nameKey: nameKey(name), searchKey: searchKeyOf([name, friendlyName]) }
}

function userCountOf(row: object | undefined): number {
  return row !== undefined && 'user_count' in row ? Number(row.user_count) : 0
}
