import { randomUUID } from 'node:crypto'
import { mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import type { Clock } from '@pocket/core'
import { type Database, databaseOf, TableRows } from '@pocket/core/internal/sql'
import type { FilesConfig, S3Config } from '../config/files.ts'
import type { MigratedDatabase } from '../database/migrated-database.ts'
import { codeOf } from '../logging/failure.ts'
import { fileTable } from './file.table.ts'
import type { FileStore } from './file-store.ts'
import { assertOk, createS3Client } from './s3-client.ts'

export function createFileStore(
  { files }: FilesConfig,
  { dataSource }: Pick<MigratedDatabase, 'dataSource'>,
  clock: Clock,
): FileStore {
  return files.kind === 'database'
    ? createDatabaseFileStore(databaseOf(dataSource), clock)
    : createExternalFileStore(files)
}

export function createExternalFileStore(
  files: Exclude<FilesConfig['files'], { readonly kind: 'database' }>,
): FileStore {
  return files.kind === 'filesystem' ? folderFileStore(files.folder) : s3FileStore(files)
}

const rows = new TableRows(fileTable)

const sql = {
  read: `${rows.select} WHERE "name" = $1`,
  write: `${rows.insert} ON CONFLICT ("name") DO UPDATE SET ${rows.assignments('name')}`,
  remove: `DELETE FROM ${rows.table} WHERE "name" = $1`,
}

/** Files in the database, so that every replica can read them and a database backup is complete. */
function createDatabaseFileStore(database: Database, clock: Clock): FileStore {
  return {
    async read(name) {
      const file = rows.first(await database.query(sql.read, [name]))
      return file && Buffer.from(file.data, 'base64')
    },

    async write(name, bytes) {
      const file = { name, data: bytes.toString('base64'), createdAt: clock.now() }
      await database.execute(sql.write, rows.values(file))
    },

    remove: (name) => database.write(sql.remove, [name]),
  }
}

/** Files in a folder, which is created if it is missing. */
function folderFileStore(folder: string): FileStore {
  return {
    async read(name) {
      try {
        return await readFile(join(folder, name))
      } catch (error) {
        if (codeOf(error) === 'ENOENT') return undefined
        throw error
      }
    },
    async write(name, bytes) {
      const path = join(folder, name)
      await mkdir(dirname(path), { recursive: true, mode: 0o700 })
      const temporaryPath = `${path}.${randomUUID()}`
      try {
        await writeFile(temporaryPath, bytes, { mode: 0o600, flush: true })
        await rename(temporaryPath, path)
      } catch (error) {
        await rm(temporaryPath, { force: true })
        throw error
      }
    },
    remove: (name) => rm(join(folder, name), { force: true }),
  }
}

export function s3FileStore(config: S3Config): FileStore {
  const client = createS3Client(config)
  return {
    async read(name) {
      const response = await client.send({ method: 'GET', name })
      if (response.status === 404) return undefined
      return Buffer.from(await (await assertOk(response, `read ${name}`)).arrayBuffer())
    },
    async write(name, body) {
      await assertOk(await client.send({ method: 'PUT', name, body }), `write ${name}`)
    },
    async remove(name) {
      const response = await client.send({ method: 'DELETE', name })
      if (response.status !== 404) await assertOk(response, `remove ${name}`)
    },
  }
}
