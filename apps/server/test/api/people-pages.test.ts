import { afterEach, describe, expect, jest, test } from '@jest/globals'
import type { UserAgent } from '@pocket/core/testing'
import { shareBetweenTests } from '@pocket/test-support'
import { stopTime } from '../stopped-time.ts'
import { type CalledInstance, findAuditEvents, startCalledInstance } from './calls.ts'
import { freshName } from './people.ts'

const approvals = '/settings/admin/approvals'
const invitations = '/settings/admin/invitations'
const instance = shareBetweenTests(() =>
  startCalledInstance('SQLite', {
    ALLOW_USER_SIGNUPS: 'withToken',
    SIGN_UP_APPROVAL: 'true',
    REQUIRE_USER_EMAIL: 'false',
  }),
)

afterEach(() => void jest.restoreAllMocks())

const get = (path: string, agent: UserAgent = instance.administrator) => agent.get(instance.url + path)
const post = (path: string, fields: Record<string, string> = {}, agent: UserAgent = instance.administrator) =>
  agent.postForm(instance.url + path, fields)
async function makeLink(fields: Record<string, string> = { uses: '3', lifetime: 'day' }) {
  const page = await instance.administrator.follow(await post(invitations, fields))
  const token = /\/st\/([A-Za-z0-9]{16})</.exec(page.text)?.[1] ?? ''
  return { page, token }
}

