import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from '@jest/globals'
import { DataSource, type DataSource as TypeormDataSource } from 'typeorm'
import { ConfigurationError } from '../../src/errors.ts'
import { pocketMigrations, runMigrations, typeormStores } from '../../src/typeorm/index.ts'
import { loadBetterSqlite3 } from '../../src/typeorm/installed.ts'

test.each(['core', 'directory'])('npm installs @pocket/%s with any version of an optional peer', async (name) => {
  const text = await readFile(join(import.meta.dirname, `../../../${name}/package.json`), 'utf8')
  const { peerDependencies, peerDependenciesMeta } = JSON.parse(text)
  expect(new Set(Object.values(peerDependencies))).toEqual(new Set(['*']))
  for (const peer of Object.keys(peerDependencies)) expect(peerDependenciesMeta[peer]).toEqual({ optional: true })
})

test('rejects a DataSource of TypeORM 0.3 with the version that is needed', () => {
  const older = Object.assign(new DataSource({ type: 'better-sqlite3', database: ':memory:' }), { connect() {} })
  expect(() => typeormStores(older as TypeormDataSource)).toThrow(
    'TypeORM 0.3 is not supported: run `npm install typeorm@1`.',
  )
})

test.each(['mysql', 'mariadb'] as const)('rejects %s before it connects, with the remedy', async (type) => {
  const message = `The DataSource must be better-sqlite3 or postgres, not ${type}: keep your accounts there, and give Pocket an SQLite file or a PostgreSQL database of its own.`
  const error = { message, details: { option: 'dataSource' } }
  await expect(runMigrations({ type, host: '127.0.0.1', port: 1 }, [pocketMigrations])).rejects.toMatchObject(error)
  const initialized = Object.assign(Object.create(DataSource.prototype), { options: { type }, isInitialized: true })
  expect(() => typeormStores(initialized)).toThrow(message)
})

function createLoader(version: string) {
  return (name: string): unknown => (name.endsWith('package.json') ? { version } : `driver ${version}`)
}

test.each(['12.0.0', '13.2.0'])('accepts better-sqlite3 %s', (version) => {
  expect(loadBetterSqlite3(createLoader(version))).toBe(`driver ${version}`)
})

test('rejects an older or missing better-sqlite3 with the remedy', () => {
  expect(() => loadBetterSqlite3(createLoader('11.10.0'))).toThrow('better-sqlite3 12 or 13 is needed; this is 11.10.0')
  const throwModuleNotFound = () => {
    throw Object.assign(new Error('Cannot find module'), { code: 'MODULE_NOT_FOUND' })
  }
  expect(() => loadBetterSqlite3(throwModuleNotFound)).toThrow(ConfigurationError)
  expect(() => loadBetterSqlite3(throwModuleNotFound)).toThrow('npm install better-sqlite3@12')
})
