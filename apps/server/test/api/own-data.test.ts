import { describe, expect, test } from '@jest/globals'
import { shareBetweenTests } from '@pocket/test-support'
import { findAuditEvents, startCalledInstance } from './calls.ts'
import { authorizationUrl } from './instance.ts'
import { freshName } from './people.ts'

describe('the data of the current user', () => {
  const instance = shareBetweenTests(() => startCalledInstance('SQLite'))

  test('is one JSON object with all data of the user, none of others, and no secret', async () => {
    const other = await instance.person(freshName())
    const name = freshName()
    const { id, agent } = await instance.person(name)
    const expiresAt = new Date(Date.now() + 86_400_000).toISOString()
    const key = await instance.call('POST /api/api-keys', { agent, body: { name: 'Backup', expiresAt } })
    const client = await instance.app.pocket.clients.create({ name: 'Photos', redirectUris: ['https://x'] })
    const to = authorizationUrl(instance.url, client.id, 'https://x', { scope: 'openid email' })
    const result = await agent.follow(await agent.get(to))
    const consent = result.form(`${new URL(result.url).pathname}/consent`)
    await agent.followTo(await agent.submit(result, consent), (to) => to.startsWith('https://x'))
    await agent.postForm(`${instance.url}/settings/apps/${client.id}/favorite`, { favorite: 'yes' })

    const codes = await agent.follow(await agent.postForm(`${instance.url}/settings/account/recovery-codes`, {}))
    const [code = ''] = /([2-9A-Z]{4}-){3}[2-9A-Z]{4}/.exec(codes.text) ?? []
    expect(code).not.toBe('')

    const response = await agent.getJson(`${instance.url}/api/users/me/data`)
    expect(response.headers.get('content-disposition')).toBe('attachment; filename="my-data.json"')
    expect(response.json()).toEqual({
      exportedAt: expect.any(String),
      account: expect.objectContaining({ id, username: name }),
      passkeys: [expect.objectContaining({ name: expect.any(String) })],
      sessions: [expect.objectContaining({ startedAt: expect.any(String) })],
      recovery: { unusedCodes: 10, hasBreakGlassCode: false, lastUsedAt: null, requestedFor: null },
      favoriteApplications: [client.id],
      allowedApplications: [
        expect.objectContaining({ name: 'Photos', scopes: expect.arrayContaining(['openid', 'email']) }),
      ],
      apiKeys: [expect.objectContaining({ name: 'Backup' })],
      auditLog: expect.arrayContaining([
        expect.objectContaining({ event: 'ACCOUNT_EXPORTED' }),
        expect.objectContaining({ event: 'NEW_CLIENT_AUTHORIZATION', clientName: 'Photos' }),
      ]),
    })
    for (const secret of [String(key.json.token), 'tokenHash', 'publicKey', code, other.id])
      expect(response.text).not.toContain(secret)
    expect(findAuditEvents(instance, 'account_exported')).toEqual([expect.objectContaining({ accountId: id })])
  })

  test('is read in batches if it is large', async () => {
    const { agent } = await instance.personWithoutPasskey(freshName())
    for (let index = 0; index < 205; index += 1) await agent.get(`${instance.url}/api/users/me/data`)
    const { auditLog } = (await agent.getJson(`${instance.url}/api/users/me/data`)).json() as {
      auditLog: readonly { readonly id: string }[]
    }
    expect(new Set(auditLog.map(({ id }) => id)).size).toBe(auditLog.length)
    expect(auditLog.length).toBeGreaterThan(205)
  })

  test('is a download on the page, and not cached', async () => {
    const { agent } = await instance.person(freshName())
    const pagePath = '/settings/account/data'
    expect((await agent.get(instance.url + pagePath)).text).toContain(`action="${pagePath}/download"`)
    const file = await agent.postForm(`${instance.url}${pagePath}/download`, {})
    expect([file.status, Object.keys(file.json() as object)[0]]).toEqual([200, 'exportedAt'])
    expect(file.headers.get('cache-control')).toBe('private, no-store')
  })
})
