import { beforeAll, expect, test } from '@jest/globals'
import { newUser } from '@pocket/directory'
import { recordStatements } from '../sent-statements.ts'
import { shareWithAdministrator } from './app.ts'

const statements = recordStatements()
const paths = { user: '', group: '' }

const { running, agent } = shareWithAdministrator()

beforeAll(async () => {
  const { directory } = running.app
  const user = await directory.create(newUser({ username: 'tabea', firstName: 'Tabea' }))
  const group = await directory.groups.create({ name: 'tabs', friendlyName: 'Tabs' })
  await directory.groups.setMembers(group.id, [user.id])
  paths.user = `/settings/admin/users/${user.id}`
  paths.group = `/settings/admin/user-groups/${group.id}`
})

/** Statements that only one of the pages needs. */
const needs = {
  'recent events': /FROM "pocket_audit".* LIMIT \$\d+ OFFSET/s,
  'sessions of a user': /"pocket_artifact" WHERE account_id/,
  'suggested claims': /GROUP BY "key"/,
  'usable clients': /AS consent ON/,
  'members of a group': /matching AS.*pocket_membership/s,
}

test.each<['user' | 'group', string, readonly (keyof typeof needs)[]]>([
  ['user', '', ['suggested claims']],
  ['user', '/access', ['usable clients']],
  ['user', '/security', ['sessions of a user']],
  ['user', '/activity', ['recent events']],
  ['group', '', ['members of a group']],
  ['group', '/clients', []],
  ['group', '/settings', ['suggested claims', 'members of a group']],
])('the page of a %s at %j reads only its own data', async (kind, tab, expected) => {
  const sent = await statements.recordDuring(async () => {
    expect((await agent.get(running.url + paths[kind] + tab)).status).toBe(200)
  })
  const found = Object.entries(needs).filter(([, pattern]) => sent.some(({ sql }) => pattern.test(sql)))
  expect(found.map(([name]) => name)).toEqual(expected)
})
