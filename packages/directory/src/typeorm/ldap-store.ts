import type { Clock } from '@pocket/core'
import { type Database, type DatabaseKind, TableRows } from '@pocket/core/internal/sql'
import type { User } from '../entities/user.ts'
import { CooperativeScheduler } from '../ldap/cooperative-scheduler.ts'
import type { LdapStore, NameHolder } from '../ldap/ldap-store.ts'
import {
  type KnownMembership,
  type KnownUser,
  type LdapImportState,
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

export function createTypeormLdapStore(database: Database, clock: Clock): LdapStore {
  const sql = buildStatements(database.kind)

  const changeMemberships = async (
    sql: string,
    pairs: readonly KnownMembership[],
  ): Promise<readonly KnownMembership[]> => {
    if (pairs.length === 0) return []
    const parameter = JSON.stringify(pairs.map((pair) => memberships.record({ ...pair, endsAt: null })))
    return (await database.query<MembershipRow>(sql, [parameter])).map(toMembership)
  }

  const writeRows = <Entity>(sql: string, rows: TableRows<Entity>, entities: readonly Entity[]): Promise<void> =>
    write(
      sql,
      entities.map((entity) => rows.record(entity)),
    )

  const write = async (sql: string, items: readonly unknown[]): Promise<void> => {
    if (items.length > 0) await database.execute(sql, [JSON.stringify(items)])
  }

  return {
    async readSnapshot(signal) {
      const scheduler = new CooperativeScheduler(signal)
      const rows = async <Row extends object>(sql: string, parameters: readonly (string | number)[] = []) => {
        await scheduler.yield()
        const found = await database.query<Row>(sql, parameters)
        await scheduler.yield()
        return found
      }
      const people = await scheduler.flatMap(await rows(sql.people), toKnownUsers)
      const localUsers = await scheduler.flatMap(await rows<LocalUserRow>(sql.localUsers), (row) => [toLocalUser(row)])
      const groupList = await scheduler.flatMap(await rows(sql.groups), (row) => toGroups([row]))
      const pairs = await rows<MembershipRow>(sql.memberships, [clock.now()])
      return {
        people,
        localUsers,
        groups: groupList,
        memberships: await scheduler.flatMap(pairs, (pair) => [toMembership(pair)]),
      }
    },

    hasUnprocessedUser: async () => (await database.query(sql.hasUnprocessedUser)).length > 0,
    findUsers: async (ids) => toUsers(await database.query(sql.findUsers, [JSON.stringify(ids)])),
    nameHolders: async (keys) => database.query<NameHolder>(sql.nameHolders, [JSON.stringify(keys)]),
    insertUsers: (userList) => writeRows(sql.insertUsers, users, userList.map(toStoredUser)),

    insertClaims(userIds, inputClaims) {
      const rows = userIds.flatMap((ownerId) => inputClaims.map((claim, position) => ({ ...claim, ownerId, position })))
      return writeRows(sql.insertClaims, claims, rows)
    },

    updateUsers: (userList) => writeRows(sql.updateUsers, users, userList.map(toStoredUser)),
    removeUsers: (ids) => write(sql.removeUsers, ids),
    saveImportStates: (stateList) => writeRows(sql.saveImportStates, states, stateList),
    savePicture: (userId, { pictureHash, pictureImage }) =>
      database.write(sql.savePicture, [userId, pictureHash, pictureImage]),

    async recordManualDecision(userId, { administrator, disabled }) {
      if (disabled !== undefined) await database.execute(sql.setManuallyDisabled, [userId, false, !disabled])
      if (administrator !== undefined) await database.execute(sql.setManualAdministrator, [userId, false, true])
    },

    findImportState: async (userId) => states.first(await database.query(sql.findImportState, [userId])),
    removeImportState: (userId) => database.write(sql.removeImportState, [userId]),
    findByLdapId: async (ldapId) => toUsers(await database.query(sql.findByLdapId, [ldapId]))[0],
    findGroupByLdapId: async (ldapId) => toGroups(await database.query(sql.findGroupByLdapId, [ldapId]))[0],
    findGroups: async (ids) => toGroups(await database.query(sql.findGroups, [JSON.stringify(ids)])),
    groupNameHolders: async (keys) => database.query<NameHolder>(sql.groupNameHolders, [JSON.stringify(keys)]),
    insertGroups: (groupList) => writeRows(sql.insertGroups, groups, groupList.map(toStoredGroup)),
    updateGroups: (groupList) => writeRows(sql.updateGroups, groups, groupList.map(toStoredGroup)),
    removeGroups: (ids) => write(sql.removeGroups, ids),
    addMemberships: (pairs) => changeMemberships(sql.addMemberships, pairs),
    removeMemberships: (pairs) => changeMemberships(sql.removeMemberships, pairs),
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
