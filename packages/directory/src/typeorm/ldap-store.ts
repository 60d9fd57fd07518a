import type { Clock } from '@pocket/core'
import { type Database, type DatabaseKind, TableRows } from '@pocket/core/internal/sql'
import type { CustomClaim } from '../claims/claim.ts'
import type { Group } from '../groups/group.ts'
import type { LdapStore, ManualDecision, NameHolder } from '../ldap/ldap-store.ts'
import {
  type KnownMembership,
  type KnownName,
  type KnownUser,
  type LdapMark,
  type LdapSnapshot,
  newMark,
} from '../ldap/snapshot.ts'
import { Turns } from '../ldap/turns.ts'
import type { User } from '../users/user.ts'
import { userClaimTable } from './claim.table.ts'
import { groupTable, membershipTable } from './group.table.ts'
import { groupsOf, storedGroup } from './group-store.ts'
import { lastingAt, listed } from './ids.ts'
import { ldapUserTable } from './ldap-user.table.ts'
import { userTable } from './user.table.ts'
import { storedUser, usersOf } from './user-store.ts'

const users = new TableRows(userTable)
const marks = new TableRows(ldapUserTable)
const claims = new TableRows(userClaimTable)
const groups = new TableRows(groupTable)
const memberships = new TableRows(membershipTable)

interface MembershipRow {
  readonly user_id: string
  readonly group_id: string
}

interface NameRow {
  readonly id: string
  readonly user_name: string
  readonly user_name_key: string
  readonly email_key: string | null
  readonly governs: boolean | number
}

