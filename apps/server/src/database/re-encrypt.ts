import { setImmediate } from 'node:timers/promises'
import type { MasterKey } from '@pocket/core'
import { ConfigurationError } from '@pocket/core/errors'
import { type Database, databaseOf } from '@pocket/core/internal/sql'
import type { DataSource } from 'typeorm'
import type { DatabaseConfig } from '../config/database.ts'
import type { Logger } from '../logging/logger.ts'
import { durableKeysPurpose, storeDurableKeys } from './durable-keys.ts'
import { openSnapshot } from './snapshot.ts'
import type { TableShape } from './table-shape.ts'

export interface ReEncryption {
  readonly dataSource: DataSource
  readonly config: DatabaseConfig
  readonly from: MasterKey
  readonly to: MasterKey
  /** The purposes of all keys that encrypt stored values. */
  readonly purposes: readonly string[]
  readonly logger: Logger
  readonly showProgress: (progress: { readonly subject: string; readonly done: number; readonly total: number }) => void
}

const batchSize = 200

/**
 * Encrypts every stored value with another master key, in one transaction. Resolves to the number of rows.
 *
 * @throws {ConfigurationError} if a value cannot be decrypted; nothing is changed then
 */
export async function reEncrypt(parts: ReEncryption): Promise<number> {
  const { dataSource, config, from, to, logger } = parts
  const tables = await textTables(config, logger)
  const database = databaseOf(dataSource)
  return database.transaction(async () => {
    let count = 0
    for (const table of tables) count += await reEncryptTable(table, parts)
    await storeDurableKeys(from, to, database)
    return count
  })
}

async function textTables(config: DatabaseConfig, logger: Logger): Promise<readonly TableShape[]> {
  await using snapshot = await openSnapshot(config, logger)
  return snapshot.tables
    .map(({ name, columns }) => ({ name, columns: columns.filter(({ type }) => type === 'text') }))
    .filter(({ columns }) => columns.length > 0)
}

/** Rows are addressed by their physical position, because every table has one. */
async function reEncryptTable({ name, columns }: TableShape, parts: ReEncryption): Promise<number> {
  const database = databaseOf(parts.dataSource)
  const pattern = `%v1.${parts.from.fingerprint}.%`
  const [position, parameter] = database.kind === 'sqlite' ? ['rowid', '$1'] : ['ctid', '$1::tid']
  const condition = columns.map((column) => `"${column.name}" LIKE $1`).join(' OR ')
  const select = `SELECT ${position} AS position, ${columns.map((column) => `"${column.name}"`).join(', ')}
    FROM "${name}" WHERE (${condition})`
  const update = `UPDATE "${name}" SET ${columns.map((column, index) => `"${column.name}" = $${index + 2}`).join(', ')}
    WHERE ${position} = ${parameter}`
  const counted = await database.query<{ readonly count: number | string }>(
    `SELECT COUNT(*) AS count FROM "${name}" WHERE ${condition}`,
    [pattern],
  )
  const total = Number(counted[0]?.count)
  let done = 0
  for await (const rows of total === 0 ? [] : batches(database, select, pattern)) {
    done += rows.length
    for (const row of rows) {
      const values = columns.map((column) => {
        const value = row[column.name] ?? null
        return value && reEncryptText(value, { ...parts, place: `${name}.${column.name}` })
      })
      await database.execute(update, [row.position ?? null, ...values])
    }
    parts.showProgress({ subject: `rows of ${name}`, done, total })
    // With SQLite every other await continues in a microtask, before signals.
    await setImmediate()
  }
  return done
}

type EncryptedRow = Readonly<Record<string, string | null>>

/** Reads each row once. PostgreSQL does not return rows in the order of their positions without sorting them. */
async function* batches(database: Database, select: string, pattern: string): AsyncGenerator<readonly EncryptedRow[]> {
  const { kind } = database
  if (kind === 'postgres') await database.execute(`DECLARE encrypted_rows CURSOR FOR ${select}`, [pattern])
  const next = `${select} AND rowid > $2 ORDER BY rowid LIMIT ${batchSize}`
  let last: string | number | null = 0
  for (;;) {
    const rows: readonly EncryptedRow[] =
      kind === 'sqlite'
        ? await database.query<EncryptedRow>(next, [pattern, last])
        : await database.query<EncryptedRow>(`FETCH ${batchSize} FROM encrypted_rows`)
    const position = rows.at(-1)?.position
    if (position === undefined) break
    yield rows
    last = position
  }
  if (kind === 'postgres') await database.execute('CLOSE encrypted_rows')
}

/** A string may contain several encrypted values, as JSON does. */
function reEncryptText(text: string, { from, to, purposes, place }: ReEncryption & { readonly place: string }): string {
  return text.replaceAll(new RegExp(`v1\\.${from.fingerprint}\\.[A-Za-z0-9_-]+`, 'g'), (envelope) => {
    for (const purpose of [...purposes, durableKeysPurpose]) {
      const plain = tryDecrypt(from, purpose, envelope)
      if (plain !== undefined) return to.encrypt(purpose, plain)
    }
    throw new ConfigurationError(`A value in ${place} cannot be decrypted. Nothing was changed.`)
  })
}

function tryDecrypt(key: MasterKey, purpose: string, envelope: string): string | undefined {
  try {
    return key.decrypt(purpose, envelope)
  } catch (error) {
    if (error instanceof ConfigurationError) return undefined
    throw error
  }
}
