import { expect, test } from '@jest/globals'
import { UserAgent } from '@pocket/core/testing'
import { startCallbackServer } from '@pocket/test-support/relying-parties'

test('delivers callbacks in order, whether they arrive before or after the wait', async () => {
  await using server = await startCallbackServer()
  const userAgent = new UserAgent()
  const early = server.next()
  await userAgent.get(`${server.url}/callback?code=1&state=a`)
  await userAgent.postForm(`${server.url}/callback`, { code: '2', state: 'b c' })
  expect(server.waiting).toBe(1)
  const [first, second] = [await early, await server.next()]
  expect(first).toMatchObject({ method: 'GET', url: `${server.url}/callback?code=1&state=a` })
  expect(first.parameters.get('code')).toBe('1')
  expect(second).toMatchObject({ method: 'POST', url: `${server.url}/callback` })
  expect(second.parameters.get('state')).toBe('b c')
})

test('rejects any other request', async () => {
  await using server = await startCallbackServer()
  const userAgent = new UserAgent()
  expect(await userAgent.get(`${server.url}/favicon.ico`)).toMatchObject({ status: 404 })
  expect(await userAgent.postJson(server.url, {})).toMatchObject({ status: 415 })
  expect(await userAgent.sendJson('PUT', server.url)).toMatchObject({ status: 405 })
  expect(await userAgent.postForm(server.url, { long: 'x'.repeat(70_000) })).toMatchObject({ status: 413 })
  expect(server.waiting).toBe(0)
})

test('rejects a wait that times out, and pending waits when it closes', async () => {
  const server = await startCallbackServer()
  await expect(server.next(1)).rejects.toThrow('No callback within 1 ms')
  const waiting = server.next()
  await Promise.all([server.close(), expect(waiting).rejects.toThrow('closed')])
  await server.close()
})
