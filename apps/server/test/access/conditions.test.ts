import { randomUUID } from 'node:crypto'
import { describe, expect, test } from '@jest/globals'
import { newUser } from '@pocket/directory'
import { shareBetweenTests } from '@pocket/test-support'
import { accessTable } from '../../src/access/access-table.ts'
import { type Condition, type ConditionName, conditions } from '../../src/access/conditions.ts'
import { completeSettings } from '../api/setting-calls.ts'
import { accessOutcome, startCallers, type TestCaller } from './callers.ts'

/** The user or group that a request targets. */
interface Subject {
  readonly userId: string
  /** The user is a member of the group. */
  readonly groupId: string
  readonly userName: string
}

interface RequestContent {
  readonly params?: Readonly<Record<string, string>>
  /** JSON for the REST API, a form for a page. */
  readonly body?: unknown
}

const callers = shareBetweenTests(() => startCallers())

/** A user, who is an administrator if the condition must apply, and a group with that user as its only member. */
async function createSubject(administrator: boolean): Promise<Subject> {
  const { directory } = callers.instance.app
  const userName = `subject-${randomUUID()}`
  const user = newUser({ userName, email: `${userName}@example.com`, firstName: 'S' })
  const { id } = await directory.create(user, { administrator })
  const group = await directory.groups.create({ name: userName, friendlyName: userName })
  await directory.users.setGroups(id, [group.id])
  return { userId: id, groupId: group.id, userName }
}

const userContent =
  (content: RequestContent = {}) =>
  ({ userId }: Subject): RequestContent => ({ params: { id: userId, userId }, body: {}, ...content })
const groupContent =
  (content: RequestContent = {}) =>
  ({ groupId, userId }: Subject): RequestContent => ({
    params: { id: groupId, userGroupId: groupId, userId },
    body: {},
    ...content,
  })
const bulkContent =
  (field: 'userId' | 'groupId', act: string) =>
  (about: Subject): RequestContent => ({ body: { act, confirmed: 'yes', ids: about[field] } })
const profileFields = ({ userName }: Subject) => ({
  username: userName,
  email: `${userName}@example.com`,
  firstName: 'S',
})
const users = '/settings/admin/users/:id'
const groups = '/settings/admin/user-groups/:id'

/** The request for a row with a condition: it targets an administrator if the condition must apply, otherwise another user. */
const requests: Readonly<Record<string, (about: Subject, applies: boolean) => RequestContent>> = {
  'POST /api/users': (_, isAdmin) => ({ body: { username: newName(), isAdmin } }),
  'PUT /api/users/:id': (about) => userContent({ body: profileFields(about) })(about),
  'DELETE /api/users/:id': userContent(),
  'PUT /api/users/:id/profile-picture': userContent(),
  'DELETE /api/users/:id/profile-picture': userContent(),
  'PUT /api/users/:id/user-groups': userContent({ body: { userGroupIds: [] } }),
  'PUT /api/custom-claims/user/:userId': userContent({ body: [] }),
  'DELETE /api/users/:id/webauthn-credentials/:credentialId': userContent(),
  'POST /api/users/:id/passkey-removals/:passkeyId/withdraw': userContent(),
  'POST /api/users/:id/one-time-access-token': userContent(),
  'POST /api/users/:id/one-time-access-email': userContent(),
  'POST /api/users/:id/invitation': userContent(),
  'POST /api/users/:id/invitation-email': userContent(),
  'DELETE /api/users/:id/sessions': userContent(),
  'DELETE /api/users/:id/sessions/:sessionId': userContent(),
  'DELETE /api/users/:id/ldap-link': userContent(),
  'PUT /api/user-groups/:id': (about) => groupContent({ body: { name: about.userName, friendlyName: 'Group' } })(about),
  'DELETE /api/user-groups/:id': groupContent(),
  'PUT /api/custom-claims/user-group/:userGroupId': groupContent({ body: [] }),
  'PUT /api/user-groups/:id/allowed-oidc-clients': groupContent({ body: { oidcClientIds: [] } }),
  'PUT /api/user-groups/:id/users': groupContent({ body: { userIds: [] } }),
  'PATCH /api/user-groups/:id/members/:userId': groupContent({ body: { endsAt: null } }),

  'POST /settings/admin/users/bulk': bulkContent('userId', 'enable'),
  'POST /settings/admin/users/new': (_, isAdmin) => ({
    body: { username: newName(), ...(isAdmin && { isAdmin: 'yes' }) },
  }),
  [`POST ${users}`]: (about, isAdmin) =>
    userContent({ body: { ...profileFields(about), ...(isAdmin && { isAdmin: 'yes' }) } })(about),
  [`POST ${users}/enable`]: userContent(),
  [`POST ${users}/disable`]: userContent(),
  [`POST ${users}/groups`]: userContent(),
  [`POST ${users}/remove`]: userContent(),
  [`POST ${users}/sessions/end`]: userContent(),
  [`POST ${users}/sessions/:sessionId/end`]: userContent(),
  'POST /settings/admin/user-groups/bulk': bulkContent('groupId', 'delete'),
  [`POST ${groups}`]: (about) => groupContent({ body: { name: about.userName, friendlyName: 'Group' } })(about),
  [`POST ${groups}/bulk`]: (about) =>
    groupContent({ body: { act: 'remove', ids: about.userId, confirmed: 'yes' } })(about),
  [`POST ${groups}/clients`]: groupContent(),
  [`POST ${groups}/remove`]: groupContent(),
  [`POST ${groups}/members`]: (about) => groupContent({ body: { users: about.userId } })(about),
  [`POST ${groups}/members/:userId/end`]: groupContent(),
  [`POST ${groups}/members/:userId/remove`]: groupContent(),
}
/** Conditions on the caller's own data, and conditions with their own test below. */
const others: ReadonlySet<string> = new Set([
  'PUT /api/users/me',
  'PUT /api/users/me/profile-picture',
  'DELETE /api/users/me/profile-picture',
  'POST /settings/account',
  // Their only condition is an additional scope; see least-privilege.test.ts.
  'POST /api/signup-tokens',
  'POST /api/oidc/clients',
  'PUT /api/oidc/clients/:id',
  'PUT /api/users/:id/ldap-link',
  'PUT /api/application-configuration',
  'PATCH /api/settings',
  // See people-pages.test.ts.
  'POST /settings/admin/invitations',
  // Their condition depends on the changed fields: see reauthentication.test.ts.
  'POST /settings/admin/application-configuration',
  'POST /settings/admin/application-configuration/:section',
  'POST /settings/admin/oidc-clients/:id/settings',
  'POST /api/device-login/verification/decision',
  'POST /api/jobs/:name/run',
  'POST /settings/admin/jobs/bulk',
  'POST /settings/admin/jobs/:name/run',
  'GET /verify-email',
  'POST /verify-email',
  'POST /recover/options',
])
const conditional = [...accessTable].filter(([, row]) => row.conditions.length > 0)

