import { expect, test } from '@jest/globals'
import { newUser } from '@pocket/directory'
import { type RunningApp, setUpAdministrator, startApp } from './app.ts'

const users = '/settings/admin/users'

/** An administrator who is not the only one, and another user. */
async function setUp(running: RunningApp) {
  const agent = running.agent()
  await setUpAdministrator(agent, running.url)
  const { directory } = running.app
  const create = (fields: Readonly<Record<string, unknown>>, administrator: boolean) =>
    directory.create(newUser({ username: 'x', firstName: 'X', lastName: 'Y', ...fields }), { administrator })
  await create({ username: 'grace', firstName: 'Grace' }, true)
  const other = await create({ username: 'edsger', firstName: 'Edsger', lastName: 'Dijkstra' }, false)
  const own = await directory.findByName('ada')
  return { agent, ids: [own?.id ?? '', other.id] as const, directory }
}

test.each(['disable', 'delete'])(
  'shows the result of a bulk %s to the administrator whom it signs out',
  async (act) => {
    await using running = await startApp()
    const { agent, ids, directory } = await setUp(running)
    const page = await agent.postForm(`${running.url}${users}/bulk`, [
      ['act', act],
      ['confirmed', 'yes'],
      ...ids.map((id) => ['ids', id] as const),
    ])
    expect(page.status).toBe(200)
    expect(page.text).toContain('<h1>You’re signed out</h1>')
    const text = page.text.replaceAll(/<[^>]+>/g, '')
    expect(text).toMatch(/(?:Disabled|Deleted): 2 (?:Ada Lovelace, Edsger Dijkstra|Edsger Dijkstra, Ada Lovelace)\n/)
    expect(
      await directory.users.page({ page: 1, limit: 9, sort: null, search: 'ada', filters: { disabled: ['false'] } }),
    ).toMatchObject({ total: 0 })
    const next = await agent.follow(await agent.get(running.url + users))
    expect(next.text).not.toContain('Edsger')
  },
)

test('shows the result of disabling the own account', async () => {
  await using running = await startApp()
  const { agent, ids } = await setUp(running)
  const page = await agent.postForm(`${running.url}${users}/${ids[0]}/disable`, {})
  expect(page.status).toBe(200)
  expect(page.text.replaceAll(/<[^>]+>/g, '')).toMatch(/You’re signed out.*Disabled: Ada Lovelace/s)
  const other = await agent.get(running.url + users)
  expect(other.status).toBe(303)
})
