import type { Clock } from '@pocket/core'
import { type Database, TableRows } from '@pocket/core/internal/sql'
import { isId } from '../id.ts'
import type { DirectorySnapshot, SnapshotSource } from '../scim/snapshot.ts'
import { groupTable, membershipTable } from './group.table.ts'
import { toGroups } from './group-store.ts'
import { jsonArrayTable, notExpiredAt } from './sql-conditions.ts'
import { userTable } from './user.table.ts'
import { toUsers } from './user-store.ts'

const users = new TableRows(userTable)
const groups = new TableRows(groupTable)
const memberships = new TableRows(membershipTable)

export class TypeormSnapshotSource implements SnapshotSource {
  readonly #database: Database
  readonly #clock: Clock

  constructor(database: Database, clock: Clock) {
    this.#database = database
    this.#clock = clock
  }

  async read(groupIds: readonly string[] | null): Promise<DirectorySnapshot> {
    const { kind } = this.#database
    const now = this.#clock.now()
    const idList = `(SELECT value FROM ${jsonArrayTable(kind)})`
    const notExpired = notExpiredAt(groupIds === null ? '$1' : '$2')
    const members = `SELECT user_id FROM pocket_membership WHERE group_id IN ${idList} AND ${notExpired}`
    const idParameter = groupIds === null ? [] : [JSON.stringify(groupIds.filter(isId))]
    const whereInGroups = (condition: string) => (groupIds === null ? '' : ` WHERE ${condition}`)
    return this.#database.transaction(async () => {
      // One snapshot for all three statements; on SQLite a transaction already blocks writers.
      if (kind === 'postgres')
        await this.#database.execute('SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY')
      const userList = toUsers(
        await this.#database.query(
          `${users.select}${whereInGroups(`id IN (${members})`)} ORDER BY user_name_key`,
          groupIds === null ? [] : [...idParameter, now],
        ),
      )
      const groupList = toGroups(
        await this.#database.query(
          `${groups.select}${whereInGroups(`id IN ${idList}`)} ORDER BY name_key`,
          idParameter,
        ),
      )
      const groupCondition = groupIds === null ? '' : ` AND group_id IN ${idList}`
      const membershipList = memberships.all(
        await this.#database.query(`${memberships.select} WHERE ${notExpired}${groupCondition} ORDER BY user_id`, [
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
  }
}
