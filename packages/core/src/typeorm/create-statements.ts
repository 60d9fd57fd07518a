import type BetterSqlite3 from 'better-sqlite3'
import type { Pool } from 'pg'
import type { DataSource } from 'typeorm'
import type { BetterSqlite3Driver } from 'typeorm/driver/better-sqlite3/BetterSqlite3Driver.js'
import type { BetterSqlite3QueryRunner } from 'typeorm/driver/better-sqlite3/BetterSqlite3QueryRunner.js'
import type { PostgresDriver } from 'typeorm/driver/postgres/PostgresDriver.js'
import type { AmbientTransactions } from './ambient-transactions.ts'
import { assertSupportedDatabase } from './data-source-error.ts'
import { isPooled } from './options.ts'
import { PostgresStatements } from './postgres-statements.ts'
import { SqliteStatements } from './sqlite-statements.ts'
import type { Statements } from './statements.ts'
import { createTurnTakingRunner } from './turn-taking-runner.ts'
import { WriteTurns } from './write-turns.ts'

interface DriverStatements {
  readonly kind: 'postgres' | 'sqlite'
  readonly statements: Statements
}

/** @throws ConfigurationError if the `DataSource` is of another kind */
export function createStatements(dataSource: DataSource, ambient: AmbientTransactions): DriverStatements {
  const { type } = dataSource.options
  assertSupportedDatabase(type)
  switch (type) {
    case 'better-sqlite3': {
      // Casts in both cases, since TypeORM types the driver by its interface and the options type determines its class.
      const driver = dataSource.driver as BetterSqlite3Driver
      const connection = (): BetterSqlite3.Database => driver.databaseConnection
      return {
        kind: 'sqlite',
        statements: new SqliteStatements(connection, installWriteTurns(driver, connection, ambient)),
      }
    }
    case 'postgres': {
      const driver = dataSource.driver as PostgresDriver
      const pool = (): Pool => driver.master
      return { kind: 'postgres', statements: new PostgresStatements(pool, { isNamed: !isPooled(dataSource.options) }) }
    }
  }
}

function installWriteTurns(
  driver: BetterSqlite3Driver,
  connection: () => BetterSqlite3.Database,
  ambient: AmbientTransactions,
): WriteTurns {
  const turns = new WriteTurns(connection)
  // `constructor` is untyped, and TypeORM does not export the class by name.
  const BaseRunner = driver.createQueryRunner('master').constructor as new (
    driver: BetterSqlite3Driver,
  ) => BetterSqlite3QueryRunner
  const Runner = createTurnTakingRunner(BaseRunner, turns, ambient)
  driver.createQueryRunner = () => new Runner(driver)
  return turns
}
