import { expect, test } from '@jest/globals'
import { startHttpServer } from '@pocket/test-support'
import { startInstance } from '../api/instance.ts'

test('an unresponsive target delays no requests or changes, and the server can still stop', async () => {
  let requestCount = 0
  const target = await startHttpServer(() => {
    requestCount++
  })
  await using _ = target
  const endpoint = target.url
  const instance = await startInstance({ ALLOWED_PRIVATE_HOSTS: '127.0.0.1' })
  const { administrator, url } = instance
  const { id } = await instance.app.pocket.clients.create({ name: 'Photos', redirectUris: [] })
  const pageUrl = `${url}/settings/admin/oidc-clients/${id}/scim`
  await administrator.postForm(pageUrl, { endpoint, removal: 'deactivate' })
  while (requestCount === 0) await administrator.get(pageUrl)

  const { agent } = await instance.person('bob')
  expect((await agent.get(`${url}/settings/account`)).status).toBe(200)
  expect((await administrator.get(pageUrl)).text).toContain('running')
  const again = await administrator.follow(await administrator.postForm(`${pageUrl}/run`, {}))
  expect(again.text).toContain('Provisioning is already running')
  const move = await administrator.postForm(pageUrl, { endpoint: `${endpoint}/elsewhere`, removal: 'deactivate' })
  expect([move.status, move.text]).toEqual([409, expect.stringContaining('Provisioning is already running')])
  const providers = `${url}/api/oidc/clients/${id}/scim-service-provider`
  const { id: provider } = (await administrator.getJson(providers)).json() as { id: string }
  const sync = await administrator.sendJson('POST', `${url}/api/scim/service-provider/${provider}/sync`, {})
  expect([sync.status, sync.json()]).toEqual([409, expect.objectContaining({ code: 'scim_sync_running' })])
  const other = await instance.app.pocket.clients.create({ name: 'Files', redirectUris: [] })
  const body = { endpoint, oidcClientId: other.id }
  const created = await administrator.sendJson('POST', `${url}/api/scim/service-provider`, { body })
  const { id: second } = created.json() as { id: string }
  const result = administrator.sendJson('POST', `${url}/api/scim/service-provider/${second}/sync`, {})
  while (requestCount < 2) await administrator.get(pageUrl)
  await instance[Symbol.asyncDispose]()
  expect((await result).status).toBe(500)
  expect(requestCount).toBe(2)
})
