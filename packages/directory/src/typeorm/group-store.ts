import type { Clock } from '@pocket/core'
import { type Database, TableRows } from '@pocket/core/internal/sql'
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
  first: `${rows.select} ORDER BY friendly_name, id LIMIT $1`,
  count: `SELECT COUNT(*) AS total FROM ${rows.table}`,
  remove: `DELETE FROM ${rows.table} WHERE id = $1`,
}

const members = `FROM pocket_membership WHERE group_id = ${rows.table}.id AND ${lastingAt(':now')}`
const userCount = `(SELECT COUNT(*) ${members}) AS user_count`

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
  flags: new Map([
    ['isFromLdap', '(ldap_id IS NOT NULL)'],
    ['hasMembers', `(EXISTS (SELECT 1 ${members}))`],
  ]),
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

  async first(limit: number): Promise<Page<Group>> {
    const [counted] = await this.#database.query<{ total: number | string }>(sql.count)
    return { items: groupsOf(await this.#database.query(sql.first, [limit])), total: Number(counted?.total ?? 0) }
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

/** Converts rows with all columns of {@link groupTable} to groups. */
export function groupsOf(found: readonly object[]): Group[] {
  return rows.all(found).map(({ nameKey: _nameKey, ...group }) => group)
}

/** Converts a group to its row. */
export function storedGroup(group: Group): StoredGroup {
  return { ...group, nameKey: nameKey(group.name) }
}

function countOf(row: object | undefined): number {
  return row !== undefined && 'user_count' in row ? Number(row.user_count) : 0
}
