import { afterEach, describe, expect, jest, test } from '@jest/globals'
import type { UserAgent } from '@pocket/core/testing'
import { shareBetweenTests } from '@pocket/test-support'
import { startCalledInstance } from '../api/calls.ts'
import { passkeyAnswer, signInWithPasskey } from '../api/instance.ts'
import { freshName } from '../api/people.ts'
import { advanceClock } from '../stopped-time.ts'

const pagePath = '/settings/api-keys'
const instance = shareBetweenTests(() => startCalledInstance('SQLite'))

afterEach(() => void jest.restoreAllMocks())

const get = (agent: UserAgent, path = pagePath) => agent.get(instance.url + path)
type Fields = Readonly<Record<string, string>>
const post = (agent: UserAgent, fields: Fields = {}, path = pagePath) => agent.postForm(instance.url + path, fields)
const tokenIn = (text: string) => /<code id="token"[^>]*>(pak_[\w-]+)</.exec(text)?.[1] ?? ''
const withKey = async (token: string, path = '/api/users/me') =>
  (await instance.agent().getJson(instance.url + path, { headers: { 'x-api-key': token } })).status
const keysOf = async (agent: UserAgent) => {
  const { data } = (await instance.call('GET /api/api-keys', { agent })).json
  return data as readonly { readonly id: string; readonly expiresAt: string; readonly scopes?: readonly string[] }[]
}
const term = { lifetime: 'week', until: '' }

