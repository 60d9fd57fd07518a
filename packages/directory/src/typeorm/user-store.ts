import type { Clock } from '@pocket/core'
import { type Database, TableRows } from '@pocket/core/internal/sql'
import type { User, UserDetails } from '../entities/user.ts'
import type { Page, PageRequest } from '../page.ts'
import { nameKey, searchKeyOf, type UniqueProperty, type UserStore } from '../users/user-store.ts'
import type { Listing } from './listing.ts'
import { readIds, readPage } from './page-reader.ts'
import { jsonArrayTable } from './sql-conditions.ts'
import { type StoredUser, userTable } from './user.table.ts'
import { readRelations, UserRelations } from './user-relations.ts'

const rows = new TableRows(userTable)

const sql = {
  find: `${rows.select} WHERE id = $1`,
  findByName: `${rows.select} WHERE user_name_key = $1 OR email_key = $1 LIMIT 2`,
  findByEmail: `${rows.select} WHERE email_key = $1`,
  list: `${rows.select} ORDER BY user_name_key`,
  hasAdministrator: `SELECT 1 AS one FROM ${rows.table} WHERE administrator = $1 LIMIT 1`,
  hasOtherAdministrator: `SELECT 1 AS one FROM ${rows.table} WHERE administrator = $2 AND disabled = $3 AND id <> $1 LIMIT 1`,
  insert: `${rows.insert} ON CONFLICT DO NOTHING`,
  update: `UPDATE ${rows.table} SET ${rows.assignments('id')} WHERE id = $1`,
  remove: `DELETE FROM ${rows.table} WHERE id = $1`,
  findHolder: `SELECT 1 AS one FROM ${rows.table} WHERE (email_key = $1 OR user_name_key = $1) AND id <> $2 LIMIT 1`,
}

const listing: Listing = {
  select: rows.select,
  table: rows.table,
  searchColumn: 'search_key',
  sortColumns: new Map([
    ['createdAt', 'created_at'],
    ['username', 'user_name_key'],
    ['email', 'email_key'],
    ['emailVerified', 'email_verified'],
    ['firstName', 'first_name'],
    ['lastName', 'last_name'],
    ['displayName', 'display_name'],
    ['isAdmin', 'administrator'],
    ['disabled', 'disabled'],
  ]),
  uniqueColumns: new Set(['user_name_key']),
  filterColumns: new Map([
    ['emailVerified', 'email_verified'],
    ['isAdmin', 'administrator'],
    ['disabled', 'disabled'],
    ['isFromLdap', '(ldap_id IS NOT NULL)'],
  ]),
}

export class TypeormUserStore implements UserStore {
  readonly #database: Database
  readonly #relations: UserRelations
  readonly #clock: Clock

  constructor(database: Database, clock: Clock) {
    this.#database = database
    this.#clock = clock
    this.#relations = new UserRelations(database, clock)
  }

  async find(id: string): Promise<User | undefined> {
    return this.#findOne(sql.find, id)
  }

  async findDetails(id: string): Promise<UserDetails | undefined> {
    const found = await this.#relations.findWithUser(rows, id)
    const [columns] = found
    const [user] = toUsers(found)
    return user && columns && { ...user, ...readRelations(columns) }
  }

  async findMany(ids: readonly string[]): Promise<readonly User[]> {
    const idList = `(SELECT value FROM ${jsonArrayTable(this.#database.kind)})`
    return toUsers(await this.#database.query(`${rows.select} WHERE id IN ${idList}`, [JSON.stringify(ids)]))
  }

  async findByName(name: string): Promise<User | undefined> {
    const found = toUsers(await this.#database.query(sql.findByName, [nameKey(name)]))
    return found.length === 1 ? found[0] : undefined
  }

  async findByEmail(email: string): Promise<User | undefined> {
    return this.#findOne(sql.findByEmail, nameKey(email))
  }

  async list(): Promise<readonly User[]> {
    return toUsers(await this.#database.query(sql.list))
  }

  async page(request: PageRequest): Promise<Page<UserDetails>> {
    const { rows: found, total } = await readPage(this.#database, listing, request, this.#clock.now())
    return { items: await this.withDetails(toUsers(found)), total }
  }

  ids(request: PageRequest): Promise<readonly string[]> {
    return readIds(this.#database, listing, request, this.#clock.now())
  }

  withDetails(users: readonly User[]): Promise<readonly UserDetails[]> {
    return this.#relations.load(users)
  }

  async hasAdministrator(): Promise<boolean> {
    return (await this.#database.execute(sql.hasAdministrator, [true])) > 0
  }

  async hasOtherAdministrator(id: string): Promise<boolean> {
    return (await this.#database.execute(sql.hasOtherAdministrator, [id, true, false])) > 0
  }

  async insert(user: User): Promise<UniqueProperty | undefined> {
    const conflict = await this.#findConflict(user)
    if (conflict !== undefined) return conflict
    const inserted = await this.#database.execute(sql.insert, rows.values(toStoredUser(user)))
    return inserted === 1 ? undefined : ((await this.#findConflict(user)) ?? 'id')
  }

  async update(user: User, before: User): Promise<UniqueProperty | undefined> {
    // Unchanged values are not checked: older rules may have allowed them, and they must not prevent disabling a user.
    const conflict = await this.#findConflict(user, before)
    if (conflict === undefined) await this.#database.execute(sql.update, rows.values(toStoredUser(user)))
    return conflict
  }

  async remove(id: string): Promise<boolean> {
    return (await this.#database.execute(sql.remove, [id])) === 1
  }

  lock(): Promise<void> {
    return this.#database.lockTable(userTable.options.name)
  }

  async #findConflict(user: User, storedBefore?: User): Promise<UniqueProperty | undefined> {
    const { id, emailKey, userNameKey } = toStoredUser(user)
    const currentRow = storedBefore && toStoredUser(storedBefore)
    const isTaken = async (key: string | null, currentKey: string | null | undefined) =>
      key !== null && key !== currentKey && (await this.#database.execute(sql.findHolder, [key, id])) > 0
    if (await isTaken(emailKey, currentRow?.emailKey)) return 'email'
    return (await isTaken(userNameKey, currentRow?.userNameKey)) ? 'username' : undefined
  }

  async #findOne(statement: string, parameter: string): Promise<User | undefined> {
    return toUsers(await this.#database.query(statement, [parameter]))[0]
  }
}

/** Converts rows with all columns of {@link userTable} to users. */
export function toUsers(found: readonly object[]): User[] {
  return rows
    .all(found)
    .map(({ userNameKey: _userNameKey, emailKey: _emailKey, searchKey: _searchKey, ...user }) => user)
}

/** Converts a user to its row. */
export function toStoredUser(user: User): StoredUser {
  const { email, firstName, lastName, userName, displayName } = user
  // Words are searched one by one, so a display name that only joins the names adds nothing.
  const isOwnName = displayName !== `${firstName} ${lastName}`.trim() && displayName !== userName
  return {
    ...user,
    emailKey: email === null ? null : nameKey(email),
    userNameKey: nameKey(userName),
    searchKey: searchKeyOf([email ?? '', firstName, lastName, userName, ...(isOwnName ? [displayName] : [])]),
  }
}
