import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises'
import { gunzipSync } from 'node:zlib'
import { describe, expect, test } from '@jest/globals'
import { MasterKey } from '@pocket/core'
import { databaseKinds, quickOnly } from '@pocket/test-support'
import Database from 'better-sqlite3'
import { loadConfig } from '../../src/composition/config.ts'
import { openDatabase } from '../../src/composition/open-database.ts'
import { signInWithPasskey, startInstance } from '../api/instance.ts'
import { recordingLogger } from '../database/recording-logger.ts'
import { type RunningApp, startApp } from '../http/app.ts'
import { createEmptyMachine, createMachine, encryptionKey, type Machine, noTerminal } from './test-instance.ts'

const newKey = 'the next key, which is long enough'

/** The master key of a machine; `subject` stands for a pairwise subject. */
async function readMasterKey(machine: Pick<Machine, 'env'>, key: string) {
  const config = loadConfig({ ...machine.env, ENCRYPTION_KEY: key }, () => Buffer.alloc(0))
  await using opened = await openDatabase(config, recordingLogger().logger)
  const { fingerprint } = opened.masterKey
  return { fingerprint, subject: opened.masterKey.mac('pairwise subject', 'someone') }
}

/** The status of the request for a new passkey after this recovery code. */
async function tryRecoveryCode(server: RunningApp, code: string): Promise<number> {
  const agent = server.agent()
  await agent.postForm(`${server.url}/lc`, { code, redirect: '' })
  return (await agent.postJson(`${server.url}/recover/options`, {})).status
}

quickOnly(test)('encryption-key-rotate backs up a database before it migrates it', async () => {
  await using machine = await createMachine('SQLite')
  await (await startApp(machine.env))[Symbol.asyncDispose]()
  const database = new Database(machine.path('data/pocket-id.db'))
  database.exec('DROP TABLE pocket_issuer; DELETE FROM pocket_core_migration WHERE timestamp = 1764000000120')
  database.close()
  expect((await machine.run(['encryption-key-rotate', '-y', '--new-key', newKey])).exit).toBe(0)
  expect(await readdir(machine.path('data/backups'))).toEqual([expect.stringMatching(/^before-migration-/)])
})

describe.each(databaseKinds)('encryption-key-rotate with %s', (kind) => {
  test('encrypts every secret with the new key and keeps passkeys and pairwise subjects', async () => {
    await using machine = await createMachine(kind)
    await writeFile(machine.path('new-key'), `${newKey}\n`)
    const { authenticator, before, codes } = await (async () => {
      await using instance = await startInstance(machine.env)
      const { id } = await instance.person('grace')
      const [first = '', second = ''] = await instance.app.pocket.recovery.replaceCodes(id, {
        kind: 'recovery',
        count: 2,
      })
      const { administrator, url } = instance
      await administrator.postJson(`${url}/api/signup-tokens`, { ttl: '1h', usageLimit: 1 })
      const running = await machine.run(['encryption-key-rotate', '-y', '--new-key-file', machine.path('new-key')])
      expect([running.exit, running.stderr]).toEqual([1, expect.stringContaining('is in use by a server')])
      const before = await readMasterKey(machine, encryptionKey)
      return { authenticator: instance.administratorAuthenticator, before, codes: [first, second] as const }
    })()
    const rotated = await machine.run(['encryption-key-rotate', '-y', '--new-key-file', machine.path('new-key')])
    expect([rotated.exit, rotated.stderr]).toEqual([0, ''])
    expect(rotated.stdout.toString()).toContain('Set ENCRYPTION_KEY to the new key')
    const after = await readMasterKey(machine, newKey)
    expect(after.fingerprint).not.toBe(before.fingerprint)
    expect(after.subject).toBe(before.subject)
    const next = { ...machine.env, ENCRYPTION_KEY: newKey }
    {
      await using server = await startApp(next)
      const agent = server.agent()
      expect((await signInWithPasskey(agent, server.url, authenticator)).status).toBe(200)
      const tokens = await agent.getJson(`${server.url}/api/signup-tokens`)
      expect(tokens.status).toBe(200)
      expect(await tryRecoveryCode(server, codes[0])).toBe(200)
    }
    // Pairwise subjects and recovery codes survive every further rotation.
    const third = 'the third key, which is long enough'
    const again = machine.with({ ENCRYPTION_KEY: newKey })
    const argument = await again.run(['encryption-key-rotate', '-y', '--new-key', third])
    expect([argument.exit, argument.stderr]).toEqual([
      0,
      expect.stringContaining('--new-key is visible to other users'),
    ])
    expect((await readMasterKey(machine, third)).subject).toBe(before.subject)
    await using server = await startApp({ ...machine.env, ENCRYPTION_KEY: third })
    expect([await tryRecoveryCode(server, codes[0]), await tryRecoveryCode(server, codes[1])]).toEqual([401, 200])
  })

  test('stops when it is interrupted, and changes nothing', async () => {
    await using machine = await createMachine(kind)
    await (await startApp(machine.env))[Symbol.asyncDispose]()
    const terminal = { ...noTerminal, stop: AbortSignal.abort() }
    const args = ['encryption-key-rotate', '-y', '--new-key', newKey]
    const { exit, stderr } = await machine.run(args, undefined, terminal)
    expect([exit, stderr]).toEqual([1, expect.stringContaining('Interrupted. Nothing was changed.')])
    await (await startApp(machine.env))[Symbol.asyncDispose]()
  })

  test('rejects a wrong old key, a short new one, and changes nothing', async () => {
    await using machine = await createMachine(kind)
    await (await startApp(machine.env))[Symbol.asyncDispose]()
    const wrong = machine.with({ ENCRYPTION_KEY: 'a wrong key of sixteen bytes' })
    const mismatch = await wrong.run(['encryption-key-rotate', '-y', '--new-key', newKey])
    expect([mismatch.exit, mismatch.stderr]).toEqual([1, expect.stringContaining('The encryption key does not match')])
    const short = await machine.run(['encryption-key-rotate', '-y', '--new-key', 'short'])
    expect([short.exit, short.stderr]).toEqual([2, expect.stringContaining('at least 16')])
    await (await startApp(machine.env))[Symbol.asyncDispose]()
  })
})

