import { type Database, type DatabaseKind, type Parameter, TableRows } from '@pocket/core/internal/sql'
import { readPage } from '../database/read-page.ts'
import { internalNetwork } from '../geoip/location.ts'
import type { FilterValue, ListRequest, Page } from '../http/api/list.ts'
import { auditTable } from './audit-entry.table.ts'
import type { AuditEntry } from './audit-entry.ts'
import { searchTerm } from './search-key.ts'

/** An account in the audit log, with its most recent name there. */
export interface NamedAccount {
  readonly id: string
  readonly name: string
}

export interface AuditQuery {
  /** The account to filter by; `null` for all accounts. */
  readonly accountId: string | null
  /** The first and the last instant, in milliseconds since the Unix epoch; `null` for no limit. */
  readonly from: number | null
  readonly to: number | null
  readonly filters: ListRequest['filters']
  readonly search: string
}

const rows = new TableRows(auditTable)

const sql = {
  append: `${rows.insert} ON CONFLICT (repetition) DO UPDATE SET
    occurrences = ${rows.table}.occurrences + 1, last_at = excluded.last_at, last = excluded.last`,
  hasSignedInFrom: `SELECT 1 AS found FROM ${rows.table} WHERE account_id = $1 AND event IN ('SIGN_IN', 'TOKEN_SIGN_IN')
    AND COALESCE(ip_address, '') = $2 AND COALESCE(user_agent, '') = $3 LIMIT 1`,
  lastAccountName: `SELECT account_name AS name FROM ${rows.table}
    WHERE account_id = $1 AND account_name IS NOT NULL ORDER BY created_at DESC, id DESC LIMIT 1`,
  lastClientName: `SELECT client_name AS name FROM ${rows.table}
    WHERE client_id = $1 AND client_name IS NOT NULL ORDER BY created_at DESC, id DESC LIMIT 1`,
  clientNames: `SELECT DISTINCT client_name AS name FROM ${rows.table} WHERE client_name IS NOT NULL`,
  accounts: (position: 'instr' | 'strpos') => `SELECT account_id AS id, account_name AS name, MAX(created_at) AS at
    FROM ${rows.table} WHERE account_id IS NOT NULL AND ${position}(LOWER(account_name), $1) > 0
    GROUP BY account_id, account_name ORDER BY at DESC LIMIT $2`,
}

interface NameRow {
  readonly name: string
}

/** Stores the audit log. Every method joins the running transaction. */
export function createAuditLogStore(database: Database) {
  const order = ({ sort }: PageRequest): string => {
    switch (sort?.column) {
      case 'createdAt': {
        const direction = sort.descending ? 'DESC' : 'ASC'
        return `created_at ${direction}, id ${direction}`
      }
      case 'event':
        return `${bytes('event')} ${sort.descending ? 'DESC' : 'ASC'}, ${newestFirst}`
      case 'ipAddress':
        return `${bytes('ip_address')} ${sort.descending ? 'DESC' : 'ASC'} NULLS LAST, ${newestFirst}`
      case 'userAgent':
        return `${bytes('user_agent')} ${sort.descending ? 'DESC' : 'ASC'} NULLS LAST, ${newestFirst}`
      case 'country':
      case 'city': {
        const direction = sort.descending ? 'DESC' : 'ASC'
        // Sorts unknown locations last.
        return `${bytes(`NULLIF(${sort.column}, '')`)} ${direction} NULLS LAST, ${newestFirst}`
      }
      default:
        return newestFirst
    }
  }

  /** SQLite compares bytes; PostgreSQL uses the collation of the database. */
  const bytes = (column: string): string => (database.kind === 'postgres' ? `${column} COLLATE "C"` : column)

  return {
    /** Adds an entry, or increments the counter of an entry with the same repetition key. */
    async append(entry: AuditEntry): Promise<void> {
      const { ipAddress, userAgent, country, city } = entry
      // `last` is not needed for the first occurrence, but the statement cannot detect which occurrence is the first.
      const last = entry.repetition === null ? entry.last : { ipAddress, userAgent, country, city }
      const row = entry.repetition ?? entry.id
      await database.executeLater({ sql: sql.append, parameters: rows.values({ ...entry, last }), row })
    },

    /** Adds entries without repetition keys in one statement. */
    async appendAll(entries: readonly AuditEntry[]): Promise<void> {
      if (entries.length === 0) return
      const records = JSON.stringify(entries.map((entry) => rows.record(entry)))
      await database.execute(rows.insertProvided(database.kind), [records])
    },

    /** A page of entries, newest first by default. */
    list: (query: AuditQuery, request: PageRequest): Promise<Page<AuditEntry>> =>
      readPage(database, rows, { ...conditionOf(database.kind, query), orderBy: order(request) }, request),

    /** Whether the account has signed in before from this IP address with this browser. */
    async hasSignedInFrom(
      accountId: string,
      { ipAddress, userAgent }: Pick<AuditEntry, 'ipAddress' | 'userAgent'>,
    ): Promise<boolean> {
      const origin = [ipAddress ?? '', userAgent ?? '']
      return (await database.query(sql.hasSignedInFrom, [accountId, ...origin])).length > 0
    },

    /** At most `limit` entries, newest first, starting after `after` if given. */
    async next(query: AuditQuery, limit: number, after?: Cursor): Promise<readonly AuditEntry[]> {
      const { where, parameters } = conditionOf(database.kind, query)
      const bind = (value: Parameter) => `$${parameters.push(value)}`
      const afterCursor = after ? ` AND (created_at, id) < (${bind(after.createdAt)}, ${bind(after.id)})` : ''
      const records = await database.query(
        `${rows.select} WHERE ${where}${afterCursor} ORDER BY ${newestFirst} LIMIT ${bind(limit)}`,
        parameters,
      )
      return rows.all(records)
    },

    lastAccountName: async (accountId: string): Promise<string | null> =>
      (await database.query<NameRow>(sql.lastAccountName, [accountId]))[0]?.name ?? null,
    lastClientName: async (clientId: string): Promise<string | null> =>
      (await database.query<NameRow>(sql.lastClientName, [clientId]))[0]?.name ?? null,

    async clientNames(): Promise<readonly string[]> {
      const records = await database.query<NameRow>(sql.clientNames)
      return Array.from(records, ({ name }) => name).sort()
    },

    /** The accounts of the newest entries whose user names contain the text. */
    async accounts(search: string, limit: number): Promise<readonly NamedAccount[]> {
      const statement = sql.accounts(database.kind === 'sqlite' ? 'instr' : 'strpos')
      const records = await database.query<NamedAccount>(statement, [search.toLowerCase(), limit])
      // Rows are sorted by time, so the newest name of each account wins.
      return Array.from(new Map(records.toReversed().map(({ id, name }) => [id, name])), ([id, name]) => ({ id, name }))
    },
  }
}