describe('API keys', () => {
  test('are created, shown once, listed, and revoked after a confirmation', async () => {
    const { agent } = await instance.person(freshName())
    expect((await get(agent)).text).toContain('Nothing yet')
    const created = await post(agent, {
      ...term,
      name: 'Terraform',
      description: 'For <the> house',
      access: 'everything',
    })
    expect([created.status, created.location]).toEqual([303, instance.url + pagePath])
    const page = await get(agent)
    const token = tokenIn(page.text)
    expect(await withKey(token)).toBe(200)
    expect(page.text).toContain('For &lt;the&gt; house')
    expect(page.text).toMatch(/data-copy="token"/)
    expect((await get(agent)).text).not.toContain(token)
    const [key] = await keysOf(agent)
    expect(Date.parse(key?.expiresAt ?? '') - Date.now()).toBeGreaterThan(6.9 * 86_400_000)

    const actionPath = `${pagePath}/${key?.id}/revoke`
    expect((await get(agent, actionPath)).text).toContain('Revoke: Terraform')
    const otherUser = await instance.person(freshName())
    expect([
      (await get(otherUser.agent, actionPath)).status,
      (await post(otherUser.agent, {}, actionPath)).status,
    ]).toEqual([404, 404])
    expect((await post(agent, {}, actionPath)).status).toBe(303)
    expect((await get(agent)).text).toContain('Revoked: Terraform')
    expect(await withKey(token)).toBe(401)
  })

  test('are searched, filtered, shown with the selected columns, and revoked several at once', async () => {
    const { agent } = await instance.person(freshName())
    for (const name of ['Backup 100%', 'Backup of the wiki', 'Terraform'])
      await post(agent, { ...term, name, access: 'everything' })
    await get(agent)
    const namesIn = (text: string) => [...text.matchAll(/<strong\b[^>]*><bdi>([^<]+)</g)].map(([, name]) => name).sort()
    expect(namesIn((await get(agent, `${pagePath}?search=BACKUP`)).text)).toEqual(['Backup 100%', 'Backup of the wiki'])
    expect(namesIn((await get(agent, `${pagePath}?search=0%25`)).text)).toEqual(['Backup 100%'])
    expect(namesIn((await get(agent, `${pagePath}?filters[expired]=false`)).text)).toHaveLength(3)
    const expired = await get(agent, `${pagePath}?filters[expired]=true`)
    expect(namesIn(expired.text)).toEqual([])
    expect(expired.text).toContain('Nothing matches')
    const fewer = await get(agent, `${pagePath}?columns=-&columns=expires`)
    expect([fewer.text.includes('data-label="Permissions"'), fewer.text.includes('data-label="Expires"')]).toEqual([
      false,
      true,
    ])
    expect((await get(agent)).text).not.toContain('data-label="Permissions"')

    const otherUser = await instance.person(freshName())
    await post(otherUser.agent, { ...term, name: 'Not yours', access: 'everything' })
    const [foreign] = await keysOf(otherUser.agent)
    const ids = (await keysOf(agent)).slice(0, 2).map(({ id }) => ['ids', id] as const)
    const chosen = [...ids, ['ids', foreign?.id ?? ''] as const, ['act', 'revoke'] as const]
    const asks = await agent.postForm(`${instance.url}${pagePath}/bulk`, [...chosen, ['list', '?search=b']])
    expect(asks.text).toContain('Revoke: 2')
    expect(await keysOf(agent)).toHaveLength(3)
    const done = await agent.postForm(`${instance.url}${pagePath}/bulk`, [
      ...chosen,
      ['list', '?search=b'],
      ['confirmed', 'yes'],
    ])
    expect(done.location).toBe(`${instance.url}${pagePath}?search=b`)
    expect((await agent.follow(done)).text).toContain('Revoked: 2')
    expect([await keysOf(agent), await keysOf(otherUser.agent)].map(({ length }) => length)).toEqual([1, 1])
    const nothing = await agent.follow(await post(agent, {}, `${pagePath}/bulk`))
    expect(nothing.text).toContain('Select entries first')
  })

  test('can be limited to scopes and an expiry date', async () => {
    const { agent } = await instance.person(freshName())
    const pairs = [
      ['name', 'Reader'],
      ['until', '2099-12-31'],
      ['access', 'limited'],
      ['scopes', 'read:account'],
      ['scopes', 'read:audit'],
    ] as const
    expect((await agent.postForm(instance.url + pagePath, pairs)).status).toBe(303)
    const token = tokenIn((await get(agent)).text)
    expect([await withKey(token), await withKey(token, '/api/users')]).toEqual([200, 403])
    const [key] = await keysOf(agent)
    expect(key).toMatchObject({ expiresAt: '2099-12-31T23:59:59.999Z', scopes: ['read:account', 'read:audit'] })
  })

  test('keep the input after a rejection', async () => {
    const { agent } = await instance.person(freshName())
    const refused = await post(agent, { lifetime: 'year', until: '2020-01-01', name: 'ab', access: 'everything' })
    expect(refused.status).toBe(400)
    expect(refused.text).toContain('value="ab"')
    expect(refused.text).toContain('This is too short')
    const past = await post(agent, { until: '2020-01-01', name: 'abc', access: 'everything' })
    expect(past.text).toContain('Choose a future day')
    expect((await post(agent, { until: '2020-02-31', name: 'abc' })).status).toBe(400)
    const nothing = await post(agent, { ...term, name: 'abc', access: 'limited' })
    expect(nothing.text).toContain('Choose at least one permission')
    expect(await keysOf(agent)).toEqual([])
  })

  test('cannot be created in a session without a passkey, with an explanation', async () => {
    const { agent } = await instance.personWithoutPasskey(freshName())
    const { text } = await get(agent)
    expect(text).toContain('Sign in with a passkey to create keys')
    expect(text).not.toContain('name="access"')
    expect((await post(agent, { ...term, name: 'abc' })).status).toBe(403)
    expect((await post(instance.agent(), { ...term, name: 'abc' })).status).toBe(401)
    const from = { from: 'https://evil.example/' }
    expect((await agent.postForm(instance.url + pagePath, { name: 'abc' }, from)).status).toBe(403)
  })

  test('require a recent passkey check, and can be renewed after they expired', async () => {
    const { agent, authenticator } = await instance.person(freshName())
    await post(agent, { ...term, name: 'Nightly', access: 'everything' })
    const old = tokenIn((await get(agent)).text)
    const [key] = await keysOf(agent)
    const renewAt = `${pagePath}/${key?.id}/renew`
    const early = await post(agent, term, renewAt)
    expect([early.status, early.text.includes('role="alert"')]).toEqual([409, true])
    advanceClock(8 * 86_400_000)
    const again = instance.agent()
    await signInWithPasskey(again, instance.url, authenticator)
    expect((await get(again)).text).toContain(`href="${renewAt}"`)
    expect((await get(again, renewAt)).text).toContain('Renew Nightly')
    expect((await post(again, { ...term, until: '2020-01-01' }, renewAt)).text).toContain('Choose a future day')
    advanceClock(61_000)
    const asked = await post(again, term, renewAt)
    expect([asked.status, asked.text.includes('Confirm that it’s you')]).toEqual([401, true])
    const response = await passkeyAnswer(again, instance.url, authenticator)
    await again.postJson(`${instance.url}/reauthenticate`, { response })
    expect((await post(again, term, renewAt)).status).toBe(303)
    const token = tokenIn((await get(again)).text)
    expect([await withKey(token), await withKey(old)]).toEqual([200, 401])
  })
})
