import { afterAll, expect, test } from '@jest/globals'
import { typeormStores } from '@pocket/core/typeorm'
import { createDirectory, newUser } from '@pocket/directory'
import { directoryStores } from '@pocket/directory/typeorm'
import { createTestDatabase, freePort } from '@pocket/test-support'
import { type OpenDatabase, openDatabase } from '../../src/composition/open-database.ts'
import { auditEntry } from '../audit-log/audit-entry.ts'
import { createFolder } from '../database/folder.ts'
import { recordingLogger } from '../database/recording-logger.ts'
import { startApp } from '../http/app.ts'

const encryptionKey = 'a key for tests that is long enough'
const day = 86_400_000
const longAgo = Date.now() - 400 * day
const all = { page: 1, limit: 100, sort: null, filters: {}, search: '' }

const stack = new AsyncDisposableStack()
afterAll(async () => stack.disposeAsync())

const { url } = stack.use(await createTestDatabase())
const folder = stack.use(await createFolder())
const config = {
  database: { kind: 'postgres', url },
  dataFolder: folder.path,
  encryptionKey: Buffer.from(encryptionKey),
} as const
const database = stack.use(await openDatabase(config, recordingLogger().logger))
const directory = createDirectory({ ...directoryStores(database.dataSource), clock: { now: () => longAgo } })
const createUser = async (userName: string, disabled = false) => {
  const user = newUser({ userName, email: `${userName}@example.com` })
  return (await directory.create(user, { disabled })).id
}

/** The state before a start, and whether a job has processed it since. */
type PrepareLeftover = (database: OpenDatabase) => Promise<() => Promise<boolean>>

const leftovers: Readonly<Record<string, PrepareLeftover>> = {
  'remove-expired': async ({ dataSource }) => {
    await typeormStores(dataSource).codes.insert({
      hash: 'h',
      accountId: 'a',
      browserHash: null,
      byProgram: false,
      kind: null,
      sessionUid: null,
      expiresAt: longAgo,
    })
    return async () => (await dataSource.query('SELECT 1 FROM pocket_code')).length === 0
  },
  'remove-expired-signup-tokens': async ({ signupTokens }) => {
    const id = crypto.randomUUID()
    const counts = { usageLimit: 1, usageCount: 0, expiresAt: longAgo, createdAt: longAgo }
    await signupTokens.insert({ id, tokenHash: 'h', sealedToken: null, groupIds: [], ...counts })
    return async () => (await signupTokens.find(id)) === undefined
  },
  'remove-discarded-images': async ({ images }) => {
    const image = { file: 'application/a.png', slot: 'application/favicon', mediaType: 'image/png', hash: 'h' } as const
    await images.insert({ ...image, createdAt: longAgo })
    await images.discard('application/favicon')
    return async () => (await images.listDiscarded()).length === 0
  },
  'end-memberships': async ({ dataSource }) => {
    const userId = await createUser('guest')
    const { id: groupId } = await directory.groups.create({ name: 'guests', friendlyName: 'Guests' })
    await directory.groups.setMembers(groupId, [userId])
    await directory.groups.setMembershipEnd({ groupId, userId, endsAt: longAgo + 1 })
    // No API returns an expired membership, so the test reads the row.
    return async () => (await dataSource.query('SELECT 1 FROM pocket_membership')).length === 0
  },
  'remove-unverified-signups': async ({ approvals }) => {
    const accountId = await createUser('stranger', true)
    const waits = { awaitsAdministrator: false, awaitsVerification: true, returnPath: null }
    await approvals.insert({ accountId, requestedAt: longAgo, ...waits })
    return async () => (await directory.find(accountId)) === undefined
  },
  'notice-expiring-api-keys': async ({ apiKeys }) => {
    const ownerId = await createUser('owner')
    const expiresAt = Date.now() + day
    const key = {
      id: crypto.randomUUID(),
      name: 'Backup',
      description: null,
      tokenHash: 'h',
      scopes: null,
      canReadSecrets: false,
    }
    const unused = { lastUsedAt: null, expirationEmailSent: false, createdAt: longAgo }
    await apiKeys.insert({ ...key, ownerId, expiresAt, ...unused })
    return async () => (await apiKeys.listExpiring(expiresAt - 1, expiresAt + 1)).length === 0
  },
  'remove-old-audit-entries': async ({ auditLog, dataSource }) => {
    const entry = auditEntry({ event: 'KEYS_ROTATED', createdAt: longAgo })
    await auditLog.append(entry)
    return async () => (await dataSource.query('SELECT 1 FROM pocket_audit WHERE id = $1', [entry.id])).length === 0
  },
  'remove-old-emails': async ({ emails }) => {
    const times = { nextAttemptAt: null, expiresAt: longAgo, createdAt: longAgo, sentAt: longAgo }
    const of = { kind: 'new-sign-in', recipient: 'ada@example.com', accountId: null, locale: null } as const
    const id = crypto.randomUUID()
    await emails.insert({ id, ...of, data: '', onceKey: null, attempts: 1, ...times, lastError: null })
    return async () => (await emails.list(all)).items.every((email) => email.id !== id)
  },
}

test('the jobs process all data left from before a start, without any request', async () => {
  const done = await Promise.all(
    Object.entries(leftovers).map(async ([job, leave]) => [job, await leave(database)] as const),
  )
  const listWaitingJobs = async () => {
    const states = await Promise.all(done.map(async ([job, isDone]) => [job, await isDone()] as const))
    return states.filter(([, isDone]) => !isDone).map(([job]) => job)
  }
  expect(await listWaitingJobs()).toEqual(Object.keys(leftovers))
  stack.use(
    await startApp({
      DB_CONNECTION_STRING: url,
      ENCRYPTION_KEY: encryptionKey,
      EMAIL_API_KEY_EXPIRATION_ENABLED: 'true',
      SMTP_HOST: '127.0.0.1',
      SMTP_PORT: String(await freePort()),
      SMTP_FROM: 'id@example.com',
      PASSKEY_ATTESTATION: 'required',
      FIDO_METADATA_FILE_PATH: `${folder.path}/none.jwt`,
    }),
  )
  // The first run starts automatically; the test timeout bounds the wait.
  while ((await listWaitingJobs()).length > 0);
  const outcomes = async () => (await database.jobs.list()).map(({ name, lastOutcome }) => [name, lastOutcome] as const)
  while ((await outcomes()).some(([, outcome]) => outcome === null));
  const failed = (await database.jobs.list()).filter(({ lastOutcome }) => lastOutcome === 'failed')
  expect(failed.map(({ name, lastError }) => [name, lastError])).toEqual([
    ['refresh-authenticator-metadata', expect.stringContaining('none.jwt')],
  ])
})