export type AuditLogStore = ReturnType<typeof createAuditLogStore>

const newestFirst = 'created_at DESC, id DESC'

type PageRequest = Pick<ListRequest, 'page' | 'limit' | 'sort'>
type Cursor = Pick<AuditEntry, 'id' | 'createdAt'>

/** Each list of values is one parameter, so that few distinct statements exist and they stay prepared. */
function conditionOf(kind: DatabaseKind, { accountId, from, to, filters, search }: AuditQuery) {
  const parameters: Parameter[] = []
  const bind = (value: Parameter) => `$${parameters.push(value)}`
  const listCondition = (column: string, values: readonly FilterValue[] = []) => {
    if (values.length === 0) return []
    const placeholder = bind(JSON.stringify(values.map(String)))
    const list =
      kind === 'sqlite' ? `json_each(${placeholder})` : `json_array_elements_text(${placeholder}::json) AS list(value)`
    return [`${column} IN (SELECT value FROM ${list})`]
  }
  const term = searchTerm(search)
  const clauses = [
    ...(accountId === null ? [] : [`account_id = ${bind(accountId)}`]),
    // Includes repeated events that started before the range and continued into it.
    ...(from === null ? [] : [`last_at >= ${bind(from)}`]),
    ...(to === null ? [] : [`created_at <= ${bind(to)}`]),
    ...listCondition('id', filters.id),
    ...listCondition('event', filters.event),
    ...listCondition('account_id', filters.userID),
    ...listCondition('client_id', filters.clientID),
    ...listCondition('client_name', filters.clientName),
    ...locationCondition(filters.location),
    // Plain substring search: LIKE would treat some characters as wildcards.
    ...(term === '' ? [] : [`${kind === 'sqlite' ? 'instr' : 'strpos'}(searched, ${bind(term)}) > 0`]),
  ]
  return { where: clauses.length === 0 ? '1 = 1' : clauses.join(' AND '), parameters }
}

/** Filters by internal or external network; entries without an IP address or location match neither. */
function locationCondition(locations: readonly FilterValue[] = []): readonly string[] {
  if (locations.length === 0) return []
  const alternatives = [...new Set(locations.map(String))].map((location) => {
    if (location === 'internal') return `country = '${internalNetwork}'`
    return location === 'external' ? `(country <> '${internalNetwork}' AND ip_address IS NOT NULL)` : '1 = 0'
  })
  return [`(${alternatives.join(' OR ')})`]
}
