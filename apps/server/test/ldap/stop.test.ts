import { once } from 'node:events'
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net'
import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { startCalledInstance } from '../api/calls.ts'
import { completeSettings, write } from '../api/setting-calls.ts'
import { withoutLongTimeouts } from '../stopped-time.ts'

/** A server that accepts every connection and sends nothing. */
const silent: Server = createServer()
beforeAll(async () => {
  silent.listen(0, '127.0.0.1')
  await once(silent, 'listening')
})
afterAll(() => {
  silent.close()
})

test('pending LDAP requests end with the server', async () => {
  await using instance = await startCalledInstance('SQLite')
  const { port } = silent.address() as AddressInfo
  await instance.call(write, {
    body: completeSettings({
      ldapUrl: `ldap://127.0.0.1:${port}`,
      ldapBase: 'dc=example',
      ldapAttributeUserUniqueIdentifier: 'entryUUID',
      ldapAttributeUserUsername: 'uid',
    }),
  })
  const { administrator, url } = instance
  const ada = (await administrator.getJson(`${url}/api/users/me`)).json() as { id: string }
  const begin: readonly (() => Promise<unknown>)[] = [
    () => administrator.sendJson('POST', `${url}/api/ldap/dry-run`),
    () => administrator.sendJson('POST', `${url}/api/ldap/test`),
    () => administrator.sendJson('PUT', `${url}/api/users/${ada.id}/ldap-link`, { body: { entry: 'ada' } }),
    () => administrator.postForm(`${url}/settings/admin/ldap/search`, {}),
  ]
  const ends: Promise<unknown>[] = []
  const results: Promise<unknown>[] = []
  for (const each of begin) {
    const reached = once(silent, 'connection')
    results.push(each().catch(() => 'cut off'))
    const [socket] = (await reached) as [Socket]
    ends.push(once(socket.on('error', () => {}).resume(), 'close'))
  }
  // Open requests are aborted after five seconds; these end earlier.
  await withoutLongTimeouts(() => instance[Symbol.asyncDispose]())
  await Promise.all(ends)
  expect(await Promise.all(results)).not.toContain('cut off')
})