test.each(databaseKinds)(
  'an archive from before a rotation restores into %s with the key of that time',
  async (kind) => {
    await using machine = await createEmptyMachine(kind, {})
    const server = { ...machine.env, ENCRYPTION_KEY: '' }
    const keyFile = machine.path('data/encryption_key')
    const { administratorAuthenticator: authenticator } = await (async () => {
      await using instance = await startInstance({ ...server, ENCRYPTION_KEY: encryptionKey })
      return instance
    })()
    await mkdir(machine.path('data'), { recursive: true })
    await writeFile(keyFile, encryptionKey)
    expect((await machine.run(['export', '-p', machine.path('archive')])).exit).toBe(0)
    expect((await machine.run(['encryption-key-rotate', '-y', '--new-key', newKey])).exit).toBe(0)

    const withNewKey = machine.with({ ENCRYPTION_KEY: newKey })
    const refused = await withNewKey.run(['import', '-y', '-p', machine.path('archive')])
    expect([refused.exit, refused.stderr]).toEqual([
      1,
      expect.stringMatching(/does not match.*Nothing was changed.*set ENCRYPTION_KEY to the key of that time/s),
    ])
    const { exit, stdout } = await machine.run(['import', '-y', '-p', machine.path('archive')])
    expect([exit, stdout.toString()]).toEqual([
      0,
      expect.stringMatching(
        /sessions and tokens issued since have ended.*encryption key of the archive .* is in use now/s,
      ),
    ])
    expect((await readFile(keyFile, 'utf8')).trim()).toBe(encryptionKey)
    const { fingerprint } = MasterKey.from(newKey)
    expect((await readFile(`${keyFile}.${fingerprint}`, 'utf8')).trim()).toBe(newKey)
    await using restored = await startApp({ ...server, ENCRYPTION_KEY: encryptionKey })
    const agent = restored.agent()
    expect((await signInWithPasskey(agent, restored.url, authenticator)).status).toBe(200)
  },
)

quickOnly(test)('an interrupted rotation is completed by running it again', async () => {
  await using machine = await createEmptyMachine('SQLite', {})
  await (await startApp({ ...machine.env, ENCRYPTION_KEY: '' }))[Symbol.asyncDispose]()
  const keyFile = machine.path('data/encryption_key')
  const old = await readFile(keyFile, 'utf8')
  const rotate = () => machine.run(['encryption-key-rotate', '-y', '--new-key', newKey])
  expect((await rotate()).exit).toBe(0)
  expect(await readFile(keyFile, 'utf8')).toBe(`${newKey}\n`)
  // As if the process had ended before it wrote the file.
  await writeFile(keyFile, old)
  const again = await rotate()
  expect([again.exit, again.stdout.toString()]).toEqual([0, expect.stringMatching(/^0 rows are encrypted/)])
  expect(await readFile(keyFile, 'utf8')).toBe(`${newKey}\n`)
  expect((await readdir(machine.path('data'))).filter((name) => name.startsWith('encryption_key.'))).toHaveLength(1)
})

quickOnly(test)('rejects a new key that the data folder cannot hold, and changes nothing', async () => {
  await using machine = await createEmptyMachine('SQLite', {})
  await (await startApp({ ...machine.env, ENCRYPTION_KEY: '' }))[Symbol.asyncDispose]()
  await writeFile(machine.path('new-key'), Buffer.alloc(32, 0xff))
  const { exit, stderr } = await machine.run(['encryption-key-rotate', '-y', '--new-key-file', machine.path('new-key')])
  expect([exit, stderr]).toEqual([1, expect.stringContaining('This encryption key is not text')])
  await (await startApp({ ...machine.env, ENCRYPTION_KEY: '' }))[Symbol.asyncDispose]()
})

quickOnly(test)('leaves no value that the old key has encrypted', async () => {
  await using machine = await createMachine('SQLite')
  const { fingerprint } = await (async () => {
    await using instance = await startInstance(machine.env)
    await instance.administrator.postJson(`${instance.url}/api/signup-tokens`, { ttl: '1h', usageLimit: 1 })
    return readMasterKey(machine, encryptionKey)
  })()
  expect((await machine.run(['encryption-key-rotate', '-y', '--new-key', newKey])).exit).toBe(0)
  const { stdout } = await machine.with({ ENCRYPTION_KEY: newKey }).run(['export', '-p', '-'])
  expect(gunzipSync(stdout).toString()).not.toContain(`v1.${fingerprint}.`)
})