function statements(kind: DatabaseKind) {
  const chosen = `(SELECT value FROM ${listed(kind)})`
  const pairs = `(${memberships.given(kind)}) AS given`
  return {
    people: `SELECT ${users.columns}, ${marks.columns} FROM pocket_user LEFT JOIN pocket_ldap_user ON user_id = id
      WHERE ldap_id IS NOT NULL`,
    others: `SELECT id, user_name, user_name_key, email_key, (administrator AND NOT disabled) AS governs
      FROM pocket_user WHERE ldap_id IS NULL`,
    groups: groups.select,
    memberships: `SELECT user_id, group_id FROM pocket_membership
      WHERE group_id IN (SELECT id FROM pocket_group WHERE ldap_id IS NOT NULL) AND ${lastingAt('$1')}`,
    anyUntouched: `SELECT 1 AS one FROM pocket_user WHERE ldap_id IS NOT NULL
      AND NOT EXISTS (SELECT 1 FROM pocket_ldap_user WHERE user_id = id) LIMIT 1`,
    someUsers: `${users.select} WHERE id IN ${chosen}`,
    nameHolders: `SELECT id, user_name_key AS "key" FROM pocket_user WHERE user_name_key IN ${chosen}
      UNION ALL SELECT id, email_key FROM pocket_user WHERE email_key IN ${chosen}`,
    insertUsers: users.insertProvided(kind),
    insertClaims: claims.insertProvided(kind),
    updateUsers: users.updateProvided(kind, 'id'),
    releaseNames: `UPDATE pocket_user SET user_name_key = id, email_key = NULL WHERE id IN ${chosen}`,
    removeUsers: `DELETE FROM pocket_user WHERE id IN ${chosen}`,
    putMarks: `${marks.insertProvided(kind)} ON CONFLICT (user_id) DO UPDATE SET dn = excluded.dn,
      disabled_by_import = excluded.disabled_by_import, enabled_by_hand = excluded.enabled_by_hand,
      administrator_by_import = excluded.administrator_by_import, administrator_by_hand = excluded.administrator_by_hand`,
    putPicture: 'UPDATE pocket_ldap_user SET picture_hash = $2, picture_image = $3 WHERE user_id = $1',
    disabledByHand: `UPDATE pocket_ldap_user SET disabled_by_import = $2, enabled_by_hand = $3 WHERE user_id = $1`,
    isManualAdministrator: `UPDATE pocket_ldap_user SET administrator_by_import = $2, administrator_by_hand = $3
      WHERE user_id = $1`,
    mark: `${marks.select} WHERE user_id = $1`,
    removeMark: 'DELETE FROM pocket_ldap_user WHERE user_id = $1',
    owned: `${users.select} WHERE ldap_id = $1`,
    ownedGroup: `${groups.select} WHERE ldap_id = $1`,
    someGroups: `${groups.select} WHERE id IN ${chosen}`,
    groupNameHolders: `SELECT id, name_key AS "key" FROM pocket_group WHERE name_key IN ${chosen}`,
    insertGroups: groups.insertProvided(kind),
    updateGroups: groups.updateProvided(kind, 'id'),
    releaseGroupNames: `UPDATE pocket_group SET name_key = id WHERE id IN ${chosen}`,
    removeGroups: `DELETE FROM pocket_group WHERE id IN ${chosen}`,
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
  readonly #sql: ReturnType<typeof statements>

  constructor(database: Database, clock: Clock) {
    this.#database = database
    this.#clock = clock
    this.#sql = statements(database.kind)
  }

  async held(signal: AbortSignal): Promise<LdapSnapshot> {
    const turns = new Turns(signal)
    const rows = async <Row extends object>(sql: string, parameters: readonly (string | number)[] = []) => {
      await turns.pass()
      const found = await this.#database.query<Row>(sql, parameters)
      await turns.pass()
      return found
    }
    const people = await turns.flatMap(await rows(this.#sql.people), knownUsers)
    const others = await turns.flatMap(await rows<NameRow>(this.#sql.others), (row) => [nameOf(row)])
    const found = await turns.flatMap(await rows(this.#sql.groups), (row) => groupsOf([row]))
    const pairs = await rows<MembershipRow>(this.#sql.memberships, [this.#clock.now()])
    return { people, others, groups: found, memberships: await turns.flatMap(pairs, (pair) => [membershipOf(pair)]) }
  }

  async anyUntouched(): Promise<boolean> {
    return (await this.#database.query(this.#sql.anyUntouched)).length > 0
  }

  async users(ids: readonly string[]): Promise<readonly User[]> {
    return usersOf(await this.#database.query(this.#sql.someUsers, [JSON.stringify(ids)]))
  }

  async nameHolders(keys: readonly string[]): Promise<readonly NameHolder[]> {
    return this.#database.query<NameHolder>(this.#sql.nameHolders, [JSON.stringify(keys)])
  }

  insertUsers(all: readonly User[]): Promise<void> {
    return this.#write(
      this.#sql.insertUsers,
      all.map((user) => users.record(storedUser(user))),
    )
  }

  insertClaims(userIds: readonly string[], given: readonly CustomClaim[]): Promise<void> {
    const all = userIds.flatMap((ownerId) => given.map((claim, position) => ({ ...claim, ownerId, position })))
    return this.#write(
      this.#sql.insertClaims,
      all.map((claim) => claims.record(claim)),
    )
  }

  updateUsers(all: readonly User[]): Promise<void> {
    return this.#write(
      this.#sql.updateUsers,
      all.map((user) => users.record(storedUser(user))),
    )
  }

  releaseNames(ids: readonly string[]): Promise<void> {
    return this.#write(this.#sql.releaseNames, ids)
  }

  removeUsers(ids: readonly string[]): Promise<void> {
    return this.#write(this.#sql.removeUsers, ids)
  }

  putMarks(all: readonly LdapMark[]): Promise<void> {
    return this.#write(
      this.#sql.putMarks,
      all.map((mark) => marks.record(mark)),
    )
  }

  async putPicture(
    userId: string,
    { pictureHash, pictureImage }: Pick<LdapMark, 'pictureHash' | 'pictureImage'>,
  ): Promise<void> {
    await this.#database.execute(this.#sql.putPicture, [userId, pictureHash, pictureImage])
  }

  async recordManualDecision(userId: string, { administrator, disabled }: ManualDecision): Promise<void> {
    if (disabled !== undefined) await this.#database.execute(this.#sql.disabledByHand, [userId, false, !disabled])
    if (administrator !== undefined)
      await this.#database.execute(this.#sql.isManualAdministrator, [userId, false, true])
  }

  async mark(userId: string): Promise<LdapMark | undefined> {
    return marks.first(await this.#database.query(this.#sql.mark, [userId]))
  }

  async removeMark(userId: string): Promise<void> {
    await this.#database.execute(this.#sql.removeMark, [userId])
  }

  async owned(ldapId: string): Promise<User | undefined> {
    return usersOf(await this.#database.query(this.#sql.owned, [ldapId]))[0]
  }

  async ownedGroup(ldapId: string): Promise<Group | undefined> {
    return groupsOf(await this.#database.query(this.#sql.ownedGroup, [ldapId]))[0]
  }

  async groups(ids: readonly string[]): Promise<readonly Group[]> {
    return groupsOf(await this.#database.query(this.#sql.someGroups, [JSON.stringify(ids)]))
  }

  async groupNameHolders(keys: readonly string[]): Promise<readonly NameHolder[]> {
    return this.#database.query<NameHolder>(this.#sql.groupNameHolders, [JSON.stringify(keys)])
  }

  insertGroups(all: readonly Group[]): Promise<void> {
    return this.#write(
      this.#sql.insertGroups,
      all.map((group) => groups.record(storedGroup(group))),
    )
  }

  updateGroups(all: readonly Group[]): Promise<void> {
    return this.#write(
      this.#sql.updateGroups,
      all.map((group) => groups.record(storedGroup(group))),
    )
  }

  releaseGroupNames(ids: readonly string[]): Promise<void> {
    return this.#write(this.#sql.releaseGroupNames, ids)
  }

  removeGroups(ids: readonly string[]): Promise<void> {
    return this.#write(this.#sql.removeGroups, ids)
  }

  addMemberships(all: readonly KnownMembership[]): Promise<readonly KnownMembership[]> {
    return this.#changeMemberships(this.#sql.addMemberships, all)
  }

  removeMemberships(all: readonly KnownMembership[]): Promise<readonly KnownMembership[]> {
    return this.#changeMemberships(this.#sql.removeMemberships, all)
  }

  async #changeMemberships(sql: string, all: readonly KnownMembership[]): Promise<readonly KnownMembership[]> {
    if (all.length === 0) return []
    const given = JSON.stringify(all.map((each) => memberships.record({ ...each, endsAt: null })))
    return (await this.#database.query<MembershipRow>(sql, [given])).map(membershipOf)
  }

  async #write(sql: string, items: readonly unknown[]): Promise<void> {
    if (items.length > 0) await this.#database.execute(sql, [JSON.stringify(items)])
  }
}

function membershipOf({ user_id, group_id }: MembershipRow): KnownMembership {
  return { userId: user_id, groupId: group_id }
}

/** A user without import state, for example from a database copy, is treated as not yet imported. */
function knownUsers(row: object): readonly KnownUser[] {
  return usersOf([row]).map((user) => ({ user, mark: markOf(user, marks.read(row)) }))
}

function nameOf(row: NameRow): KnownName {
  return {
    id: row.id,
    userName: row.user_name,
    userNameKey: row.user_name_key,
    emailKey: row.email_key,
    governs: row.governs === true || row.governs === 1,
  }
}

function markOf(user: User, mark: LdapMark | undefined): LdapMark {
  return typeof mark?.userId === 'string' ? mark : newMark(user.id, '')
}
