import {
  type ClientFilter,
  type ClientList,
  type ClientListRequest,
  type ClientScope,
  type ClientSort,
  clientFilters,
  type ListedClient,
  nameKey,
  offsetOf,
} from '../clients/client-list.ts'
import { apiGrantTable } from './api.table.ts'
import { clientGroupTable, clientTable } from './client.table.ts'
import { toClientRecord } from './client-record.ts'
import { consentTable } from './consent.table.ts'
import type { Database, DatabaseKind } from './database.ts'
import { jsonList } from './json-list.ts'
import type { Parameter } from './parameter.ts'
import { TableRows } from './table-rows.ts'

const clients = new TableRows(clientTable)
const groups = new TableRows(clientGroupTable)
const apiGrants = new TableRows(apiGrantTable)
const consents = new TableRows(consentTable)

const filterColumns: Readonly<Record<ClientFilter, string>> = {
  pkceRequired: 'pkce_required',
  pkceSupported: 'pkce_supported',
  requiresReauthentication: 'requires_reauthentication',
  requiresPushedAuthorizationRequests: 'requires_pushed_authorization_requests',
  skipConsent: 'skip_consent',
  isGroupRestricted: 'is_group_restricted',
  type: 'client_type',
  hasLaunchUrl: `(launch_url IS NOT NULL OR COALESCE(protocol, '') LIKE '%"initiateLoginUri":"%')`,
}

const sortColumns: Readonly<Record<ClientSort, string>> = {
  ...filterColumns,
  createdAt: 'created_at',
  name: 'name_key',
  allowedGroupCount: 'allowed_group_count',
  lastUsedAt: 'consent_used_at',
}

const textSorts = new Set<ClientSort>(['name', 'type'])

/** Runs one statement that counts and one that reads. */
export async function queryClientPage(database: Database, request: ClientListRequest): Promise<ClientList> {
  const query = new ClientQuery(database.kind)
  const from = `${clients.table} ${query.join(request.scope)}`
  const filtered = `${from} WHERE ${query.conditions(request)}`
  const [countRow] = await database.query<{ total: string | number }>(
    `SELECT COUNT(*) AS total FROM ${filtered}`,
    query.parameters,
  )
  const total = Number(countRow?.total ?? 0)
  const { offset, size, fromEnd: isReversed } = pageWindow(request, total)
  const groupCount = `(SELECT COUNT(*) FROM ${groups.table} WHERE client_id = id) AS allowed_group_count`
  const sortExpression = request.sort?.by === 'allowedGroupCount' ? `, ${groupCount}` : ''
  // Selects only IDs first: client rows are wide, and skipped rows need not be read or sorted in full.
  const select = `SELECT ${clients.columns}, ${query.consentColumns(request.scope)}, ${groupCount} FROM ${from}
    WHERE id IN (SELECT id FROM (SELECT id${sortExpression} FROM ${filtered}
      ORDER BY ${query.order(request, isReversed)} LIMIT ${query.parameter(size)} OFFSET ${query.parameter(offset)}) AS chosen)
    ORDER BY ${query.order(request)}`
  const found = await database.query<ClientPageRow>(select, query.parameters)
  return { items: Array.from(found, toListedClient), total }
}

/** Pages in the second half are read from the end. */
function pageWindow(request: ClientListRequest, total: number) {
  const before = offsetOf(request, total)
  const size = Math.min(request.limit, total - before)
  const after = total - before - size
  return after < before ? { offset: after, size, fromEnd: true } : { offset: before, size, fromEnd: false }
}

interface ClientPageRow {
  readonly allowed_group_count: string | number
  readonly consent_scopes: string | null
  readonly consent_used_at: string | number | null
}

function toListedClient(row: ClientPageRow): ListedClient {
  const client = toClientRecord(clients.read(row))
  const { consent_scopes: scopes, consent_used_at: usedAt } = row
  return {
    client,
    allowedGroupCount: Number(row.allowed_group_count),
    consent: scopes === null ? null : { scopes: JSON.parse(scopes), updatedAt: Number(usedAt) },
  }
}

/** The parts of the statement and its parameters, in placeholder order. */
class ClientQuery {
  readonly parameters: Parameter[] = []
  readonly #kind: DatabaseKind

  constructor(kind: DatabaseKind) {
    this.#kind = kind
  }

  parameter(value: Parameter): string {
    this.parameters.push(value)
    return `$${this.parameters.length}`
  }

