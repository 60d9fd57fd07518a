import { expect, test } from '@jest/globals'
import { createPocket } from '@pocket/core'
import { memoryStores } from '@pocket/core/memory'
import { maintain } from '../src/composition/maintenance.ts'

test('maintains the provider until the signal is aborted, and reports errors', async () => {
  const stores = memoryStores()
  const stop = new AbortController()
  const runs: string[] = []
  const errors: unknown[] = []
  const { promise: isMaintained, resolve } = Promise.withResolvers<void>()
  const finish = (name: string) => {
    runs.push(name)
    if (runs.length === 3) resolve()
  }
  stores.logoutNotices.claimDue = async () => {
    finish('logout notices')
    throw new Error('no database')
  }
  stores.codes.removeExpired = async (_before, limit) => {
    finish('expired rows')
    return runs.filter((name) => name === 'expired rows').length === 1 ? limit : 0
  }
  await using pocket = await createPocket({
    issuer: 'http://localhost:3000',
    masterKey: 'a master key that is long enough',
    accounts: { find: async () => undefined },
    stores,
    onError: (error) => errors.push(error),
  })
  const maintenance = pocket.maintain({ signal: stop.signal })
  await isMaintained
  stop.abort()
  await maintenance
  expect(runs.toSorted()).toEqual(['expired rows', 'expired rows', 'logout notices'])
  expect(errors).toEqual([new Error('no database')])
})

test('runs each task once at the start', async () => {
  const stop = new AbortController()
  const runs: string[] = []
  const run = (name: string) => async () => {
    runs.push(name)
  }
  const countRun = (name: string) => async () => runs.push(name)
  const tasks = {
    sendLogoutNotices: countRun('sendLogoutNotices'),
    rotateKeys: run('rotateKeys'),
    removeExpired: countRun('removeExpired'),
    refreshAuthenticatorMetadata: run('refreshAuthenticatorMetadata'),
  }
  const maintenance = maintain(tasks, { signal: stop.signal, onError: (error) => runs.push(String(error)) })
  stop.abort()
  await maintenance
  expect(runs.toSorted()).toEqual(Object.keys(tasks).toSorted())
})
