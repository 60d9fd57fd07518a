import { AsyncLocalStorage } from 'node:async_hooks'
import type { Pool } from 'pg'
import type { DataSource } from 'typeorm'
import type { PostgresDriver } from 'typeorm/driver/postgres/PostgresDriver.js'
import { trace, statements as tracedStatements } from '../diagnostics.ts'
import { toUnavailableError } from '../outage.ts'
import { cacheByStatement } from '../statement-cache.ts'
import type { Transaction } from '../transaction.ts'
import { mayUseRecentRows, UnitOfWork } from '../unit-of-work.ts'
import { type AmbientTransaction, AmbientTransactions } from './ambient-transactions.ts'
import { createStatements } from './create-statements.ts'
import { dataSourceError, isMissingTable, missingTableMessage } from './data-source-error.ts'
import { assertSupportedTypeorm } from './installed.ts'
import { type Parameter, rejectNul } from './parameter.ts'
import { combineStatements, isAffected, isCombinable, type PendingWrite, type WriteScope } from './pending-writes.ts'
import { RecentRows } from './recent-rows.ts'
import { type CachedQuery, changeVersion, RowCache } from './row-cache.ts'
import type { Statement, StatementResult } from './statement.ts'
import type { Statements } from './statements.ts'
import { createTableNameRewriter, type RewriteTableNames } from './table-names.ts'

/** The supported kinds of databases. */
export type DatabaseKind = 'sqlite' | 'postgres'

interface DatabaseOptions {
  readonly kind: DatabaseKind
  readonly dataSource: DataSource
  readonly statements: Statements
  readonly ambient: AmbientTransactions
}

/** The writes of a batch; see {@link Database.batch}. */
interface Batch extends WriteScope {
  ended: boolean
  /** Settles when the last combined statement has completed. */
  lastFlush: Promise<unknown>
  failure?: { readonly error: unknown }
}

/**
 * A TypeORM `DataSource` (better-sqlite3 or postgres) with prepared statements and ambient transactions that behave the same
 * on both. Created by {@link databaseOf}.
 */
export class Database {
  readonly kind: DatabaseKind
  readonly #dataSource: DataSource
  readonly #statements: Statements
  readonly #ambient: AmbientTransactions
  readonly #rewriteTableNames: RewriteTableNames | undefined
  readonly #unitOfWork = new UnitOfWork(this)
  readonly #batches = new AsyncLocalStorage<Batch>()
  readonly #cache = new RowCache((sql, parameters) => this.query(sql, parameters))
  readonly #recent = new RecentRows()

  constructor({ kind, dataSource, statements, ambient }: DatabaseOptions) {
    this.kind = kind
    this.#dataSource = dataSource
    this.#statements = statements
    this.#ambient = ambient
    const rewriteTableNames = createTableNameRewriter(dataSource)
    this.#rewriteTableNames = rewriteTableNames && cacheByStatement(rewriteTableNames)
  }

  /** The connections of the pool and the callers that wait for one; `undefined` on SQLite. */
  get pool(): { readonly used: number; readonly idle: number; readonly waiting: number } | undefined {
    if (this.kind !== 'postgres') return undefined
    // The cast is safe, as in `createStatements`.
    const { totalCount, idleCount, waitingCount }: Pool = (this.#dataSource.driver as PostgresDriver).master
    return { used: totalCount - idleCount, idle: idleCount, waiting: waitingCount }
  }

  /**
   * Runs a prepared statement with the placeholders `$1`, `$2`, ... and returns its rows. The caller declares `Row`:
   * PostgreSQL returns `bigint` as text, SQLite returns booleans as 0 and 1.
   *
   * @throws {InvalidInputError} `validation_failed` if a string contains a NUL character
   * @throws {UnavailableError} if the database cannot be reached or does not respond in time
   */
  async query<Row extends object>(
    sql: string,
    parameters: readonly Parameter[] = [],
    options: Omit<Statement, 'sql' | 'parameters'> = {},
  ): Promise<readonly Row[]> {
    const { rows } = await this.#run({ sql, parameters, ...options })
    // Only the author of the statement knows its columns.
    return rows as readonly Row[]
  }

  /**
   * Like {@link Database.query} with `isKeyRead`, but a request reads the same rows once, unless it has since changed their table or
   * locked.
   *
   * @param key - identifies the rows; by default the parameters
   */
  queryOnce<Row extends object>(
    sql: string,
    parameters: readonly Parameter[],
    key: readonly Parameter[] = parameters,
  ): Promise<readonly Row[]> {
    return this.#unitOfWork.read(sql, key, () => this.query<Row>(sql, parameters, { isKeyRead: true }))
  }

  /** Declares the tables of {@link Database.queryRecent}. */
  keepRecentRows(...tables: readonly string[]): void {
    this.#recent.addTables(...tables)
  }

  /**
   * Like {@link Database.queryOnce}, but `withRecentRows` also accepts rows that another request has read within the last second,
   * unless this process has changed their tables, which {@link Database.keepRecentRows} declares. A transaction reads the database.
   */
  queryRecent<Row extends object>(sql: string, parameters: readonly Parameter[], key: string): Promise<readonly Row[]> {
    const query = () => this.query<Row>(sql, parameters, { isKeyRead: true })
    const isInTransaction = this.#ambient.current() !== undefined
    return this.#unitOfWork.read(sql, [key], () =>
      isInTransaction ? query() : this.#recent.read(key, mayUseRecentRows(), query),
    )
  }

