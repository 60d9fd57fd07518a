import type { Clock } from '@pocket/core'
import { type Database, type DatabaseKind, TableRows } from '@pocket/core/internal/sql'
import type { MembershipChange, MembershipStore } from '../users/membership-store.ts'
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

export function createTypeormMembershipStore(database: Database, clock: Clock): MembershipStore {
  const replaceStatements: Readonly<Record<OwnerKind, ReturnType<typeof buildReplaceStatements>>> = {
    user: buildReplaceStatements(database.kind, 'user'),
    group: buildReplaceStatements(database.kind, 'group'),
  }

  const replace = async (owner: OwnerKind, id: string, targetIds: readonly string[]): Promise<MembershipChange> => {
    const { current, existing, add, remove } = replaceStatements[owner]
    const currentIds = new Set(idsOf(await database.query(current, [id, clock.now()])))
    const newIds = new Set(idsOf(await database.query(existing, [JSON.stringify(targetIds)])))
    const added = [...newIds].filter((memberId) => !currentIds.has(memberId))
    const removed = [...currentIds].filter((memberId) => !newIds.has(memberId))
    if (removed.length > 0) await database.execute(remove, [JSON.stringify(removed), id])
    if (added.length > 0) await database.execute(add, [JSON.stringify(added), id])
    return { added, removed }
  }

  return {
    listMembers: async (groupId) => toUsers(await database.query(sql.listMembers, [groupId, clock.now()])),
    replaceGroups: (userId, groupIds) => replace('user', userId, groupIds),
    replaceMembers: (groupId, userIds) => replace('group', groupId, userIds),
    listByGroup: async (groupId) => memberships.all(await database.query(sql.listByGroup, [groupId, clock.now()])),

    async count(groupId) {
      const [countRow] = await database.query<{ number: number | string }>(sql.count, [groupId, clock.now()])
      return Number(countRow?.number ?? 0)
    },

    hasAdministrator: async (groupId) =>
      (await database.query(sql.hasAdministrator, [groupId, clock.now()])).length > 0,

    async listByUsers(groupId, userIds) {
      const idList = `(SELECT value FROM ${jsonArrayTable(database.kind, '$3')})`
      const statement = `${memberships.select} WHERE group_id = $1 AND ${notExpired} AND user_id IN ${idList} ORDER BY user_id`
      return memberships.all(await database.query(statement, [groupId, clock.now(), JSON.stringify(userIds)]))
    },

    setEnd: async ({ groupId, userId, endsAt }) =>
      (await database.execute(sql.setExpiry, [groupId, clock.now(), userId, endsAt])) === 1,
    removeEnded: async () => memberships.all(await database.query(sql.removeExpired, [clock.now()])),
  }
}

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