  /** Joins the account's consents under aliases that no client column uses. */
  join(scope: ClientScope): string {
    if (!('accountId' in scope)) return ''
    const accountConsents = `(SELECT client_id AS consent_client_id, scopes AS consent_scopes, updated_at AS consent_used_at
      FROM ${consents.table} WHERE account_id = ${this.parameter(scope.accountId)})`
    return `${scope.of === 'consented' ? 'JOIN' : 'LEFT JOIN'} ${accountConsents} AS consent ON consent_client_id = id`
  }

  consentColumns(scope: ClientScope): string {
    return !('accountId' in scope)
      ? 'NULL AS consent_scopes, NULL AS consent_used_at'
      : 'consent_scopes, consent_used_at'
  }

  conditions({ scope, filters, search, onlyIds }: ClientListRequest): string {
    const conditions = clientFilters.flatMap((name) => this.#filterConditions(name, filters[name] ?? []))
    if (search !== '') conditions.push(this.#searchCondition(search, !('accountId' in scope)))
    // PostgreSQL text cannot contain NUL, so no client has such an ID.
    const ids = onlyIds?.filter((id) => !id.includes('\0'))
    if (ids) conditions.push(`id IN ${jsonList(this.#kind, this.parameter(JSON.stringify(ids)))}`)
    if (scope.of === 'usable')
      conditions.push(`(NOT is_group_restricted OR EXISTS (SELECT 1 FROM ${groups.table} WHERE client_id = id
        AND group_id IN ${jsonList(this.#kind, this.parameter(JSON.stringify(scope.groupIds)))}))`)
    if ('apiId' in scope)
      conditions.push(`${scope.of === 'granted' ? '' : 'NOT '}EXISTS (SELECT 1 FROM ${apiGrants.table}
        WHERE client_id = id AND api_id = ${this.parameter(scope.apiId)})`)
    return conditions.length === 0 ? 'TRUE' : conditions.join(' AND ')
  }

  /** `hostsOf` is the same for a client in memory. */
  #searchCondition(search: string, includesHosts: boolean): string {
    const isMatch = `LIKE ${this.parameter(`%${escapeLike(nameKey(search))}%`)} ESCAPE '!'`
    if (!includesHosts) return `name_key ${isMatch}`
    const [elements, protectedHosts, host] =
      this.#kind === 'postgres'
        ? [
            'json_array_elements_text(CAST(redirect_uris AS json)) AS uris(value)',
            `json_array_elements_text(CAST(protocol AS json)->'protectedHosts') AS hosts(value)`,
            `split_part(url, '/', 3)`,
          ]
        : [
            'json_each(redirect_uris)',
            `json_each(protocol, '$.protectedHosts')`,
            `substr(url, instr(url, '//') + 2, instr(substr(url, instr(url, '//') + 2) || '/', '/') - 1)`,
          ]
    return `(name_key ${isMatch} OR EXISTS (SELECT 1 FROM (SELECT value AS url FROM ${elements} UNION ALL
      SELECT 'https://' || value FROM ${protectedHosts} UNION ALL SELECT launch_url) AS urls
      WHERE url LIKE '%://%' AND LOWER(${host}) ${isMatch}))`
  }

  order({ sort }: ClientListRequest, isReversed = false): string {
    // The unused ones follow by name.
    const names = sort?.by === 'lastUsedAt' ? [this.#byteOrder('name_key')] : []
    const tieBreakers = [...names, 'created_at', this.#byteOrder('id')].map(
      (column) => `${column} ${isReversed ? 'DESC' : 'ASC'}`,
    )
    if (sort === null) return tieBreakers.join(', ')
    const column = textSorts.has(sort.by) ? this.#byteOrder(sortColumns[sort.by]) : sortColumns[sort.by]
    const direction = sort.descending === isReversed ? 'ASC' : 'DESC'
    return [`${column} ${direction} NULLS ${isReversed ? 'FIRST' : 'LAST'}`, ...tieBreakers].join(', ')
  }

  #filterConditions(name: ClientFilter, values: readonly Parameter[]): string[] {
    if (values.length === 0) return []
    const validValues = [...new Set(values)].filter(
      (value) => typeof value === (name === 'type' ? 'string' : 'boolean'),
    )
    if (validValues.length === 0) return ['FALSE']
    return [`${filterColumns[name]} IN (${validValues.map((value) => this.parameter(value)).join(', ')})`]
  }

  /** SQLite compares bytes; PostgreSQL uses the collation of its database. */
  #byteOrder(column: string): string {
    return this.#kind === 'postgres' ? `${column} COLLATE "C"` : column
  }
}

function escapeLike(text: string): string {
  return text.replaceAll(/[!%_]/g, '!$&')
}
