import type { Clock } from '@pocket/core'
import { type Database, type DatabaseKind, TableRows } from '@pocket/core/internal/sql'
import type { CustomClaim } from '../entities/claim.ts'
import type { Group } from '../entities/group.ts'
import type { ManualDecision, User } from '../entities/user.ts'
import { CooperativeScheduler } from '../ldap/cooperative-scheduler.ts'
import type { LdapStore, NameHolder } from '../ldap/ldap-store.ts'
import {
  type KnownMembership,
  type KnownUser,
  type LdapImportState,
  type LdapSnapshot,
  type LocalUser,
  newImportState,
} from '../ldap/snapshot.ts'
import { userClaimTable } from './claim.table.ts'
import { groupTable, membershipTable } from './group.table.ts'
import { toGroups, toStoredGroup } from './group-store.ts'
import { ldapUserTable } from './ldap-user.table.ts'
import { jsonArrayTable, notExpiredAt } from './sql-conditions.ts'
import { userTable } from './user.table.ts'
import { toStoredUser, toUsers } from './user-store.ts'

const users = new TableRows(userTable)
const states = new TableRows(ldapUserTable)
const claims = new TableRows(userClaimTable)
const groups = new TableRows(groupTable)
const memberships = new TableRows(membershipTable)

interface MembershipRow {
  readonly user_id: string
  readonly group_id: string
}

interface LocalUserRow {
  readonly id: string
  readonly user_name: string
  readonly user_name_key: string
  readonly email_key: string | null
  readonly is_enabled_administrator: boolean | number
}

function buildStatements(kind: DatabaseKind) {
  const idList = `(SELECT value FROM ${jsonArrayTable(kind)})`
  const pairs = `(${memberships.selectProvided(kind)}) AS given`
  return {
    people: `SELECT ${users.columns}, ${states.columns} FROM pocket_user LEFT JOIN pocket_ldap_user ON user_id = id
      WHERE ldap_id IS NOT NULL`,
    localUsers: `SELECT id, user_name, user_name_key, email_key, (administrator AND NOT disabled) AS is_enabled_administrator
      FROM pocket_user WHERE ldap_id IS NULL`,
    groups: groups.select,
    memberships: `SELECT user_id, group_id FROM pocket_membership
      WHERE group_id IN (SELECT id FROM pocket_group WHERE ldap_id IS NOT NULL) AND ${notExpiredAt('$1')}`,
    hasUnprocessedUser: `SELECT 1 AS one FROM pocket_user WHERE ldap_id IS NOT NULL
      AND NOT EXISTS (SELECT 1 FROM pocket_ldap_user WHERE user_id = id) LIMIT 1`,
    findUsers: `${users.select} WHERE id IN ${idList}`,
    nameHolders: `SELECT id, user_name_key AS "key" FROM pocket_user WHERE user_name_key IN ${idList}
      UNION ALL SELECT id, email_key FROM pocket_user WHERE email_key IN ${idList}`,
    insertUsers: users.insertProvided(kind),
    insertClaims: claims.insertProvided(kind),
    updateUsers: users.updateProvided(kind, 'id'),
    removeUsers: `DELETE FROM pocket_user WHERE id IN ${idList}`,
    saveImportStates: `${states.insertProvided(kind)} ON CONFLICT (user_id) DO UPDATE SET dn = excluded.dn,
      disabled_by_import = excluded.disabled_by_import, enabled_by_hand = excluded.enabled_by_hand,
      administrator_by_import = excluded.administrator_by_import, administrator_by_hand = excluded.administrator_by_hand`,
    savePicture: 'UPDATE pocket_ldap_user SET picture_hash = $2, picture_image = $3 WHERE user_id = $1',
    setManuallyDisabled: `UPDATE pocket_ldap_user SET disabled_by_import = $2, enabled_by_hand = $3 WHERE user_id = $1`,
    setManualAdministrator: `UPDATE pocket_ldap_user SET administrator_by_import = $2, administrator_by_hand = $3
      WHERE user_id = $1`,
    findImportState: `${states.select} WHERE user_id = $1`,
    removeImportState: 'DELETE FROM pocket_ldap_user WHERE user_id = $1',
    findByLdapId: `${users.select} WHERE ldap_id = $1`,
    findGroupByLdapId: `${groups.select} WHERE ldap_id = $1`,
    findGroups: `${groups.select} WHERE id IN ${idList}`,
    groupNameHolders: `SELECT id, name_key AS "key" FROM pocket_group WHERE name_key IN ${idList}`,
    insertGroups: groups.insertProvided(kind),
    updateGroups: groups.updateProvided(kind, 'id'),
    removeGroups: `DELETE FROM pocket_group WHERE id IN ${idList}`,
    // An expired membership may still exist; adding it again renews it.
    addMemberships: `INSERT INTO pocket_membership (user_id, group_id)
      SELECT given.user_id, given.group_id FROM ${pairs}
        JOIN pocket_user ON pocket_user.id = given.user_id AND pocket_user.ldap_id IS NOT NULL
        JOIN pocket_group ON pocket_group.id = given.group_id AND pocket_group.ldap_id IS NOT NULL
      WHERE true ON CONFLICT (user_id, group_id) DO UPDATE SET ends_at = NULL RETURNING user_id, group_id`,
    removeMemberships: `DELETE FROM pocket_membership
      WHERE (user_id, group_id) IN (SELECT user_id, group_id FROM ${pairs}) RETURNING user_id, group_id`,
  }
}

