import { beforeAll, expect, test } from '@jest/globals'
import { shareBetweenTests } from '@pocket/test-support'
import { reauthenticate, startInstance } from '../api/instance.ts'
import { upload } from '../images/uploads.ts'
import { stopTime } from '../stopped-time.ts'

const png = 'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=='
const settings = '/settings/admin/application-configuration'
const minute = 60_000

const instance = shareBetweenTests(() => startInstance())
const ids = { client: '', person: '' }

beforeAll(async () => {
  ids.client = (await instance.app.pocket.clients.create({ name: 'Wiki', redirectUris: [] })).id
  ids.person = (await instance.person('pictured')).id
})

const send = (path: string) =>
  upload(instance.administrator, { method: 'POST', url: instance.url + path, bytes: Buffer.from(png, 'base64') })
const within = (path: string) => path.replace('{client}', ids.client).replace('{person}', ids.person)

test.each([
  [
    20,
    'a client',
    '/settings/admin/oidc-clients/{client}/logo',
    '/settings/admin/oidc-clients/{client}/settings#logos',
  ],
  [40, 'the instance', `${settings}/images/logoLight`, `${settings}#pictures`],
  [60, 'another person', '/settings/admin/users/{person}/picture', '/settings/admin/users/{person}'],
])('after %i minutes, asks for a passkey before a picture of %s changes', async (minutes, _, path, form) => {
  const [action, formUrl, agent] = [instance.url + within(path), instance.url + within(form), instance.administrator]
  const isStored = async () => (await agent.get(formUrl)).text.includes(`action="${within(path)}/remove`)
  using _time = stopTime(minutes * minute)
  const asked = await send(within(path))
  expect(asked.status).toBe(401)
  const page = await asked.text()
  expect(page).toContain('Use your passkey, then choose the file again.')
  expect(page).toContain(`method="get" action="${within(path)}"`)
  const [before, removal, opened] = [
    await isStored(),
    await agent.postForm(`${action}/remove`, {}),
    await agent.get(action),
  ]
  expect([before, removal.status, opened.status]).toEqual([false, 401, 401])
  await reauthenticate(agent, instance.url, instance.administratorAuthenticator)
  expect((await agent.get(action)).location).toBe(formUrl)
  expect([(await send(within(path))).status, await isStored()]).toEqual([303, true])
})

test('asks for no passkey before the own picture changes', async () => {
  using _time = stopTime(120 * minute)
  const { status, headers } = await send('/settings/account/picture')
  expect([status, headers.get('location')]).toEqual([303, '/settings/account'])
})
