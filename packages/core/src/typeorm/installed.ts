import { createRequire } from 'node:module'
import { DataSource } from 'typeorm'
import { ConfigurationError } from '../errors.ts'

const requireFromHere = createRequire(import.meta.url)

/**
 * The peer ranges of the package accept every version, so that npm installs core together with any TypeORM or driver of a host that
 * does not use these stores. The versions are checked here instead.
 *
 * @throws {ConfigurationError} with the version that is needed
 */
export function assertSupportedTypeorm(dataSource: object = DataSource.prototype): void {
  // TypeORM 1.0 removed this method, which 0.3 had deprecated.
  if ('connect' in Object(dataSource))
    throw new ConfigurationError('TypeORM 0.3 is not supported: run `npm install typeorm@1`.')
}

/** @throws {ConfigurationError} if better-sqlite3 is missing or older than 12 */
export function loadBetterSqlite3(load: (name: string) => unknown = requireFromHere): unknown {
  const remedy = 'run `npm install better-sqlite3@12`'
  const manifest = loadIfInstalled(load, 'better-sqlite3/package.json')
  if (manifest === undefined) throw new ConfigurationError(`better-sqlite3 is not installed: ${remedy}.`)
  const version = String(Reflect.get(Object(manifest), 'version'))
  if (Number.parseInt(version, 10) < 12)
    throw new ConfigurationError(`better-sqlite3 12 or 13 is needed; this is ${version}: ${remedy}.`)
  // The binary of version 13 requires Node-API version 10 and terminates the process if it is missing.
  if (Number(process.versions.napi) < 10)
    throw new ConfigurationError(`SQLite needs Node 22.14 or later; this is ${process.version}.`)
  return load('better-sqlite3')
}

function loadIfInstalled(load: (name: string) => unknown, name: string): unknown {
  try {
    return load(name)
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'MODULE_NOT_FOUND') return undefined
    throw error
  }
}
