import { type Database, TableRows } from '@pocket/core/typeorm'
import type { User } from '../users/user.ts'
import { nameKey, type UniqueProperty, type UserStore } from '../users/user-store.ts'
import { type StoredUser, userTable } from './user.table.ts'

const rows = new TableRows(userTable)

const sql = {
  find: `${rows.select} WHERE id = $1`,
  findByName: `${rows.select} WHERE user_name_key = $1 OR email_key = $1
    ORDER BY CASE user_name_key WHEN $1 THEN 0 ELSE 1 END LIMIT 1`,
  list: `${rows.select} ORDER BY user_name_key`,
  any: `SELECT 1 AS one FROM ${rows.table} LIMIT 1`,
  insert: `${rows.insert} ON CONFLICT DO NOTHING`,
  findByEmail: `SELECT 1 AS one FROM ${rows.table} WHERE email_key = $1`,
  findByUserName: `SELECT 1 AS one FROM ${rows.table} WHERE user_name_key = $1`,
  setDisabled: `UPDATE ${rows.table} SET disabled = $2, updated_at = $3 WHERE id = $1`,
}

export class TypeormUserStore implements UserStore {
  readonly #database: Database

  constructor(database: Database) {
    this.#database = database
  }

  async find(id: string): Promise<User | undefined> {
    return this.#first(sql.find, id)
  }

  async findByName(name: string): Promise<User | undefined> {
    return this.#first(sql.findByName, nameKey(name))
  }

  async list(): Promise<readonly User[]> {
    return rows.all(await this.#database.query(sql.list)).map(userOf)
  }

  async any(): Promise<boolean> {
    return (await this.#database.execute(sql.any)) > 0
  }

  async insert(user: User): Promise<UniqueProperty | undefined> {
    const emailKey = user.email === null ? null : nameKey(user.email)
    const userNameKey = nameKey(user.userName)
    const inserted = await this.#database.execute(sql.insert, rows.values({ ...user, emailKey, userNameKey }))
    if (inserted === 1) return undefined
    if (emailKey !== null && (await this.#database.execute(sql.findByEmail, [emailKey])) > 0) return 'email'
    return (await this.#database.execute(sql.findByUserName, [userNameKey])) > 0 ? 'username' : 'id'
  }

  async setDisabled(id: string, disabled: boolean, at: number): Promise<boolean> {
    return (await this.#database.execute(sql.setDisabled, [id, disabled, at])) === 1
  }

  lock(): Promise<void> {
    return this.#database.lockTable(userTable.options.name)
  }

  async #first(statement: string, parameter: string): Promise<User | undefined> {
    const stored = rows.first(await this.#database.query(statement, [parameter]))
    return stored === undefined ? undefined : userOf(stored)
  }
}

function userOf({ userNameKey: _userNameKey, emailKey: _emailKey, ...user }: StoredUser): User {
  return user
}
