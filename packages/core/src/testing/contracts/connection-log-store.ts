import assert from 'node:assert/strict'
import type { ConnectionAttempt } from '../../connection-log/connection-attempt.ts'
import type { PocketStores } from '../../stores.ts'
import { client } from './client-store.ts'
import { type ContractCase, contract, noon, repeat50Times } from './contract.ts'

function connectionAttempt(id: string, changes: Partial<ConnectionAttempt> = {}): ConnectionAttempt {
  return {
    id,
    clientId: 'nas',
    sequence: noon * 1000,
    at: noon,
    endpoint: 'token',
    accountId: null,
    unauthenticatedNetwork: null,
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

const idsOf = (attempts: readonly ConnectionAttempt[]) => attempts.map(({ id }) => id)

/** The contract of {@link PocketStores.connectionLog}. */
export const connectionLogStoreContract: readonly ContractCase<Pick<PocketStores, 'clients' | 'connectionLog'>>[] =
  contract({
    async 'lists the attempts of each client unchanged, newest first'({ clients, connectionLog }) {
      for (const id of ['nas', 'wiki']) await clients.insert(client(id))
      const first = connectionAttempt('a', { accountId: 'ada' })
      const second = connectionAttempt('b', { sequence: noon * 1000 + 1, succeeded: true, error: null, reason: null })
      await connectionLog.insert([first, connectionAttempt('w', { clientId: 'wiki' }), second], 50)
      assert.deepEqual(await connectionLog.list('nas', 50), [second, first])
      assert.deepEqual(idsOf(await connectionLog.list('nas', 1)), ['b'])
      assert.deepEqual(idsOf(await connectionLog.list('wiki', 50)), ['w'])
    },
    async 'returns the latest attempt of each requested client'({ clients, connectionLog }) {
      for (const id of ['nas', 'wiki', 'idle', 'other']) await clients.insert(client(id))
      const createAttempt = (id: string, clientId: string, sequence: number) =>
        connectionAttempt(id, { clientId, sequence })
      await connectionLog.insert(
        [createAttempt('a', 'nas', 1), createAttempt('b', 'nas', 3), createAttempt('c', 'nas', 2)],
        50,
      )
      await connectionLog.insert([createAttempt('w', 'wiki', 2), createAttempt('o', 'other', 9)], 50)
      const latest = await connectionLog.latest(['wiki', 'idle', 'nas', 'nobody', 'a\0b'])
      assert.deepEqual(idsOf(latest).sort(), ['b', 'w'])
      assert.deepEqual(await connectionLog.latest([]), [])
    },
    async 'keeps the latest attempts of each client during concurrent writes'({ clients, connectionLog }) {
      for (const id of ['nas', 'wiki']) await clients.insert(client(id))
      await connectionLog.insert([connectionAttempt('w', { clientId: 'wiki' })], 5)
      await repeat50Times((index) => connectionLog.insert([connectionAttempt(`a${index}`, { sequence: index })], 5))
      // A concurrent insert may leave one extra row; the next insert removes it.
      await connectionLog.insert([connectionAttempt('a50', { sequence: 50 })], 5)
      await connectionLog.insert([connectionAttempt('a51', { sequence: 51 })])
      assert.equal((await connectionLog.list('nas', 50)).length, 6)
      await connectionLog.insert([connectionAttempt('a52', { sequence: 52 })], 5)
      assert.deepEqual(idsOf(await connectionLog.list('nas', 50)), ['a52', 'a51', 'a50', 'a49', 'a48'])
      assert.equal((await connectionLog.list('wiki', 50)).length, 1)
    },
    async 'keeps attempts of authenticated clients and of other networks when one network sends many'({
      clients,
      connectionLog,
    }) {
      await clients.insert(client('nas'))
      const flood = Array.from({ length: 40 }, (_, index) =>
        connectionAttempt(`f${index}`, { sequence: 100 + index, unauthenticatedNetwork: '192.0.2.1' }),
      )
      await connectionLog.insert(
        [0, 1, 2].map((index) => connectionAttempt(`k${index}`, { sequence: index, accountId: 'ada' })),
        10,
      )
      await connectionLog.insert([connectionAttempt('s', { sequence: 3, unauthenticatedNetwork: '198.51.100.7' })], 10)
      for (const item of flood) await connectionLog.insert([item], 10)
      await connectionLog.insert(
        flood.map((item) => ({ ...item, id: `g${item.id}`, sequence: item.sequence + 100 })),
        10,
      )
      assert.deepEqual(idsOf(await connectionLog.list('nas', 10)), [
        ...['gf39', 'gf38', 'gf37', 'gf36', 'gf35', 'gf34'],
        ...['s', 'k2', 'k1', 'k0'],
      ])
    },
    async 'reserves half of the log for authenticated attempts when many networks send unauthenticated ones'({
      clients,
      connectionLog,
    }) {
      await clients.insert(client('nas'))
      for (let index = 0; index < 8; index++)
        await connectionLog.insert([connectionAttempt(`k${index}`, { sequence: index })], 10)
      for (let index = 0; index < 8; index++)
        await connectionLog.insert(
          [connectionAttempt(`s${index}`, { sequence: 10 + index, unauthenticatedNetwork: `192.0.2.${index}` })],
          10,
        )
      assert.deepEqual(idsOf(await connectionLog.list('nas', 10)), [
        ...['s7', 's6', 's5', 's4', 's3'],
        ...['k7', 'k6', 'k5', 'k4', 'k3'],
      ])
      for (let index = 0; index < 12; index++)
        await connectionLog.insert([connectionAttempt(`l${index}`, { sequence: 30 + index })], 10)
      assert.deepEqual(idsOf(await connectionLog.list('nas', 10))[9], 'l2')
    },
    async 'keeps attempts of other accounts when one account makes many'({ clients, connectionLog }) {
      await clients.insert(client('nas'))
      await connectionLog.insert(
        [0, 1].map((index) => connectionAttempt(`a${index}`, { sequence: index, accountId: 'ada' })),
        10,
      )
      await connectionLog.insert(
        [
          connectionAttempt('c', { sequence: 2 }),
          connectionAttempt('s', { sequence: 3, unauthenticatedNetwork: '192.0.2.1' }),
        ],
        10,
      )
      for (let index = 0; index < 20; index++)
        await connectionLog.insert([connectionAttempt(`e${index}`, { sequence: 10 + index, accountId: 'eve' })], 10)
      const expectedIds = ['e19', 'e18', 'e17', 'e16', 'e15', 'e14', 's', 'c', 'a1', 'a0']
      assert.deepEqual(idsOf(await connectionLog.list('nas', 10)), expectedIds)
      // Two sources flood the log, and each keeps its share.
      const both = Array.from({ length: 40 }, (_, index) =>
        connectionAttempt(`b${index}`, { sequence: 50 + index, accountId: index % 2 === 0 ? 'eve' : 'mal' }),
      )
      await connectionLog.insert(both, 10)
      assert.deepEqual(idsOf(await connectionLog.list('nas', 10)), [
        ...['b39', 'b38', 'b37', 'b36', 'b35', 'b34'],
        ...['s', 'c', 'a1', 'a0'],
      ])
    },
    async 'moves the attempts of a renamed client'({ clients, connectionLog }) {
      for (const id of ['nas', 'wiki', 'other']) await clients.insert(client(id))
      await connectionLog.insert([connectionAttempt('a'), connectionAttempt('o', { clientId: 'other' })])
      await connectionLog.renameClient('nas', 'wiki')
      await clients.remove('nas')
      assert.deepEqual(await connectionLog.list('wiki', 50), [connectionAttempt('a', { clientId: 'wiki' })])
      assert.deepEqual(idsOf(await connectionLog.list('other', 50)), ['o'])
    },
    async 'stores nothing for missing clients, and removes the attempts of an account'({ clients, connectionLog }) {
      await connectionLog.insert([connectionAttempt('a')], 50)
      assert.deepEqual(await connectionLog.list('nas', 50), [])
      await clients.insert(client('nas'))
      await connectionLog.insert(
        [connectionAttempt('b', { accountId: 'ada' }), connectionAttempt('c', { accountId: 'bob' })],
        50,
      )
      await connectionLog.removeByAccount('ada')
      assert.deepEqual(idsOf(await connectionLog.list('nas', 50)), ['c'])
      await clients.remove('nas')
      assert.deepEqual(await connectionLog.list('nas', 50), [])
    },
  })
