import { describe, expect, test } from '@jest/globals'
import { typeormStores } from '@pocket/core/typeorm'
import { createDirectory, newUser } from '@pocket/directory'
import { directoryStores } from '@pocket/directory/typeorm'
import { databaseKinds, shareBetweenTests } from '@pocket/test-support'
import { notifyExpiringApiKeys } from '../../src/email/api-key-notices.ts'
import { createOutbox, decryptContent } from '../../src/email/outbox.ts'
import { openTestDatabase } from '../database/test-databases.ts'

const day = 86_400_000

describe.each(databaseKinds)('%s', (kind) => {
  const database = shareBetweenTests(() => openTestDatabase(kind))
  let now = Date.UTC(2026, 0, 1)
  let enabled = true
  const clock = { now: () => now }

  async function sendNotices(): Promise<void> {
    const { dataSource, emails: store, masterKey, apiKeys } = database
    const deps = {
      apiKeys,
      directory: createDirectory({ ...directoryStores(dataSource), clock }),
      outbox: createOutbox({ store, masterKey, clock }),
      settings: async () => ({ emailApiKeyExpirationEnabled: enabled }),
      transaction: typeormStores(dataSource).transaction,
      clock,
    }
    await notifyExpiringApiKeys(deps, new AbortController().signal)
  }

  async function listContents() {
    const all = { page: 1, limit: 100, sort: null, filters: {}, search: '' }
    const { items } = await database.emails.list(all)
    return items.map(({ data, recipient }) => ({ recipient, ...decryptContent(database.masterKey, data) }))
  }

  async function createUser(userName: string, email: string | null): Promise<string> {
    const directory = createDirectory({ ...directoryStores(database.dataSource), clock })
    return (await directory.create(newUser({ userName, email }))).id
  }

  const insertKey = (ownerId: string, name: string, expiresAt: number) =>
    database.apiKeys.insert({
      id: crypto.randomUUID(),
      ownerId,
      name,
      description: null,
      tokenHash: name,
      scopes: null,
      canReadSecrets: false,
      expiresAt,
      lastUsedAt: null,
      expirationEmailSent: false,
      createdAt: now,
    })

  test('notifies reachable owners once about each key that expires within a week', async () => {
    const ada = await createUser('ada', 'ada@example.com')
    await insertKey(ada, 'soon', now + 7 * day)
    await insertKey(ada, 'later', now + 8 * day)
    await insertKey(ada, 'over', now - 1)
    await insertKey(await createUser('grace', null), 'unreachable', now + day)
    enabled = false
    await sendNotices()
    expect(await listContents()).toEqual([])
    enabled = true
    await Promise.all([sendNotices(), sendNotices()])
    await sendNotices()
    const soon = { recipient: 'ada@example.com', kind: 'api-key-expiring', name: 'ada', keyName: 'soon' }
    expect(await listContents()).toEqual([{ ...soon, expiresAt: now + 7 * day }])
    const { items } = await database.apiKeys.list(ada, { page: 1, limit: 9, sort: null, filters: {}, search: '' }, now)
    expect(items.filter(({ expirationEmailSent }) => expirationEmailSent).map(({ name }) => name)).toEqual(['soon'])
    now += day
    await sendNotices()
    expect((await listContents()).map((content) => 'keyName' in content && content.keyName).sort()).toEqual([
      'later',
      'soon',
    ])
  })
})
