import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { databaseKinds } from '@pocket/test-support'
import { databaseOf, type RunningApp, startApp } from '../../http/app.ts'
import { completeSettings } from '../setting-calls.ts'
import { ansible } from './ansible.ts'
import { operator } from './operator.ts'
import { pulumi } from './pulumi.ts'
import { dashboard, exporter, mcpServer } from './readers.ts'
import { terraform } from './terraform.ts'
import { items, ToolApi } from './tool-api.ts'

const key = 'a key of the environment'

const lists = [
  '/api/users',
  '/api/user-groups',
  '/api/oidc/clients',
  '/api/apis',
  '/api/signup-tokens',
  '/api/application-configuration/all',
]

/** The requests of tools for Pocket ID, in the order in which their code sends them. */
describe.each(databaseKinds)('on %s', (kind) => {
  const stack = new AsyncDisposableStack()
  let running: RunningApp

  beforeAll(async () => {
    const database = await databaseOf(kind, stack)
    running = stack.use(await startApp({ STATIC_API_KEY: key, ...database }))
    // Readers need a user and a client.
    const api = new ToolApi(running.url, key)
    await api.write('POST /api/users', { username: 'ada', email: 'ada@example.com' })
    await api.write('POST /api/oidc/clients', { id: 'wiki', name: 'Wiki', callbackURLs: [] })
    await api.write('PUT /api/application-configuration', completeSettings({ smtpPassword: 'hunter-two' }))
  })

  afterAll(async () => stack.disposeAsync())

  // Reads of secrets are audited, too.
  const fetchNewestChange = async (api: ToolApi) => {
    const events = items(await api.read('/api/audit-logs/all?pagination[limit]=100'))
    return events.find(({ event }) => event !== 'SECRETS_READ')
  }
  const readContent = async (api: ToolApi) => {
    const entries: unknown[] = []
    for (const list of lists) entries.push((await api.read(list)).data)
    return entries
  }

  test.each([terraform(), ansible(), pulumi(), operator(), mcpServer(), exporter(), dashboard()])(
    '$name changes nothing the second time, and leaves nothing behind',
    async (tool) => {
      const api = new ToolApi(running.url, key)
      const before = await readContent(api)
      await tool.apply(api)
      const applied = await readContent(api)
      const { writes } = api
      const event = await fetchNewestChange(api)
      expect(event).toBeDefined()
      await tool.apply(api)
      expect(api.writes).toBe(writes)
      expect(await fetchNewestChange(api)).toEqual(event)
      expect(await readContent(api)).toEqual(applied)
      await tool.destroy(api)
      expect(await readContent(api)).toEqual(before)
    },
  )
})
