import { beforeAll, expect, test } from '@jest/globals'
import { shareBetweenTests } from '@pocket/test-support'
import { startCalledInstance } from '../api/calls.ts'
import { recordStatements } from '../sent-statements.ts'

const statements = recordStatements()

const instance = shareBetweenTests(() => startCalledInstance('SQLite'))
/** A client with custom user names. */
const renaming = { name: 'Renaming', redirectUris: ['https://renaming.example/cb'] }

let clientId = ''

beforeAll(async () => {
  const { id } = await instance.app.pocket.clients.create(renaming)
  clientId = id
  for (const tab of ['', '/access', '/activity', '/settings']) pages.push(`/settings/admin/oidc-clients/${id}${tab}`)
})

const pages = ['/settings/apps', '/settings/api-keys', '/settings/audit-log', '/settings/admin/audit-log']
const userNames: Record<string, string> = {}

/** Statements per page. */
async function countStatements() {
  const counts: Record<string, number> = {}
  for (const path of pages)
    counts[path] = await statements.countDuring(async () =>
      expect((await instance.administrator.get(instance.url + path)).status).toBe(200),
    )
  return counts
}

async function addRows(count: number) {
  const expiresAt = new Date(Date.now() + 86_400_000).toISOString()
  for (let index = 0; index < count; index += 1) {
    const name = `thing${count}x${index}`
    await instance.call('POST /api/user-groups', { body: { name, friendlyName: name } })
    await instance.call('POST /api/oidc/clients', { body: { name, callbackURLs: [] } })
    await instance.call('POST /api/api-keys', { body: { name, expiresAt } })
    const body = { username: name, email: `${name}@example.com` }
    userNames[String((await instance.call('POST /api/users', { body })).json.id)] = `other-${name}`
  }
  const { clients } = instance.app.pocket
  await clients.update(clientId, { ...renaming, protocol: { userNames } })
}

test('a page costs a constant number of statements for any amount of data', async () => {
  await addRows(1)
  const few = await countStatements()
  await addRows(6)
  expect(await countStatements()).toEqual(few)
  expect(Math.max(...Object.values(few))).toBeLessThan(20)
})
