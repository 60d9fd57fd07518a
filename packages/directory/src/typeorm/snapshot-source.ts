import type { Clock } from '@pocket/core'
import { type Database, TableRows } from '@pocket/core/internal/sql'
import { isId } from '../id.ts'
import type { SnapshotSource } from '../scim/snapshot.ts'
import { groupTable, membershipTable } from './group.table.ts'
import { toGroups } from './group-store.ts'
import { jsonArrayTable, notExpiredAt } from './sql-conditions.ts'
import { userTable } from './user.table.ts'
import { toUsers } from './user-store.ts'

const users = new TableRows(userTable)
const groups = new TableRows(groupTable)
const memberships = new TableRows(membershipTable)

export function createTypeormSnapshotSource(database: Database, clock: Clock): SnapshotSource {
  return {
    async read(groupIds) {
      const { kind } = database
      const now = clock.now()
      const idList = `(SELECT value FROM ${jsonArrayTable(kind)})`
      const notExpired = notExpiredAt(groupIds === null ? '$1' : '$2')
      const members = `SELECT user_id FROM pocket_membership WHERE group_id IN ${idList} AND ${notExpired}`
      const idParameter = groupIds === null ? [] : [JSON.stringify(groupIds.filter(isId))]
      const whereInGroups = (condition: string) => (groupIds === null ? '' : ` WHERE ${condition}`)
      return database.transaction(async () => {
        // One snapshot for all three statements; on SQLite a transaction already blocks writers.
        if (kind === 'postgres') await database.execute('SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY')
        const userList = toUsers(
          await database.query(
            `${users.select}${whereInGroups(`id IN (${members})`)} ORDER BY user_name_key`,
            groupIds === null ? [] : [...idParameter, now],
          ),
        )
        const groupList = toGroups(
          await database.query(`${groups.select}${whereInGroups(`id IN ${idList}`)} ORDER BY name_key`, idParameter),
        )
        const groupCondition = groupIds === null ? '' : ` AND group_id IN ${idList}`
        const membershipList = memberships.all(
          await database.query(`${memberships.select} WHERE ${notExpired}${groupCondition} ORDER BY user_id`, [
            ...idParameter,
            now,
          ]),
        )
        const membershipsByGroup = Map.groupBy(membershipList, ({ groupId }) => groupId)
        return {
          users: userList,
          groups: groupList.map(({ id, friendlyName }) => ({
            id,
            friendlyName,
            memberIds: (membershipsByGroup.get(id) ?? []).map(({ userId }) => userId),
          })),
        }
      })
    },
  }
}
