import type { Clock } from '@pocket/core'
import { type Database, TableRows } from '@pocket/core/internal/sql'
import type { User } from '../entities/user.ts'
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

export function createTypeormUserStore(database: Database, clock: Clock): UserStore {
  const relations = new UserRelations(database, clock, rows)

  const withDetails: UserStore['withDetails'] = (users) => relations.load(users)

  const findConflict = async (user: User, storedBefore?: User): Promise<UniqueProperty | undefined> => {
    const { id, emailKey, userNameKey } = toStoredUser(user)
    const currentRow = storedBefore && toStoredUser(storedBefore)
    const isTaken = async (key: string | null, currentKey: string | null | undefined) =>
      key !== null && key !== currentKey && (await database.execute(sql.findHolder, [key, id])) > 0
    if (await isTaken(emailKey, currentRow?.emailKey)) return 'email'
    return (await isTaken(userNameKey, currentRow?.userNameKey)) ? 'username' : undefined
  }

  const findOne = async (statement: string, parameter: string): Promise<User | undefined> =>
    toUsers(await database.query(statement, [parameter]))[0]

  return {
    find: async (id) => findOne(sql.find, id),

    async findDetails(id) {
      const found = await relations.findWithUser(id)
      const [columns] = found
      const [user] = toUsers(found)
      return user && columns && { ...user, ...readRelations(columns) }
    },

    async findMany(ids) {
      const idList = `(SELECT value FROM ${jsonArrayTable(database.kind)})`
      return toUsers(await database.query(`${rows.select} WHERE id IN ${idList}`, [JSON.stringify(ids)]))
    },

    async findByName(name) {
      const found = toUsers(await database.query(sql.findByName, [nameKey(name)]))
      return found.length === 1 ? found[0] : undefined
    },

    findByEmail: async (email) => findOne(sql.findByEmail, nameKey(email)),
    list: async () => toUsers(await database.query(sql.list)),

    async page(request) {
      const { rows: found, total } = await readPage(database, listing, request, clock.now())
      return { items: await withDetails(toUsers(found)), total }
    },

    ids: (request) => readIds(database, listing, request, clock.now()),
    withDetails,
    hasAdministrator: async () => (await database.execute(sql.hasAdministrator, [true])) > 0,
    hasOtherAdministrator: async (id) => (await database.execute(sql.hasOtherAdministrator, [id, true, false])) > 0,

    async insert(user) {
      const conflict = await findConflict(user)
      if (conflict !== undefined) return conflict
      const inserted = await database.execute(sql.insert, rows.values(toStoredUser(user)))
      return inserted === 1 ? undefined : ((await findConflict(user)) ?? 'id')
    },

    async update(user, before) {
      // Unchanged values are not checked: older rules may have allowed them, and they must not prevent disabling a user.
      const conflict = await findConflict(user, before)
      if (conflict === undefined) await database.execute(sql.update, rows.values(toStoredUser(user)))
      return conflict
    },

    remove: async (id) => (await database.execute(sql.remove, [id])) === 1,
    lock: () => database.lockTable(userTable.options.name),
  }
}

/** Converts rows with all columns of {@link userTable} to users. */
export function toUsers(found: readonly object[]): User[] {
  return rows
    .all(found)
    .map(({ userNameKey: _userNameKey, emailKey: _emailKey, searchKey: _searchKey, ...user }) => user)
}

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
