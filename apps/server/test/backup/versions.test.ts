import { Readable } from 'node:stream'
import { gunzipSync, gzipSync } from 'node:zlib'
import { describe, expect, test } from '@jest/globals'
import { defineMigration } from '@pocket/core/internal/sql'
import { databaseKinds, quickOnly } from '@pocket/test-support'
import { openArchive } from '../../src/backup/encryption.ts'
import { importArchive } from '../../src/backup/import-archive.ts'
import { readArchive } from '../../src/backup/read-archive.ts'
import { migrations, tables } from '../../src/composition/server-tables.ts'
import { connectToPostgres } from '../../src/database/connect.ts'
import { createDataFolder } from '../../src/database/data-folder.ts'
import { openSnapshot } from '../../src/database/snapshot.ts'
import { startInstance } from '../api/instance.ts'
import { recordingLogger } from '../database/recording-logger.ts'
import { createMachine, type Machine } from './test-instance.ts'

/** Changes rows of the previous version. */
const RenameEverybody = defineMigration('RenameEverybody1999999999999', {
  up: [
    `ALTER TABLE "pocket_user" ADD COLUMN nickname text NOT NULL DEFAULT ''`,
    `UPDATE "pocket_user" SET nickname = 'from ' || user_name`,
  ],
})

const newer = {
  tables,
  migrations: migrations.map((set) =>
    set.table === 'pocket_directory_migration' ? { ...set, migrations: [...set.migrations, RenameEverybody] } : set,
  ),
}

async function importAsNewer({ config }: Machine, archive: Buffer) {
  const { logger } = recordingLogger()
  await createDataFolder(config.dataFolder)
  const secrets = { passphrase: () => Promise.reject(new Error('not encrypted')), identities: [] }
  return importArchive(await readArchive(await openArchive(Readable.from([archive]), secrets)), {
    database: config.database,
    schema: newer,
    filesOf: () => {
      throw new Error('the archive contains no files')
    },
    beforeReplacement: async () => {},
    assertLocked: async () => {},
    logger,
  })
}

/** The archive of a new instance, after its server has stopped. */
async function exportInstance(machine: Machine): Promise<Buffer> {
  await (await startInstance(machine.env))[Symbol.asyncDispose]()
  const { exit, stdout, stderr } = await machine.run(['export', '-p', '-'])
  expect([exit, stderr]).toEqual([0, expect.stringContaining('Exported')])
  return stdout
}

describe.each(databaseKinds)('%s', (kind) => {
  test('a newer version imports an archive and runs its migrations on the rows', async () => {
    await using source = await createMachine(kind)
    const archive = await exportInstance(source)
    await using target = await createMachine(kind)
    const altered = gzipSync(gunzipSync(archive).toString().replace('Lovelace', 'Lovelock'))
    await expect(importAsNewer(target, altered)).rejects.toThrow('was altered')
    await importAsNewer(target, archive)
    const { logger } = recordingLogger()
    await using snapshot = await openSnapshot(target.config.database, logger)
    const users = snapshot.tables.find(({ name }) => name === 'pocket_user')
    const nickname = users?.columns.findIndex(({ name }) => name === 'nickname') ?? -1
    const nicknames: unknown[] = []
    if (users) for await (const rows of snapshot.rows(users)) nicknames.push(...rows.map((row) => row[nickname]))
    expect(nicknames).toEqual(['from ada'])
    const older = await target.run(['export', '-p', '-'])
    expect([older.exit, older.stderr]).toEqual([1, expect.stringContaining('newer version')])
  })
})

quickOnly(test)('a failed and a complete import leave no schema behind in PostgreSQL', async () => {
  await using source = await createMachine('PostgreSQL')
  const archive = await exportInstance(source)
  await using target = await createMachine('PostgreSQL')
  const readSchemas = async () => {
    const { logger } = recordingLogger()
    const url = target.env.DB_CONNECTION_STRING ?? ''
    const dataSource = await connectToPostgres({ url, tables: [], logger })
    try {
      return await dataSource.query(`SELECT nspname FROM pg_namespace WHERE nspname = 'pocket_import'`)
    } finally {
      await dataSource.destroy()
    }
  }
  expect((await target.run(['import', '-p', '-'], archive.subarray(0, archive.length - 50))).exit).toBe(1)
  expect(await readSchemas()).toEqual([])
  expect((await target.run(['import', '-p', '-'], archive)).exit).toBe(0)
  expect(await readSchemas()).toEqual([])
})
