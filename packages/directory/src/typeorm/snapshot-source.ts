import type { Clock } from '@pocket/core'
import { type Database, TableRows } from '@pocket/core/internal/sql'
import { isId } from '../id.ts'
import type { DirectorySnapshot, SnapshotSource } from '../scim/snapshot.ts'
import { groupTable, membershipTable } from './group.table.ts'
import { groupsOf } from './group-store.ts'
import { lastingAt, listed } from './ids.ts'
import { userTable } from './user.table.ts'
import { usersOf } from './user-store.ts'

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
    const chosen = `(SELECT value FROM ${listed(kind)})`
    const lasting = lastingAt(groupIds === null ? '$1' : '$2')
    const members = `SELECT user_id FROM pocket_membership WHERE group_id IN ${chosen} AND ${lasting}`
    const some = groupIds === null ? [] : [JSON.stringify(groupIds.filter(isId))]
    const within = (condition: string) => (groupIds === null ? '' : ` WHERE ${condition}`)
    return this.#database.transaction(async () => {
      // One snapshot for all three statements; on SQLite a transaction already blocks writers.
      if (kind === 'postgres')
        await this.#database.execute('SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY')
      const people = usersOf(
        await this.#database.query(
          `${users.select}${within(`id IN (${members})`)} ORDER BY user_name_key`,
          groupIds === null ? [] : [...some, now],
        ),
      )
      const found = groupsOf(
        await this.#database.query(`${groups.select}${within(`id IN ${chosen}`)} ORDER BY name_key`, some),
      )
      const inGroups = groupIds === null ? '' : ` AND group_id IN ${chosen}`
      const all = memberships.all(
        await this.#database.query(`${memberships.select} WHERE ${lasting}${inGroups} ORDER BY user_id`, [
          ...some,
          now,
        ]),
      )
      const memberIds = Map.groupBy(all, ({ groupId }) => groupId)
      return {
        users: people,
        groups: found.map(({ id, friendlyName }) => ({
          id,
          friendlyName,
          memberIds: (memberIds.get(id) ?? []).map(({ userId }) => userId),
        })),
      }
    })
  }
}
