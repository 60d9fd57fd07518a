import assert from 'node:assert/strict'
import type { ConnectionAttempt } from '../../connection-log/connection-attempt.ts'
import type { PocketStores } from '../../stores.ts'
import { client } from './client-store.ts'
import { type ContractCase, fiftyTimes, noon } from './contract.ts'

function attempt(id: string, changes: Partial<ConnectionAttempt> = {}): ConnectionAttempt {
  return {
    id,
    clientId: 'nas',
    sequence: noon * 1000,
    at: noon,
    endpoint: 'token',
    accountId: null,
    parameters: { scope: 'openid "quoted" ünïcode' },
    ignoredParameters: ['audience'],
    clientAuthentication: 'client_secret_basic',
    pkce: true,
    redirectUri: null,
    succeeded: false,
    error: 'invalid_grant',
    reason: "it's used",
    requestId: 'r',
    ipAddress: '::1',
    ...changes,
  }
}

const ids = (attempts: readonly ConnectionAttempt[]) => attempts.map(({ id }) => id)

/** What {@link PocketStores.connectionLog} promises. */
export const connectionLogStoreContract: readonly ContractCase<Pick<PocketStores, 'clients' | 'connectionLog'>>[] = [
  {
    name: 'keeps attempts as they are, the newest first, each client’s by itself',
    run: async ({ clients, connectionLog }) => {
      for (const id of ['nas', 'wiki']) await clients.insert(client(id))
      const first = attempt('a', { accountId: 'ada' })
      const second = attempt('b', { sequence: noon * 1000 + 1, succeeded: true, error: null, reason: null })
      await connectionLog.insert([first, attempt('w', { clientId: 'wiki' }), second], 50)
      assert.deepEqual(await connectionLog.list('nas', 50), [second, first])
      assert.deepEqual(ids(await connectionLog.list('nas', 1)), ['b'])
      assert.deepEqual(ids(await connectionLog.list('wiki', 50)), ['w'])
    },
  },
  {
    name: 'keeps the last ones of each client, whoever else writes',
    run: async ({ clients, connectionLog }) => {
      for (const id of ['nas', 'wiki']) await clients.insert(client(id))
      await connectionLog.insert([attempt('w', { clientId: 'wiki' })], 5)
      await fiftyTimes((index) => connectionLog.insert([attempt(`a${index}`, { sequence: index })], 5))
      // Whoever wrote at the same time may have left one more; the next one does not.
      await connectionLog.insert([attempt('a50', { sequence: 50 })], 5)
      assert.deepEqual(ids(await connectionLog.list('nas', 50)), ['a50', 'a49', 'a48', 'a47', 'a46'])
      assert.equal((await connectionLog.list('wiki', 50)).length, 1)
    },
  },
  {
    name: 'knows nothing of clients that are not there, or no longer, and forgets a person',
    run: async ({ clients, connectionLog }) => {
      await connectionLog.insert([attempt('a')], 50)
      assert.deepEqual(await connectionLog.list('nas', 50), [])
      await clients.insert(client('nas'))
      await connectionLog.insert([attempt('b', { accountId: 'ada' }), attempt('c', { accountId: 'bob' })], 50)
      await connectionLog.removeByAccount('ada')
      assert.deepEqual(ids(await connectionLog.list('nas', 50)), ['c'])
      await clients.remove('nas')
      assert.deepEqual(await connectionLog.list('nas', 50), [])
    },
  },
]
