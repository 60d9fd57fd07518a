import type { Clock } from '@pocket/core'
import { type Database, type DatabaseKind, TableRows } from '@pocket/core/internal/sql'
import type { User } from '../entities/user.ts'
import type { Membership, MembershipChange, MembershipStore } from '../users/membership-store.ts'
import { membershipTable } from './group.table.ts'
import { jsonArrayTable, notExpiredAt } from './sql-conditions.ts'
import { userTable } from './user.table.ts'
import { toUsers } from './user-store.ts'

const users = new TableRows(userTable)

const memberships = new TableRows(membershipTable)
const notExpired = notExpiredAt('$2')

const sql = {
  listMembers: `${users.select} WHERE id IN (SELECT user_id FROM pocket_membership WHERE group_id = $1 AND ${notExpired})
    ORDER BY user_name_key`,
  listByGroup: `${memberships.select} WHERE group_id = $1 AND ${notExpired} ORDER BY user_id`,
  count: `SELECT COUNT(*) AS number FROM pocket_membership WHERE group_id = $1 AND ${notExpired}`,
  hasAdministrator: `SELECT id FROM pocket_user WHERE administrator = true
    AND id IN (SELECT user_id FROM pocket_membership WHERE group_id = $1 AND ${notExpired}) LIMIT 1`,
  setExpiry: `UPDATE pocket_membership SET ends_at = $4 WHERE group_id = $1 AND user_id = $3 AND ${notExpired}`,
  removeExpired: `DELETE FROM pocket_membership WHERE ends_at <= $1 RETURNING ${memberships.columns}`,
}

type OwnerKind = 'user' | 'group'

export class TypeormMembershipStore implements MembershipStore {
  readonly #database: Database
  readonly #replaceStatements: Readonly<Record<OwnerKind, ReturnType<typeof buildReplaceStatements>>>

  readonly #clock: Clock

  constructor(database: Database, clock: Clock) {
    this.#database = database
    this.#clock = clock
    this.#replaceStatements = {
      user: buildReplaceStatements(database.kind, 'user'),
      group: buildReplaceStatements(database.kind, 'group'),
    }
  }

  async listMembers(groupId: string): Promise<readonly User[]> {
    return toUsers(await this.#database.query(sql.listMembers, [groupId, this.#clock.now()]))
  }

  replaceGroups(userId: string, groupIds: readonly string[]): Promise<MembershipChange> {
    return this.#replace('user', userId, groupIds)
  }

  replaceMembers(groupId: string, userIds: readonly string[]): Promise<MembershipChange> {
    return this.#replace('group', groupId, userIds)
  }

  async listByGroup(groupId: string): Promise<readonly Membership[]> {
    return memberships.all(await this.#database.query(sql.listByGroup, [groupId, this.#clock.now()]))
  }

  async count(groupId: string): Promise<number> {
    const [countRow] = await this.#database.query<{ number: number | string }>(sql.count, [groupId, this.#clock.now()])
    return Number(countRow?.number ?? 0)
  }

  async hasAdministrator(groupId: string): Promise<boolean> {
    return (await this.#database.query(sql.hasAdministrator, [groupId, this.#clock.now()])).length > 0
  }

  async listByUsers(groupId: string, userIds: readonly string[]): Promise<readonly Membership[]> {
    const idList = `(SELECT value FROM ${jsonArrayTable(this.#database.kind, '$3')})`
    const statement = `${memberships.select} WHERE group_id = $1 AND ${notExpired} AND user_id IN ${idList} ORDER BY user_id`
    return memberships.all(await this.#database.query(statement, [groupId, this.#clock.now(), JSON.stringify(userIds)]))
  }

  async setEnd({ groupId, userId, endsAt }: Membership): Promise<boolean> {
    return (await this.#database.execute(sql.setExpiry, [groupId, this.#clock.now(), userId, endsAt])) === 1
  }

  async removeEnded(): Promise<readonly Membership[]> {
    return memberships.all(await this.#database.query(sql.removeExpired, [this.#clock.now()]))
  }

  async #replace(owner: OwnerKind, id: string, targetIds: readonly string[]): Promise<MembershipChange> {
    const { current, existing, add, remove } = this.#replaceStatements[owner]
    const currentIds = new Set(idsOf(await this.#database.query(current, [id, this.#clock.now()])))
    const newIds = new Set(idsOf(await this.#database.query(existing, [JSON.stringify(targetIds)])))
    const added = [...newIds].filter((memberId) => !currentIds.has(memberId))
    const removed = [...currentIds].filter((memberId) => !newIds.has(memberId))
    if (removed.length > 0) await this.#database.execute(remove, [JSON.stringify(removed), id])
    if (added.length > 0) await this.#database.execute(add, [JSON.stringify(added), id])
    return { added, removed }
  }
}

/** The statements that replace the memberships of one side. */
function buildReplaceStatements(kind: DatabaseKind, owner: OwnerKind) {
  const other = owner === 'user' ? 'group' : 'user'
  const idList = `(SELECT value FROM ${jsonArrayTable(kind)})`
  return {
    current: `SELECT ${other}_id AS id FROM pocket_membership WHERE ${owner}_id = $1 AND ${notExpired}`,
    existing: `SELECT id FROM pocket_${other} WHERE id IN ${idList}`,
    remove: `DELETE FROM pocket_membership WHERE ${owner}_id = $2 AND ${other}_id IN ${idList}`,
    // An expired membership may still exist. SQLite parses ON CONFLICT as part of a SELECT without WHERE.
    add: `INSERT INTO pocket_membership (${other}_id, ${owner}_id) SELECT value, $2 FROM ${jsonArrayTable(kind)} WHERE true
      ON CONFLICT (user_id, group_id) DO UPDATE SET ends_at = NULL`,
  }
}

function idsOf(rows: readonly { id: string }[]): string[] {
  return rows.map(({ id }) => id)
}