describe('invitations', () => {
  test('creates a link that works as often as stated, until it is deleted', async () => {
    const group = await instance.call('POST /api/user-groups', { body: { name: 'family', friendlyName: 'Family' } })
    const { page, token } = await makeLink({ uses: '3', lifetime: 'day', userGroupIds: String(group.json.id) })
    expect(page.text).toContain('0 of 3')
    expect(page.text).toContain('>Family<')
    expect((await get(`/st/${token}`, instance.agent())).status).toBe(200)
    const body = { username: freshName(), token }
    expect((await instance.call('POST /api/signup', { body, agent: instance.agent() })).status).toBe(201)
    const again = await get(invitations)
    expect(again.text).toContain('1 of 3')
    const remove = `/settings/admin/${/formaction="([^"]+\/remove)"/.exec(again.text)?.[1]}`
    expect((await instance.administrator.follow(await post(remove, { list: '?' }))).text).not.toContain(token)
    expect((await get(`/st/${token}`, instance.agent())).status).toBe(401)
    expect(findAuditEvents(instance, 'signup_token_created')).toHaveLength(1)
    expect(findAuditEvents(instance, 'signup_token_removed')).toHaveLength(1)
    expect(instance.log.join()).not.toContain(token)
  })

  test('enables sign-up with a link when the first link is created, unless the environment disables it', async () => {
    const fields = { uses: '1', lifetime: 'day', enable: 'yes' }
    const fetchSignUpMode = async ({ url }: CalledInstance) =>
      /"key":"allowUserSignups"[^}]*"value":"(\w+)"/.exec(
        (await instance.agent().get(`${url}/api/application-configuration`)).text,
      )?.[1]
    await using closed = await startCalledInstance('SQLite')
    const url = closed.url + invitations
    expect((await closed.administrator.get(url)).text).toContain('Allow links and create one')
    await closed.administrator.postForm(url, { ...fields, uses: '0' })
    expect(await fetchSignUpMode(closed)).toBe('disabled')
    {
      using _ = stopTime(61_000)
      expect((await closed.administrator.postForm(url, fields)).status).toBe(401)
      expect(await fetchSignUpMode(closed)).toBe('disabled')
    }
    const created = await closed.administrator.follow(await closed.administrator.postForm(url, fields))
    expect(created.text).not.toContain('no link works')
    expect(created.text).toContain('>Create link<')
    expect(await fetchSignUpMode(closed)).toBe('withToken')
    await closed.administrator.postForm(`${closed.url}/settings/admin/application-configuration/sign-up`, {
      allowUserSignups: 'open',
    })
    await closed.administrator.postForm(url, fields)
    expect(await fetchSignUpMode(closed)).toBe('open')
    await using fixed = await startCalledInstance('SQLite', { ALLOW_USER_SIGNUPS: 'disabled' })
    expect((await fixed.administrator.get(fixed.url + invitations)).text).not.toContain('name="enable"')
    await fixed.administrator.postForm(fixed.url + invitations, fields)
    expect(await fetchSignUpMode(fixed)).toBe('disabled')
  })

  test('searches links, filters them by use and deletes several at once', async () => {
    const first = await makeLink()
    const second = await makeLink({ uses: '1', lifetime: 'day' })
    const body = { username: freshName(), token: second.token }
    await instance.call('POST /api/signup', { body, agent: instance.agent() })
    const findShownLinks = async (query: string) => {
      const { text } = await get(`${invitations}?limit=100&${query}`)
      return [first, second].map(({ token }) => text.includes(token))
    }
    const link = encodeURIComponent(`${instance.url}/st/${first.token}`)
    // The search field keeps the query.
    expect((await get(`${invitations}?search=${link}`)).text).toContain('data-label>0 of 3<')
    expect(await findShownLinks(`search=${second.token}`)).toEqual([false, true])
    expect((await get(`${invitations}?search=nowhere`)).text).toContain('Nothing matches')
    expect(await findShownLinks('filters[used]=never')).toEqual([true, false])
    expect(await findShownLinks('filters[used]=fully')).toEqual([false, true])
    expect(await findShownLinks('filters[used]=partly')).toEqual([false, false])
    const { text } = await get(`${invitations}?limit=100`)
    const ids = [...text.matchAll(/name="ids" value="([^"]+)"/g)].map(([, id = '']) => ['ids', id] as const)
    const { administrator: agent } = instance
    const asks = await agent.postForm(`${instance.url}${invitations}/bulk`, ids)
    expect(asks.text).toContain(`Delete: ${ids.length}`)
    const done = await agent.postForm(`${instance.url}${invitations}/bulk`, [...ids, ['confirmed', 'yes']])
    expect((await agent.follow(done)).text).toContain(`Deleted: ${ids.length}`)
    expect((await get(`/st/${first.token}`, instance.agent())).status).toBe(401)
  })

  test.each([
    [{ uses: '0' }, 'Enter a number from 1 to 100.'],
    [{ uses: '101' }, 'Enter a number from 1 to 100.'],
    [{ uses: '' }, 'Enter a number from 1 to 100.'],
    [{ uses: '1e1' }, 'Enter a number from 1 to 100.'],
    [{ uses: '1', userGroupIds: 'nowhere' }, 'One of these groups no longer exists.'],
  ])('rejects %j with an explanation', async (fields, sentence) => {
    const response = await post(invitations, fields)
    expect([response.status, response.text]).toEqual([400, expect.stringContaining(sentence)])
  })

  test.each(['__proto__', 'toString', ''])('interprets a lifetime of %j as one week', async (lifetime) => {
    expect((await post(invitations, { uses: '1', lifetime })).status).toBe(303)
    const { json } = await instance.call('GET /api/signup-tokens', {
      query: '?sort[column]=createdAt&sort[direction]=desc',
    })
    const [{ expiresAt = '' } = {}] = json.data as { expiresAt: string }[]
    expect(Math.round((Date.parse(expiresAt) - Date.now()) / 86_400_000)).toBe(7)
  })

  test('starts from the list of users, and offers no e-mail without a mail server', async () => {
    const users = await get('/settings/admin/users')
    expect(users.text).toContain(`href="${invitations}#new"`)
    expect((await get(invitations)).text).not.toContain('name="email"')
    expect((await post(invitations, { uses: '1', lifetime: 'day', email: 'eve@example.com' })).status).toBe(303)
    const { json } = await instance.call('GET /api/emails')
    expect(json.data).toEqual([])
  })
})

