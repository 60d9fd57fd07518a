import { beforeEach, describe, expect, test } from '@jest/globals'
import { databaseKinds, quickOnly, shareBetweenTests } from '@pocket/test-support'
import type { ApiKeyStore } from '../../src/api-keys/api-key-store.ts'
import { type ApiKeys, createApiKeys } from '../../src/api-keys/api-keys.ts'
import { createUsageRecorder } from '../../src/api-keys/usage-recorder.ts'
import { openTestDatabase } from '../database/test-databases.ts'

const minute = 60_000
const origin = { requestId: null, ipAddress: null, userAgent: null }

describe.each(databaseKinds)('%s', (kind) => {
  const database = shareBetweenTests(() => openTestDatabase(kind))
  let store: ApiKeyStore
  let apiKeys: ApiKeys
  let now: number
  let ownerId: string

  beforeEach(() => {
    now = Date.UTC(2025, 10, 24)
    ownerId = crypto.randomUUID()
    store = database.apiKeys
    apiKeys = createApiKeys({
      store,
      recordCredential: async () => {},
      lockAccountOf: async () => {},
      transaction: (work) => work(),
      audit: { record: async () => {} },
      clock: { now: () => now },
      onError: (error) => {
        throw error
      },
    })
  })

  function createKey() {
    const expiresAt = new Date(now + 10 * minute).toISOString()
    return apiKeys.create(
      { ownerId, origin, isAdministrator: false },
      { name: 'Terraform', description: null, scopes: null, canReadSecrets: false, expiresAt },
    )
  }

  test('records the use of a key at most once a minute', async () => {
    const { apiKey, token } = await createKey()
    const useKey = async () => {
      await apiKeys.identify(token)
      await apiKeys.flush()
      return (await store.find(ownerId, apiKey.id))?.lastUsedAt
    }
    const first = now
    expect(await useKey()).toBe(first)
    now = first + minute - 1
    expect(await useKey()).toBe(first)
    now = first + minute
    expect(await useKey()).toBe(now)
    // The clock was set back.
    now = first
    expect(await useKey()).toBe(first)
    now = first + minute
    expect(await useKey()).toBe(now)
    // Another replica that read the row earlier.
    await store.markUsed(apiKey.id, now + 1, now + 1 - minute)
    expect((await store.find(ownerId, apiKey.id))?.lastUsedAt).toBe(now)
  })

  test('accepts a key until its expiry and rejects it at that instant', async () => {
    const { apiKey, token } = await createKey()
    now = apiKey.expiresAt - 1
    expect(await apiKeys.identify(token)).toMatchObject({ id: apiKey.id })
    now = apiKey.expiresAt
    expect(await apiKeys.identify(token)).toBeUndefined()
    await apiKeys.flush()
  })

  test('lets only one of two concurrent renewals succeed', async () => {
    const { apiKey } = await createKey()
    now = apiKey.expiresAt
    const expiresAt = new Date(now + minute).toISOString()
    const renew = () => apiKeys.renew({ ownerId, origin }, apiKey.id, expiresAt)
    const ends = await Promise.allSettled([renew(), renew()])
    expect(ends.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected'])
    expect(ends).toContainEqual({
      status: 'rejected',
      reason: expect.objectContaining({ code: 'api_key_not_expired' }),
    })
  })

  test('notifies the owner again before a renewed key expires', async () => {
    const { apiKey } = await createKey()
    const { id } = apiKey
    await store.remove(ownerId, id)
    await store.insert({ ...apiKey, expirationEmailSent: true })
    now = apiKey.expiresAt
    await apiKeys.renew({ ownerId, origin }, id, new Date(now + minute).toISOString())
    expect(await store.find(ownerId, id)).toMatchObject({ expirationEmailSent: false })
  })

  test('deletes the keys of a deleted user and no others', async () => {
    const deleted = await createKey()
    ownerId = crypto.randomUUID()
    const kept = await createKey()
    await apiKeys.removeByOwner(deleted.apiKey.ownerId)
    expect(await apiKeys.identify(deleted.token)).toBeUndefined()
    expect(await apiKeys.identify(kept.token)).toMatchObject({ id: kept.apiKey.id })
    await apiKeys.flush()
  })
})

quickOnly(describe)('last-use updates', () => {
  test('do not block requests, and run one at a time per key', async () => {
    const { promise, resolve } = Promise.withResolvers<void>()
    const noted: string[] = []
    const store = {
      markUsed(id: string) {
        noted.push(id)
        return promise
      },
    }
    const uses = createUsageRecorder(store, () => {})
    for (const id of ['a', 'a', 'b']) uses.record({ id, lastUsedAt: null }, minute)
    expect(noted).toEqual(['a', 'b'])
    resolve()
    await uses.flush()
    uses.record({ id: 'a', lastUsedAt: null }, minute)
    expect(noted).toEqual(['a', 'b', 'a'])
  })

  test('are logged when they fail, and the next one is attempted', async () => {
    const failure = new Error('The disk is full.')
    const errors: unknown[] = []
    const store = { markUsed: async () => Promise.reject(failure) }
    const uses = createUsageRecorder(store, (error) => errors.push(error))
    for (let round = 0; round < 2; round += 1) {
      uses.record({ id: 'a', lastUsedAt: null }, minute)
      await uses.flush()
    }
    expect(errors).toEqual([failure, failure])
  })
})
