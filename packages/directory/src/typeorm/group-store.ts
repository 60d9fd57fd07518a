import type { Clock } from '@pocket/core'
import { type Database, TableRows } from '@pocket/core/typeorm'
import type { ClaimStore } from '../claims/claim-store.ts'
import type { Group, GroupItem } from '../groups/group.ts'
import type { GroupStore } from '../groups/group-store.ts'
import type { Page, PageRequest } from '../page.ts'
import { nameKey } from '../users/user-store.ts'
import { groupTable, type StoredGroup } from './group.table.ts'
import { lastingAt, listed } from './ids.ts'
import type { Listing } from './listing.ts'
import { readPage } from './page-reader.ts'

const rows = new TableRows(groupTable)

const sql = {
  find: `${rows.select} WHERE id = $1`,
  named: `${rows.select} WHERE name_key = $1`,
  insert: `${rows.insert} ON CONFLICT DO NOTHING`,
  update: `UPDATE ${rows.table} SET ${rows.assignments('id')} WHERE id = $1`,
  findByName: `SELECT 1 AS one FROM ${rows.table} WHERE name_key = $1 AND id <> $2`,
  remove: `DELETE FROM ${rows.table} WHERE id = $1`,
}

const userCount = `(SELECT COUNT(*) FROM pocket_membership WHERE group_id = ${rows.table}.id AND ${lastingAt(':now')}) AS user_count`

const listing: Listing = {
  select: `SELECT ${rows.columns}, ${userCount} FROM ${rows.table}`,
  table: rows.table,
  searched: 'name_key',
  sorts: new Map([
    ['createdAt', 'created_at'],
    ['friendlyName', 'friendly_name'],
    ['name', 'name_key'],
    ['userCount', 'user_count'],
  ]),
  unique: new Set(['name_key']),
  computed: new Map([['user_count', userCount]]),
}

export class TypeormGroupStore implements GroupStore {
  readonly #database: Database
  readonly #claims: ClaimStore
  readonly #clock: Clock
  readonly #list: string

  constructor(database: Database, claims: ClaimStore, clock: Clock) {
    this.#clock = clock
    this.#database = database
    this.#claims = claims
    this.#list = `${rows.select} WHERE id IN (SELECT value FROM ${listed(database.kind)}) ORDER BY name_key`
  }

  async find(id: string): Promise<Group | undefined> {
    return groupsOf(await this.#database.query(sql.find, [id]))[0]
  }

  async findByName(name: string): Promise<Group | undefined> {
    return groupsOf(await this.#database.query(sql.named, [nameKey(name)]))[0]
  }

  async list(ids: readonly string[]): Promise<readonly Group[]> {
    return groupsOf(await this.#database.query(this.#list, [JSON.stringify(ids)]))
  }

  async page(request: PageRequest): Promise<Page<GroupItem>> {
    const { rows: found, total } = await readPage(this.#database, listing, request, this.#clock.now())
    const groups = groupsOf(found)
    const claims = await this.#claims.ofGroups(groups.map(({ id }) => id))
    const items = groups.map((group, index) => ({
      ...group,
      claims: claims.get(group.id) ?? [],
      userCount: countOf(found[index]),
    }))
    return { items, total }
  }

  async insert(group: Group): Promise<boolean> {
    return (await this.#database.execute(sql.insert, rows.values(storedGroup(group)))) === 1
  }

  async update(group: Group): Promise<boolean> {
    const { id, nameKey: key } = storedGroup(group)
    if ((await this.#database.execute(sql.findByName, [key, id])) > 0) return false
    await this.#database.execute(sql.update, rows.values(storedGroup(group)))
    return true
  }

  async remove(id: string): Promise<boolean> {
    return (await this.#database.execute(sql.remove, [id])) === 1
  }
}

/** The groups of rows that have all columns of {@link groupTable}. */
export function groupsOf(found: readonly object[]): Group[] {
  return rows.all(found).map(({ nameKey: _nameKey, ...group }) => group)
}

/** The row of a group. */
export function storedGroup(group: Group): StoredGroup {
  return { ...group, nameKey: nameKey(group.name) }
}

function countOf(row: object | undefined): number {
  return row !== undefined && 'user_count' in row ? Number(row.user_count) : 0
}