export class TypeormLdapStore implements LdapStore {
  readonly #database: Database
  readonly #clock: Clock
  readonly #sql: ReturnType<typeof buildStatements>

  constructor(database: Database, clock: Clock) {
    this.#database = database
    this.#clock = clock
    this.#sql = buildStatements(database.kind)
  }

  async readSnapshot(signal: AbortSignal): Promise<LdapSnapshot> {
    const scheduler = new CooperativeScheduler(signal)
    const rows = async <Row extends object>(sql: string, parameters: readonly (string | number)[] = []) => {
      await scheduler.yield()
      const found = await this.#database.query<Row>(sql, parameters)
      await scheduler.yield()
      return found
    }
    const people = await scheduler.flatMap(await rows(this.#sql.people), toKnownUsers)
    const localUsers = await scheduler.flatMap(await rows<LocalUserRow>(this.#sql.localUsers), (row) => [
      toLocalUser(row),
    ])
    const groupList = await scheduler.flatMap(await rows(this.#sql.groups), (row) => toGroups([row]))
    const pairs = await rows<MembershipRow>(this.#sql.memberships, [this.#clock.now()])
    return {
      people,
      localUsers,
      groups: groupList,
      memberships: await scheduler.flatMap(pairs, (pair) => [toMembership(pair)]),
    }
  }

  async hasUnprocessedUser(): Promise<boolean> {
    return (await this.#database.query(this.#sql.hasUnprocessedUser)).length > 0
  }

  async findUsers(ids: readonly string[]): Promise<readonly User[]> {
    return toUsers(await this.#database.query(this.#sql.findUsers, [JSON.stringify(ids)]))
  }

  async nameHolders(keys: readonly string[]): Promise<readonly NameHolder[]> {
    return this.#database.query<NameHolder>(this.#sql.nameHolders, [JSON.stringify(keys)])
  }

  insertUsers(userList: readonly User[]): Promise<void> {
    return this.#writeRows(this.#sql.insertUsers, users, userList.map(toStoredUser))
  }

  insertClaims(userIds: readonly string[], inputClaims: readonly CustomClaim[]): Promise<void> {
    const rows = userIds.flatMap((ownerId) => inputClaims.map((claim, position) => ({ ...claim, ownerId, position })))
    return this.#writeRows(this.#sql.insertClaims, claims, rows)
  }

  updateUsers(userList: readonly User[]): Promise<void> {
    return this.#writeRows(this.#sql.updateUsers, users, userList.map(toStoredUser))
  }

  removeUsers(ids: readonly string[]): Promise<void> {
    return this.#write(this.#sql.removeUsers, ids)
  }

  saveImportStates(stateList: readonly LdapImportState[]): Promise<void> {
    return this.#writeRows(this.#sql.saveImportStates, states, stateList)
  }

  async savePicture(
    userId: string,
    { pictureHash, pictureImage }: Pick<LdapImportState, 'pictureHash' | 'pictureImage'>,
  ): Promise<void> {
    await this.#database.execute(this.#sql.savePicture, [userId, pictureHash, pictureImage])
  }

  async recordManualDecision(userId: string, { administrator, disabled }: ManualDecision): Promise<void> {
    if (disabled !== undefined) await this.#database.execute(this.#sql.setManuallyDisabled, [userId, false, !disabled])
    if (administrator !== undefined)
      await this.#database.execute(this.#sql.setManualAdministrator, [userId, false, true])
  }

  async findImportState(userId: string): Promise<LdapImportState | undefined> {
    return states.first(await this.#database.query(this.#sql.findImportState, [userId]))
  }

  async removeImportState(userId: string): Promise<void> {
    await this.#database.execute(this.#sql.removeImportState, [userId])
  }

  async findByLdapId(ldapId: string): Promise<User | undefined> {
    return toUsers(await this.#database.query(this.#sql.findByLdapId, [ldapId]))[0]
  }

  async findGroupByLdapId(ldapId: string): Promise<Group | undefined> {
    return toGroups(await this.#database.query(this.#sql.findGroupByLdapId, [ldapId]))[0]
  }

  async findGroups(ids: readonly string[]): Promise<readonly Group[]> {
    return toGroups(await this.#database.query(this.#sql.findGroups, [JSON.stringify(ids)]))
  }

  async groupNameHolders(keys: readonly string[]): Promise<readonly NameHolder[]> {
    return this.#database.query<NameHolder>(this.#sql.groupNameHolders, [JSON.stringify(keys)])
  }

  insertGroups(groupList: readonly Group[]): Promise<void> {
    return this.#writeRows(this.#sql.insertGroups, groups, groupList.map(toStoredGroup))
  }

  updateGroups(groupList: readonly Group[]): Promise<void> {
    return this.#writeRows(this.#sql.updateGroups, groups, groupList.map(toStoredGroup))
  }

  removeGroups(ids: readonly string[]): Promise<void> {
    return this.#write(this.#sql.removeGroups, ids)
  }

  addMemberships(pairs: readonly KnownMembership[]): Promise<readonly KnownMembership[]> {
    return this.#changeMemberships(this.#sql.addMemberships, pairs)
  }

  removeMemberships(pairs: readonly KnownMembership[]): Promise<readonly KnownMembership[]> {
    return this.#changeMemberships(this.#sql.removeMemberships, pairs)
  }

  async #changeMemberships(sql: string, pairs: readonly KnownMembership[]): Promise<readonly KnownMembership[]> {
    if (pairs.length === 0) return []
    const parameter = JSON.stringify(pairs.map((pair) => memberships.record({ ...pair, endsAt: null })))
    return (await this.#database.query<MembershipRow>(sql, [parameter])).map(toMembership)
  }

  #writeRows<Entity>(sql: string, rows: TableRows<Entity>, entities: readonly Entity[]): Promise<void> {
    return this.#write(
      sql,
      entities.map((entity) => rows.record(entity)),
    )
  }

  async #write(sql: string, items: readonly unknown[]): Promise<void> {
    if (items.length > 0) await this.#database.execute(sql, [JSON.stringify(items)])
  }
}

function toMembership({ user_id, group_id }: MembershipRow): KnownMembership {
  return { userId: user_id, groupId: group_id }
}

/** A user without import state, for example from a database copy, is treated as not yet imported. */
function toKnownUsers(row: object): readonly KnownUser[] {
  return toUsers([row]).map((user) => ({ user, importState: stateOf(user, states.read(row)) }))
}

function toLocalUser(row: LocalUserRow): LocalUser {
  return {
    id: row.id,
    userName: row.user_name,
    userNameKey: row.user_name_key,
    emailKey: row.email_key,
    isEnabledAdministrator: row.is_enabled_administrator === true || row.is_enabled_administrator === 1,
  }
}

function stateOf(user: User, state: LdapImportState | undefined): LdapImportState {
  return typeof state?.userId === 'string' ? state : newImportState(user.id, '')
}
