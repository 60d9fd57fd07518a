import { expect, test } from '@jest/globals'
import { createTestDatabase, startTcpProxy } from '@pocket/test-support'
import { preparePostgres, startApp } from './app.ts'

test('/healthz is 204 with an empty body while the database responds', async () => {
  await using running = await startApp()
  const response = await fetch(`${running.url}/healthz`)
  expect([response.status, await response.text()]).toEqual([204, ''])
  expect((await fetch(`${running.url}/healthz`, { method: 'HEAD' })).status).toBe(204)
})

test('/healthz is 503 while the database is down; pages name the server as the cause, and the process survives', async () => {
  await using database = await createTestDatabase(await preparePostgres())
  await using postgres = await startTcpProxy(database.url)
  await using running = await startApp({ DB_CONNECTION_STRING: postgres.url })
  expect((await fetch(`${running.url}/healthz`)).status).toBe(204)
  await postgres[Symbol.asyncDispose]()
  expect((await fetch(`${running.url}/healthz`)).status).toBe(503)
  const page = await fetch(`${running.url}/login`, { headers: { accept: 'text/html', 'accept-language': 'de' } })
  expect([page.status, page.headers.get('retry-after'), page.headers.get('refresh')]).toEqual([503, '5', '5'])
  const text = await page.text()
  expect(text).not.toMatch(/ECONN|postgres/i)
  expect(text).toContain('Diese Seite versucht es von selbst noch einmal.')
  expect((await fetch(`${running.url}/healthz`)).status).toBe(503)
})