function newName(): string {
  return `new-${randomUUID()}`
}

async function requestOutcome(by: TestCaller, route: string, { params = {}, body }: RequestContent): Promise<string> {
  const [method = '', path = ''] = route.split(' ')
  const url = callers.instance.url + path.replaceAll(/:(\w+)/g, (_, name: string) => params[name] ?? randomUUID())
  const options = { headers: { accept: 'application/json', ...by.headers } }
  const response = path.startsWith('/api/')
    ? await by.agent.sendJson(method, url, { body, options })
    : await by.agent.postForm(url, body as Readonly<Record<string, string>>, options)
  return response.status < 400 ? 'done' : accessOutcome(response)
}

function findSessionCaller(name: string): TestCaller {
  const found = callers.sessions.find((caller) => caller.name === name)
  if (!found) throw new Error(`There is no ${name}.`)
  return found
}

test('every row with a condition has a request here', () => {
  const known = [...Object.keys(requests), ...others]
  expect(conditional.map(([route]) => route).toSorted()).toEqual(known.toSorted())
})

describe('a condition', () => {
  test.each(conditional.filter(([route]) => requests[route]))('applies to %s', async (route, row) => {
    const content = requests[route]
    const hasCondition = (name: 'session' | 'unlimitedKey') =>
      row.conditions.some((condition: ConditionName) => (conditions[condition] as Condition)[name])
    const [old, recent] = [
      findSessionCaller('administrator, session old'),
      findSessionCaller('administrator, session recent'),
    ]
    const keys = row.scopes ? { limited: await callers.key(row.scopes), unlimited: await callers.key(null) } : null
    for (const applies of [true, false]) {
      const send = async (by: TestCaller) => {
        const sent = await requestOutcome(by, route, content?.(await createSubject(applies), applies) ?? {})
        return sent === 'done' ? 'admitted' : sent
      }
      const refetches = row.session.includes('recent') || (applies && hasCondition('session'))
      expect([applies, await send(old)]).toEqual([applies, refetches ? '401 reauthentication_required' : 'admitted'])
      expect([applies, await send(recent)]).toEqual([applies, 'admitted'])
      if (!keys) continue
      const isRefused = applies && hasCondition('unlimitedKey')
      expect([applies, await send(keys.limited)]).toEqual([applies, isRefused ? '403 forbidden' : 'admitted'])
      expect([applies, await send(keys.unlimited)]).toEqual([applies, 'admitted'])
    }
  })
})

