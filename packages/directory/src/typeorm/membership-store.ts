import type { Clock } from '@pocket/core'
import { type Database, type DatabaseKind, TableRows } from '@pocket/core/internal/sql'
import type { Membership, MembershipChange, MembershipStore } from '../groups/membership-store.ts'
import type { User } from '../users/user.ts'
import { membershipTable } from './group.table.ts'
import { lastingAt, listed } from './ids.ts'
import { userTable } from './user.table.ts'
import { usersOf } from './user-store.ts'

const users = new TableRows(userTable)

const memberships = new TableRows(membershipTable)
const lasting = lastingAt('$2')

const sql = {
  membersOf: `${users.select} WHERE id IN (SELECT user_id FROM pocket_membership WHERE group_id = $1 AND ${lasting})
    ORDER BY user_name_key`,
  ofGroup: `${memberships.select} WHERE group_id = $1 AND ${lasting} ORDER BY user_id`,
  count: `SELECT COUNT(*) AS number FROM pocket_membership WHERE group_id = $1 AND ${lasting}`,
  anyAdministrator: `SELECT id FROM pocket_user WHERE administrator = true
    AND id IN (SELECT user_id FROM pocket_membership WHERE group_id = $1 AND ${lasting}) LIMIT 1`,
  setEnd: `UPDATE pocket_membership SET ends_at = $4 WHERE group_id = $1 AND user_id = $3 AND ${lasting}`,
  removeEnded: `DELETE FROM pocket_membership WHERE ends_at <= $1 RETURNING ${memberships.columns}`,
}

type Side = 'user' | 'group'

export class TypeormMembershipStore implements MembershipStore {
  readonly #database: Database
  readonly #replacing: Readonly<Record<Side, ReturnType<typeof replacing>>>

  readonly #clock: Clock

  constructor(database: Database, clock: Clock) {
    this.#database = database
    this.#clock = clock
    this.#replacing = { user: replacing(database.kind, 'user'), group: replacing(database.kind, 'group') }
  }

  async membersOf(groupId: string): Promise<readonly User[]> {
    return usersOf(await this.#database.query(sql.membersOf, [groupId, this.#clock.now()]))
  }

  replaceGroups(userId: string, groupIds: readonly string[]): Promise<MembershipChange> {
    return this.#replace('user', userId, groupIds)
  }

  replaceMembers(groupId: string, userIds: readonly string[]): Promise<MembershipChange> {
    return this.#replace('group', groupId, userIds)
  }

  async ofGroup(groupId: string): Promise<readonly Membership[]> {
    return memberships.all(await this.#database.query(sql.ofGroup, [groupId, this.#clock.now()]))
  }

  async count(groupId: string): Promise<number> {
    const [found] = await this.#database.query<{ number: number | string }>(sql.count, [groupId, this.#clock.now()])
    return Number(found?.number ?? 0)
  }

  async anyAdministrator(groupId: string): Promise<boolean> {
    return (await this.#database.query(sql.anyAdministrator, [groupId, this.#clock.now()])).length > 0
  }

  async ofUsers(groupId: string, userIds: readonly string[]): Promise<readonly Membership[]> {
    const chosen = `(SELECT value FROM ${listed(this.#database.kind, '$3')})`
    const text = `${memberships.select} WHERE group_id = $1 AND ${lasting} AND user_id IN ${chosen} ORDER BY user_id`
    return memberships.all(await this.#database.query(text, [groupId, this.#clock.now(), JSON.stringify(userIds)]))
  }

  async setEnd({ groupId, userId, endsAt }: Membership): Promise<boolean> {
    return (await this.#database.execute(sql.setEnd, [groupId, this.#clock.now(), userId, endsAt])) === 1
  }

  async removeEnded(): Promise<readonly Membership[]> {
    return memberships.all(await this.#database.query(sql.removeEnded, [this.#clock.now()]))
  }

  async #replace(side: Side, id: string, wanted: readonly string[]): Promise<MembershipChange> {
    const { current, known, add, remove } = this.#replacing[side]
    const before = new Set(idsOf(await this.#database.query(current, [id, this.#clock.now()])))
    const after = new Set(idsOf(await this.#database.query(known, [JSON.stringify(wanted)])))
    const added = [...after].filter((each) => !before.has(each))
    const removed = [...before].filter((each) => !after.has(each))
    if (removed.length > 0) await this.#database.execute(remove, [JSON.stringify(removed), id])
    if (added.length > 0) await this.#database.execute(add, [JSON.stringify(added), id])
    return { added, removed }
  }
}

/** The statements that replace the memberships of one side. */
function replacing(kind: DatabaseKind, side: Side) {
  const other = side === 'user' ? 'group' : 'user'
  const chosen = `(SELECT value FROM ${listed(kind)})`
  return {
    current: `SELECT ${other}_id AS id FROM pocket_membership WHERE ${side}_id = $1 AND ${lasting}`,
    known: `SELECT id FROM pocket_${other} WHERE id IN ${chosen}`,
    remove: `DELETE FROM pocket_membership WHERE ${side}_id = $2 AND ${other}_id IN ${chosen}`,
    // An expired membership may still exist. SQLite parses ON CONFLICT as part of a SELECT without WHERE.
    add: `INSERT INTO pocket_membership (${other}_id, ${side}_id) SELECT value, $2 FROM ${listed(kind)} WHERE true
      ON CONFLICT (user_id, group_id) DO UPDATE SET ends_at = NULL`,
  }
}

function idsOf(rows: readonly { id: string }[]): string[] {
  return rows.map(({ id }) => id)
}