  /** Declares tables that {@link Database.queryCached} reads. */
  cacheTables(...tables: readonly string[]): void {
    this.#cache.addTables(...tables)
  }

  /**
   * Like {@link Database.query}, but the rows may be one second old unless this process has changed their tables, which
   * {@link Database.cacheTables} declares. A transaction reads the database. Returns the same array while nothing changes.
   */
  queryCached<Row extends object>(cached: CachedQuery): Promise<readonly Row[]> {
    const transaction = this.#ambient.current()
    const mayPeek = transaction === undefined || (cached.cachedInTransactions && !transaction.changesCache)
    const rows = mayPeek ? this.#cache.peek(cached) : undefined
    // The casts are safe, as in `query`.
    if (rows) return Promise.resolve(rows as readonly Row[])
    if (transaction) return this.query(cached.sql, cached.parameters)
    return this.#cache.read(cached) as Promise<readonly Row[]>
  }

  /** Clears the row cache of this process, because another process has announced a change. */
  forgetCachedRows(): void {
    this.#cache.clear()
  }

  /** Invalidates the row caches of all processes once the transaction is committed. */
  async noteCacheChange(): Promise<void> {
    const transaction = this.#ambient.current()
    if (transaction === undefined) return this.transaction(() => this.noteCacheChange())
    transaction.changesCache = true
    transaction.beforeCommit ??= () => this.#finish(transaction)
    transaction.afterEnd ??= () => this.#afterEnd(transaction)
  }

  /** A statement that locks until the transaction ends; the transaction sends it once. */
  async lockOnce<Row extends object>(sql: string, parameters: readonly Parameter[]): Promise<readonly Row[]> {
    const query = () => this.query<Row>(sql, parameters)
    return this.#ambient.current() === undefined ? query() : this.#unitOfWork.lock(sql, parameters, query)
  }

  /** Like {@link Database.query}, for statements that return only a row count. */
  async execute(sql: string, parameters: readonly Parameter[] = [], row?: string): Promise<number> {
    const { count } = await this.#run({ sql, parameters, row }, true)
    return count
  }

  /** Like {@link Database.execute}, for callers that do not need the row count. */
  async write(sql: string, parameters: readonly Parameter[], row?: string): Promise<void> {
    await this.execute(sql, parameters, row)
  }

  /**
   * Like {@link Database.execute}, but in a batch, and on PostgreSQL also in a transaction, the write is sent together with a
   * later one, and before any statement that may concern its row. Earlier reads of the request are not repeated because of it.
   */
  async executeLater(write: PendingWrite): Promise<void> {
    const { sql, parameters, onCount } = write
    const scope = this.#cache.isChangedBy(sql) ? undefined : this.#scope()
    if (scope === undefined) {
      const { count } = await this.#run(write, true, '')
      return onCount?.(count)
    }
    rejectNul(parameters)
    if (isAffected(scope.pending, write)) await this.#flush(scope)
    scope.pending.push(write)
    if ('beforeCommit' in scope) scope.beforeCommit ??= () => this.#finish(scope)
  }