describe('the account of the current user', () => {
  async function fetchOwnUser(by: TestCaller): Promise<Readonly<Record<string, unknown>>> {
    const response = await by.agent.getJson(`${callers.instance.url}/api/users/me`, { headers: by.headers })
    return response.json() as Readonly<Record<string, unknown>>
  }

  test('changes its e-mail address only after a recent passkey check', async () => {
    const [old, recent] = [findSessionCaller('user, session old'), findSessionCaller('user, session recent')]
    for (const by of [old, recent]) {
      const me = await fetchOwnUser(by)
      const email = `${newName()}@example.com`
      const expected = by === old ? '401 reauthentication_required' : 'done'
      expect(await requestOutcome(by, 'PUT /api/users/me', { body: { ...me, locale: 'de' } })).toBe('done')
      expect(await requestOutcome(by, 'PUT /api/users/me', { body: { ...me, email } })).toBe(expected)
      const form = { username: String(me.username), email: `${newName()}@example.com` }
      expect(await requestOutcome(by, 'POST /settings/account', { body: form })).toBe(expected)
    }
  })

  test('requires a key without scopes to change the name, address or picture of an administrator', async () => {
    const limited = await callers.key(['read:account', 'write:account'])
    const unlimited = await callers.key(null)
    const me = await fetchOwnUser(limited)
    const before = JSON.stringify({ ...me, locale: 'de' })
    expect(await requestOutcome(limited, 'PUT /api/users/me', { body: { ...me, locale: 'de' } })).toBe('done')
    const changes = [
      { firstName: 'Eve' },
      { lastName: 'Eve' },
      { displayName: 'Eve' },
      { username: newName() },
      { email: `${newName()}@example.com` },
    ]
    for (const change of changes)
      expect([change, await requestOutcome(limited, 'PUT /api/users/me', { body: { ...me, ...change } })]).toEqual([
        change,
        '403 forbidden',
      ])
    expect(JSON.stringify(await fetchOwnUser(limited))).toBe(before)
    for (const route of ['PUT /api/users/me/profile-picture', 'DELETE /api/users/me/profile-picture']) {
      expect([route, await requestOutcome(limited, route, {})]).toEqual([route, '403 forbidden'])
      const user = await callers.key(['write:account'], 'user')
      for (const by of [unlimited, user])
        expect([route, await requestOutcome(by, route, {})]).toEqual([
          route,
          route.startsWith('PUT') ? 'admitted' : 'done',
        ])
    }
    expect(await requestOutcome(unlimited, 'PUT /api/users/me', { body: { ...me, firstName: 'Grace' } })).toBe('done')
  })
})

test('requires a key without scopes to change settings that decide who can sign in', async () => {
  const limited = await callers.key(['read:settings', 'write:settings'])
  for (const by of [limited, await callers.key(null)]) {
    const expected = by === limited ? '403 forbidden' : 'done'
    const body = completeSettings({ smtpHost: `mail-${randomUUID()}.example.com` })
    expect(await requestOutcome(by, 'PUT /api/application-configuration', { body })).toBe(expected)
    expect(await requestOutcome(by, 'PATCH /api/settings', { body: { ldapStartTls: true } })).toBe(expected)
    expect(await requestOutcome(by, 'PATCH /api/settings', { body: { auditLogRetentionDays: 31 } })).toBe('done')
  }
})

test('requires `write:groups` to change the groups of users who sign up', async () => {
  const { groupId } = await createSubject(false)
  const body = completeSettings({ signupDefaultUserGroupIDs: JSON.stringify([groupId]) })
  expect(
    await requestOutcome(await callers.key(null), 'PUT /api/application-configuration', { body: completeSettings() }),
  ).toBe('done')
  const settings = await callers.key(['write:settings'])
  expect(await requestOutcome(settings, 'PUT /api/application-configuration', { body })).toBe('403 forbidden')
  const both = await callers.key(['write:settings', 'write:groups'])
  expect(await requestOutcome(both, 'PUT /api/application-configuration', { body })).toBe('done')
})

test('requires a recent passkey check to run the LDAP import as a job', async () => {
  const [old, recent] = [
    findSessionCaller('administrator, session old'),
    findSessionCaller('administrator, session recent'),
  ]
  const run = (by: TestCaller, job: string) =>
    Promise.all([
      requestOutcome(by, 'POST /api/jobs/:name/run', { params: { name: job }, body: {} }),
      requestOutcome(by, 'POST /settings/admin/jobs/:name/run', { params: { name: job }, body: {} }),
      requestOutcome(by, 'POST /settings/admin/jobs/bulk', { body: { ids: job } }),
    ])
  expect(new Set(await run(old, 'sync-ldap'))).toEqual(new Set(['401 reauthentication_required']))
  expect(new Set(await run(old, 'remove-old-emails'))).not.toContain('401 reauthentication_required')
  expect(new Set(await run(recent, 'sync-ldap'))).not.toContain('401 reauthentication_required')
})
