import { expect, test } from '@jest/globals'
import { MasterKey } from '@pocket/core'
import { databaseOf } from '@pocket/core/internal/sql'
import type { Database as SqliteDatabase } from 'better-sqlite3'
import type { DataSource } from 'typeorm'
import { openDatabase } from '../../src/composition/open-database.ts'
import { reEncrypt } from '../../src/database/re-encrypt.ts'
import { settingPurpose } from '../../src/settings/settings.ts'
import { createEmptyMachine } from '../backup/test-instance.ts'
import { recordingLogger } from './recording-logger.ts'

const count = 2000

/** Replaces the LIKE of this connection, which compares each string that a scan reads. Returns the number of comparisons so far. */
function countComparisons(dataSource: DataSource): () => number {
  const driver = dataSource.driver as unknown as { readonly databaseConnection: SqliteDatabase }
  let comparisons = 0
  driver.databaseConnection.function('like', (pattern, text) => {
    comparisons++
    return Number(String(text).includes(String(pattern).replaceAll('%', '')))
  })
  return () => comparisons
}

async function insertSettings(dataSource: DataSource, value: string) {
  const values = Array.from({ length: count }, (_, index) => `('key ${index}', '${value}')`)
  await databaseOf(dataSource).execute(`INSERT INTO pocket_setting (key, value) VALUES ${values.join(', ')}`)
}

async function openMachine(kind: 'SQLite' | 'PostgreSQL') {
  const machine = await createEmptyMachine(kind)
  const { logger } = recordingLogger()
  const opened = await openDatabase(machine.config, logger, undefined, { mode: 'exclusive' })
  const { dataSource, masterKey: from } = opened
  await insertSettings(dataSource, from.encrypt(settingPurpose, 'secret'))
  const to = MasterKey.from(Buffer.from('the next key, which is long enough'))
  return {
    dataSource,
    rotate: () =>
      reEncrypt({
        ...{ dataSource, config: machine.config.database, from, to, logger },
        purposes: [settingPurpose],
        showProgress: () => undefined,
      }),
    async plainValues() {
      const rows = await databaseOf(dataSource).query<{ value: string }>(
        `SELECT value FROM pocket_setting WHERE key LIKE 'key %'`,
      )
      return rows.map(({ value }) => to.decrypt(settingPurpose, value).toString())
    },
    async [Symbol.asyncDispose]() {
      await opened[Symbol.asyncDispose]()
      await machine[Symbol.asyncDispose]()
    },
  }
}

test('reads each row of SQLite twice: to count and to encrypt', async () => {
  await using machine = await openMachine('SQLite')
  const comparisons = countComparisons(machine.dataSource)
  const encrypted = await machine.rotate()
  expect(comparisons()).toBeLessThan(5 * count)
  expect(encrypted).toBeGreaterThanOrEqual(count)
  expect(await machine.plainValues()).toEqual(Array(count).fill('secret'))
})

test('scans a table of PostgreSQL twice: to count and to encrypt', async () => {
  await using machine = await openMachine('PostgreSQL')
  const database = databaseOf(machine.dataSource)
  const encrypted = await database.transaction(async () => {
    const rows = await machine.rotate()
    const [row] = await database.query<{ scans: string }>(
      `SELECT pg_stat_get_xact_numscans('pocket_setting'::regclass) AS scans`,
    )
    expect(Number(row?.scans)).toBe(2)
    return rows
  })
  expect(encrypted).toBeGreaterThanOrEqual(count)
  expect(await machine.plainValues()).toEqual(Array(count).fill('secret'))
})
