import { type MigrationContext, migrateTable } from './migration-steps.ts'
import { planApiKey } from './plan/plan-api-key.ts'
import { ClaimPlanner, GroupNames, planGroup } from './plan/plan-groups.ts'
import { planPasskey } from './plan/plan-passkey.ts'
import { planLdapState, planUser, UserNames } from './plan/plan-users.ts'

export async function migratePeople(context: MigrationContext, hasAdministratorGroup: boolean): Promise<void> {
  const { target, report, userNames, groupIds } = context
  const isUser = (id: string) => userNames.has(id)
  const isGroup = (id: string) => groupIds.has(id)
  await migrateUsers(context, hasAdministratorGroup)
  const groupNames = new GroupNames()
  await migrateTable(context, {
    table: 'user_groups',
    subject: 'group',
    plan(row) {
      const group = planGroup(row, groupNames, report)
      if (group) groupIds.add(group.id)
      return group
    },
    write: target.groups,
  })
  await migrateTable(context, {
    table: 'user_groups_users',
    subject: 'membership',
    plan({ user_id: userId, user_group_id: groupId }) {
      if (isUser(userId) && isGroup(groupId)) return { userId, groupId, endsAt: null }
      const subject = { subject: 'membership', id: `${userId} ${groupId}`, name: `${userId} in ${groupId}` } as const
      report.leftOut(subject, 'Its user or its group does not exist or is left out.')
      return undefined
    },
    write: target.memberships,
  })
  const claims = new ClaimPlanner(isUser, isGroup)
  await migrateTable(context, {
    table: 'custom_claims',
    subject: 'claim',
    plan: (row) => claims.plan(row, report),
    async write(planned) {
      const claimsOf = (wanted: string) => planned.flatMap(({ owner, claim }) => (owner === wanted ? [claim] : []))
      await target.userClaims(claimsOf('user'))
      await target.groupClaims(claimsOf('group'))
    },
  })
  await migrateTable(context, {
    table: 'webauthn_credentials',
    subject: 'passkey',
    plan: (row) => planPasskey(row, isUser, report),
    write: target.passkeys,
  })
  await migrateTable(context, {
    table: 'api_keys',
    subject: 'api key',
    plan: (row) => planApiKey(row, isUser, report),
    write: target.apiKeys,
  })
}

async function migrateUsers(context: MigrationContext, hasAdministratorGroup: boolean): Promise<void> {
  const { source, target, report, userNames } = context
  const names = new UserNames()
  for await (const row of source.rows('users')) names.add(row)
  await migrateTable(context, {
    table: 'users',
    subject: 'user',
    plan(row) {
      const user = planUser(row, names, report)
      if (user) userNames.set(user.id, user.userName)
      return user
    },
    async write(users) {
      await target.users(users)
      const fromLdap = users.filter(({ ldapId }) => ldapId !== null)
      await target.ldapStates(fromLdap.map((user) => planLdapState(user, hasAdministratorGroup)))
    },
  })
}
