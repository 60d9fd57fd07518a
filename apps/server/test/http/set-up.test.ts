import { expect, test } from '@jest/globals'
import { shareBetweenTests } from '@pocket/test-support'
import { setUpAdministrator, startApp } from './app.ts'

const clientsPath = '/settings/admin/oidc-clients'

const empty = shareBetweenTests(() => startApp())

test.each([
  [{}, ['username']],
  [{ username: '-ada' }, ['username']],
  [{ username: 'ada', email: 'nowhere' }, ['email']],
  [{ username: 'a'.repeat(51), firstName: 'x'.repeat(51), email: 7 }, ['username', 'email', 'firstName']],
  [{ username: { $ne: 1 } }, ['username']],
])('rejects %j by field', async (input, fields) => {
  const typed = Object.values(input).every((value) => typeof value === 'string')
  // The REST API treats a value of another type as an invalid body.
  for (const path of ['/login/setup/options', ...(typed ? ['/api/signup/setup'] : [])]) {
    const response = await empty.agent().postJson(empty.url + path, input)
    expect(response.status).toBe(400)
    const { code, details, request_id } = response.json() as {
      code: string
      details: { fields: { field: string }[] }
      request_id: string
    }
    expect([code, details.fields.map(({ field }) => field).sort(), request_id]).toEqual([
      'validation_failed',
      [...fields].sort(),
      response.headers.get('x-request-id'),
    ])
  }
  expect(await empty.app.directory.isSetUp()).toBe(false)
})

test('creates one administrator from two concurrent API requests, even with existing users', async () => {
  await using running = await startApp({ STATIC_API_KEY: 'a static key that is long enough' })
  const url = `${running.url}/api/signup/setup`
  const headers = { 'x-api-key': 'a static key that is long enough' }
  const body = { username: 'bob', email: 'bob@example.com' }
  const user = await running.agent().sendJson('POST', `${running.url}/api/users`, { body, options: { headers } })
  expect(user.status).toBe(201)
  expect((await running.agent().get(url)).status).toBe(204)
  const named = ['ada', 'eve'].map((username) => ({ username, email: `${username}@example.com` }))
  const agents = named.map((each) => ({ each, agent: running.agent() }))
  const responses = await Promise.all(agents.map(({ each, agent }) => agent.postJson(url, each)))
  expect(responses.map(({ status }) => status).sort()).toEqual([200, 409])
  const users = await running.app.directory.list()
  expect(users.filter(({ administrator }) => administrator)).toHaveLength(1)
  expect(users).toHaveLength(2)
  const [created] = agents.filter((_, index) => responses[index]?.status === 200)
  expect((await created?.agent.get(`${running.url}/api/users/me`))?.json()).toMatchObject({ isAdmin: true })
  expect((await running.agent().get(url)).status).toBe(404)
})

test('ends with the offer of a break-glass code, which is shown once', async () => {
  await using running = await startApp()
  const agent = running.agent()
  await setUpAdministrator(agent, running.url)
  const [path = ''] =
    (await agent.get(running.url + clientsPath)).text.match(/\/settings\/account\/break-glass-code[^"]*/) ?? []
  const offer = await agent.get(running.url + path)
  expect(offer.text).toContain(`href="${clientsPath}"`)
  const created = await agent.follow(await agent.submit(offer, offer.form('/settings/account/break-glass-code')))
  expect(created.text).toMatch(/([2-9A-Z]{4}-){3}[2-9A-Z]{4}/)
  expect(created.text).toContain(`href="${clientsPath}"`)
  expect((await agent.get(created.url)).location).toBe(`${running.url}/settings/account/security`)
})

test('is closed to everyone once a user exists', async () => {
  await using running = await startApp()
  const administrator = running.agent()
  const done = await setUpAdministrator(administrator, running.url)
  expect([done.status, done.json()]).toEqual([200, { redirectTo: clientsPath }])
  expect((await administrator.get(running.url + clientsPath)).text).toContain('Your passkey works.')
  expect((await administrator.get(running.url + clientsPath)).text).not.toContain('Your passkey works.')
  // The response to a slower user has its own error code, not that of an unknown page.
  for (const path of ['/login/setup/options', '/api/signup/setup']) {
    const { status, text } = await running.agent().postJson(running.url + path, { username: 'eve' })
    expect([status, JSON.parse(text).code]).toEqual([409, 'setup_already_completed'])
  }
  expect((await running.agent().get(`${running.url}/login/setup`)).status).toBe(404)
  expect(await running.app.directory.list()).toHaveLength(1)
})
