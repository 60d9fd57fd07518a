import { expect, test } from '@jest/globals'
import { startPostgres } from '@pocket/test-support'
import { startApp } from './app.ts'

test('/healthz is 204 with an empty body while the database answers', async () => {
  await using running = await startApp()
  const answer = await fetch(`${running.url}/healthz`)
  expect([answer.status, await answer.text()]).toEqual([204, ''])
  expect((await fetch(`${running.url}/healthz`, { method: 'HEAD' })).status).toBe(204)
})

test('/healthz is 503 while the database is away; pages say that it is our turn, and the process lives on', async () => {
  await using postgres = await startPostgres()
  await using running = await startApp({ DB_CONNECTION_STRING: postgres.url })
  expect((await fetch(`${running.url}/healthz`)).status).toBe(204)
  await postgres[Symbol.asyncDispose]()
  expect((await fetch(`${running.url}/healthz`)).status).toBe(503)
  const page = await fetch(`${running.url}/login`, { headers: { accept: 'text/html' } })
  expect(page.status).toBe(500)
  expect(await page.text()).not.toMatch(/ECONN|postgres/i)
  expect((await fetch(`${running.url}/healthz`)).status).toBe(503)
})