describe('approvals', () => {
  async function createWaitingUser() {
    const { token } = await makeLink()
    const username = freshName()
    const body = { username, token }
    const { json } = await instance.call('POST /api/signup', { body, agent: instance.agent() })
    return { id: String(json.id), username }
  }

  test('shows waiting users, and approves or rejects them', async () => {
    const [first, second] = [await createWaitingUser(), await createWaitingUser()]
    const page = await get(approvals)
    expect(page.text).toContain(first.username)
    expect(page.text).toContain(second.username)
    await post(`${approvals}/${first.id}`, { decision: 'approve', note: '' })
    expect((await instance.app.directory.find(first.id))?.disabled).toBe(false)
    const after = await instance.administrator.follow(await post(`${approvals}/${second.id}`, { decision: 'refuse' }))
    expect(after.text).toContain(`<p>Declined: ${second.username}</p>`)
    expect(await instance.app.directory.find(second.id)).toBeUndefined()
    expect(findAuditEvents(instance, 'account_enabled')).toContainEqual(
      expect.objectContaining({ accountId: first.id }),
    )
  })

  test('are counted in the navigation of every page of administrators, and of no other user', async () => {
    const countOn = async (path: string, agent?: UserAgent) =>
      Number(
        /<span class="count">(\d+)<span class="hidden"> waiting for approval/.exec((await get(path, agent)).text)?.[1],
      )
    await createWaitingUser()
    const count = await countOn(approvals)
    expect(count).toBeGreaterThan(0)
    for (const path of ['/settings/admin/users', '/settings/apps', '/settings/account'])
      expect(await countOn(path)).toBe(count)
    const { agent } = await instance.person(freshName())
    expect(await countOn('/settings/apps', agent)).toBeNaN()
  })

  test('shows twenty waiting users on each page', async () => {
    const waiting = (await instance.call('GET /api/signup-approvals')).json as unknown as readonly object[]
    for (let count = waiting.length; count < 23; count += 1) await createWaitingUser()
    const [first, second] = [await get(approvals), await get(`${approvals}?page=2`)]
    expect(first.text).toContain(`href="${approvals}?page=2"`)
    const counts = [first, second].map(({ text }) => text.match(/name="decision" value="approve"/g)?.length)
    expect(counts).toEqual([20, 3])
  })

  test('rejects a second decision', async () => {
    const { id } = await createWaitingUser()
    await instance.call('POST /api/signup-approvals/{id}/approve', { params: { id }, body: {} })
    const late = await instance.administrator.follow(await post(`${approvals}/${id}`, { decision: 'refuse' }))
    expect(late.text).toContain('Another administrator has already decided')
    expect(await instance.app.directory.find(id)).toBeDefined()
  })

  test('rejects a note that is too long', async () => {
    const { id } = await createWaitingUser()
    expect((await post(`${approvals}/${id}`, { decision: 'approve', note: 'x'.repeat(501) })).status).toBe(400)
    expect((await instance.app.directory.find(id))?.disabled).toBe(true)
  })
})

describe('the sessions of a user', () => {
  test('are shown on pages of twenty', async () => {
    const name = freshName()
    const { id, agent } = await instance.person(name)
    for (let count = 0; count < 22; count += 1)
      await post('/lc', { code: (await instance.app.issueLoginCode(name)).code }, instance.agent())
    for (const [path, by] of [
      [`/settings/admin/users/${id}/security`, instance.administrator],
      ['/settings/account/security', agent],
    ] as const) {
      const pages = [await get(path, by), await get(`${path}?page=2`, by)]
      expect(pages[0]?.text).toContain(`href="${path}?page=2#sessions"`)
      const counts = pages.map(({ text }) => text.match(/<details name="session"/g)?.length)
      expect([path, ...counts]).toEqual([path, 20, expect.any(Number)])
    }
  })

  test('are shown, and revoked one by one or all at once', async () => {
    const name = freshName()
    const { id, agent } = await instance.person(name)
    const other = instance.agent()
    await post('/lc', { code: (await instance.app.issueLoginCode(name)).code }, other)
    const pagePath = `/settings/admin/users/${id}`
    const ends = [...(await get(`${pagePath}/security`)).text.matchAll(/action="([^"]+\/sessions\/[^"]*end)"/g)].map(
      ([, path = '']) => path,
    )
    expect(ends).toHaveLength(3)
    const isSignedIn = async (each: UserAgent) => (await each.getJson(`${instance.url}/api/users/me`)).status === 200
    expect((await instance.administrator.follow(await post(ends[0] ?? ''))).text).toMatch(
      /<p>Ended: <strong>Sessions · /,
    )
    expect([await isSignedIn(agent), await isSignedIn(other)].filter(Boolean)).toHaveLength(1)
    expect((await instance.administrator.follow(await post(`${pagePath}/sessions/end`))).text).toContain('Nothing yet')
    expect([await isSignedIn(agent), await isSignedIn(other)]).toEqual([false, false])
    expect(findAuditEvents(instance, 'session_ended').filter(({ accountId }) => accountId === id)).toHaveLength(2)
    expect((await post(ends[0] ?? '')).status).toBe(404)
  })
})