  /**
   * Sends the writes that `work` defers in as few statements as possible, on SQLite with as few commits, the last ones before it
   * resolves.
   */
  readonly batch: Transaction = async (work) => {
    if (this.#ambient.current() !== undefined || this.#scope() !== undefined) return work()
    const batch: Batch = { pending: [], ended: false, lastFlush: Promise.resolve() }
    return this.#batches.run(batch, async () => {
      try {
        const result = await work()
        await this.#flush(batch)
        await batch.lastFlush
        // The statement that it was sent with may have ignored the error.
        if (batch.failure) throw batch.failure.error
        return result
      } finally {
        batch.ended = true
      }
    })
  }

  /**
   * Not asynchronous itself, because most statements wait for nothing before they are sent.
   *
   * @param change - as for `#send`
   */
  #run(statement: Statement, onlyCount = false, change = statement.sql): Promise<StatementResult> {
    rejectNul(statement.parameters)
    if (this.#cache.isChangedBy(statement.sql)) return this.#changeCached(statement, onlyCount, change)
    return this.#sendInScope(statement, onlyCount, change)
  }

  /** Runs a statement that changes a cached table, in a transaction that also changes the version. */
  async #changeCached(statement: Statement, onlyCount: boolean, change: string): Promise<StatementResult> {
    if (this.#ambient.current() === undefined) return this.transaction(() => this.#run(statement, onlyCount, change))
    await this.noteCacheChange()
    return this.#sendInScope(statement, onlyCount, change)
  }

  #sendInScope(statement: Statement, onlyCount: boolean, change: string): Promise<StatementResult> {
    const scope = this.#scope()
    return scope === undefined ? this.#send(statement, change) : this.#sendIn(scope, statement, onlyCount, change)
  }

  /** Sends pending writes of the scope first, or together with the statement. */
  async #sendIn(
    scope: AmbientTransaction | Batch,
    statement: Statement,
    onlyCount: boolean,
    change: string,
  ): Promise<StatementResult> {
    if ('lastFlush' in scope) await scope.lastFlush
    if (scope.pending.length === 0) return this.#send(statement, change)
    if (isAffected(scope.pending, statement) || (onlyCount && !isCombinable(statement.sql))) await this.#flush(scope)
    else if (onlyCount) {
      const counts = await this.#flush(scope, statement)
      return { rows: [], count: counts[0] ?? 0 }
    }
    return this.#send(statement, change)
  }

  /** Where deferred writes wait; `undefined` if they are sent immediately. */
  #scope(): AmbientTransaction | Batch | undefined {
    const transaction = this.#ambient.current()
    // On SQLite a statement costs no round trip, only a commit.
    if (transaction) return this.kind === 'postgres' ? transaction : undefined
    const batch = this.#batches.getStore()
    return batch?.ended === false ? batch : undefined
  }

  /** Sends the pending writes with `first`, in one statement or commit; returns the number of rows of each. */
  async #flush(scope: AmbientTransaction | Batch, ...first: readonly PendingWrite[]): Promise<readonly number[]> {
    const writes = [...first, ...scope.pending]
    scope.pending = []
    if (!('lastFlush' in scope)) return this.#sendTogether(writes, first[0])
    const sent = this.#sendTogether(writes, first[0])
    scope.lastFlush = sent.catch((error: unknown) => {
      scope.failure ??= { error }
    })
    return sent
  }

  async #sendTogether(writes: readonly PendingWrite[], first?: PendingWrite): Promise<readonly number[]> {
    const [only] = writes
    if (only === undefined) return []
    const counts: number[] = []
    if (this.kind === 'sqlite') counts.push(...(await this.#sendAtOnce(writes, first)))
    else if (writes.length === 1) counts.push((await this.#send(only, first?.sql ?? '')).count)
    else {
      const { rows } = await this.#send(combineStatements(writes), first?.sql ?? '')
      counts.push(...Object.values(rows[0] ?? {}).map(Number))
    }
    for (const [index, { onCount }] of writes.entries()) onCount?.(counts[index] ?? 0)
    return counts
  }

  /** Statements of one tick share a commit. */
  async #sendAtOnce(writes: readonly PendingWrite[], first?: PendingWrite): Promise<readonly number[]> {
    const results = await Promise.allSettled(writes.map((write) => this.#send(write, write === first ? write.sql : '')))
    return results.map((result) => {
      if (result.status === 'rejected') throw result.reason
      return result.value.count
    })
  }

  /** @param change - the part of the statement that may have changed rows, which the request then reads again */
  async #send(statement: Statement, change = statement.sql): Promise<StatementResult> {
    const { sql } = statement
    const sent = this.#rewriteTableNames ? { ...statement, sql: this.#rewriteTableNames(sql) } : statement
    const transaction = this.#ambient.current()
    const changesRecent = this.#recent.isChangedBy(sql)
    if (changesRecent && transaction) {
      transaction.changesRecent = true
      transaction.afterEnd ??= () => this.#afterEnd(transaction)
    }
    try {
      return await trace(tracedStatements, { sql, kind: this.kind }, () => this.#statements.run(sent, transaction))
    } catch (error) {
      throw isMissingTable(error)
        ? dataSourceError('not_migrated', missingTableMessage, error)
        : (toUnavailableError(error) ?? error)
    } finally {
      if (change !== '') this.#unitOfWork.forget(change)
      if (changesRecent) this.#recent.clear()
    }
  }

  /**
   * Commits all writes made in `work` together or rolls them back. Statements find their transaction by their asynchronous
   * context; nested calls join it. `work` must await every statement: later ones are rejected. On SQLite a transaction blocks
   * all other work, which waits at most 10 seconds, and may share the commit of earlier writes, so `work` must wait only for its
   * own statements.
   */
  readonly transaction: Transaction = async (work) => {
    if (this.#ambient.current() !== undefined) return work()
    const batch = this.#scope()
    if (batch) await this.#flush(batch)
    let callbackError: unknown
    const runWork = async () => {
      try {
        return await work()
      } catch (error) {
        // The callback's error may also have a system code, such as a file system error.
        callbackError = error
        throw error
      }
    }
    try {
      return await this.#unitOfWork.isolate(() => this.#dataSource.transaction(runWork))
    } catch (error) {
      throw error === callbackError ? error : (toUnavailableError(error) ?? error)
    }
  }

  /** The last statements of a transaction. The version comes last, because other transactions wait for its row. */
  async #finish(transaction: AmbientTransaction): Promise<void> {
    await this.#flush(transaction)
    if (!transaction.changesCache) return
    await this.#send(changeVersion(this.kind))
  }

  #afterEnd({ changesCache, changesRecent }: AmbientTransaction): void {
    if (changesCache) this.#cache.clear()
    // Another request may have read the rows before the commit.
    if (changesRecent) this.#recent.clear()
  }

  /**
   * Blocks other writers of the table until the transaction ends. On SQLite a transaction already blocks all other work.
   * Throws outside a transaction, where the lock would have no effect.
   */
  async lockTable(table: string): Promise<void> {
    if (this.#ambient.current() === undefined) throw new TypeError('A table can be locked only within a transaction')
    if (this.kind === 'postgres') {
      await this.execute(`LOCK TABLE ${this.#dataSource.driver.escape(table)} IN SHARE ROW EXCLUSIVE MODE`)
    }
  }
}

const databases = new WeakMap<DataSource, Database>()

/**
 * Returns the {@link Database} of an initialized `DataSource`. There is one per `DataSource`, so that all stores share its
 * transactions. On SQLite it modifies the `DataSource`: from then on all access through it is serialized.
 *
 * @throws ConfigurationError if the `DataSource` is not initialized or is of another kind.
 */
export function databaseOf(dataSource: DataSource): Database {
  const cached = databases.get(dataSource)
  if (cached !== undefined) return cached
  assertSupportedTypeorm(dataSource ?? {})
  if (!dataSource?.isInitialized) throw dataSourceError('not_initialized', 'The DataSource must be initialized first.')
  const ambient = new AmbientTransactions()
  const database = new Database({ dataSource, ambient, ...createStatements(dataSource, ambient) })
  ambient.install(dataSource.manager)
  databases.set(dataSource, database)
  return database
}
