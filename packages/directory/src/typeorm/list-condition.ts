import type { DatabaseKind, Parameter } from '@pocket/core/internal/sql'
import { isId } from '../id.ts'
import type { PageRequest } from '../page.ts'
import type { Listing } from './listing.ts'
import { jsonArrayTable, notExpiredAt } from './sql-conditions.ts'

/** Up to this many rows are collected and sorted at once: scanning an index in sort order may find the first match late. */
export const maxSortedRows = 20_000

/** The maximum number of search conditions, and of distinct statements. */
const maxWords = 4

export interface Statement {
  readonly text: string
  readonly parameters: readonly Parameter[]
}

/** ` WHERE ...`, or nothing without conditions. `:now` stands for the current time. */
export function buildCondition(
  kind: DatabaseKind,
  { table, searchColumn, filterColumns }: Listing,
  request: PageRequest,
): Statement {
  const conditions: string[] = []
  const parameters: Parameter[] = []
  for (const word of searchWords(request.search)) {
    // PostgreSQL text cannot contain NUL, so no row matches.
    if (word.includes('\0')) conditions.push('1 = 0')
    else conditions.push(searchCondition(kind, searchColumn, word, parameters))
  }
  for (const [name, column] of filterColumns ?? []) {
    const values = request.filters[name] ?? []
    const [includesTrue, includesFalse] = [values.some(isTrue), values.some(isFalse)]
    if (values.length === 0 || (includesTrue && includesFalse)) continue
    conditions.push(includesTrue || includesFalse ? `${column} = $${parameters.push(includesTrue)}` : '1 = 0')
  }
  if (request.memberOf !== undefined) {
    const { groupId, count } = request.memberOf
    const memberRows = `FROM pocket_membership WHERE group_id = $${parameters.push(groupId)} AND ${notExpiredAt(':now')}`
    // Small groups are looked up by ID; for large groups, a scan finds the next member quickly.
    if (count <= maxSortedRows) conditions.push(`id IN (SELECT user_id ${memberRows})`)
    else conditions.push(`EXISTS (SELECT 1 ${memberRows} AND user_id = ${table}.id)`)
  }
  if (request.excludedIds !== undefined) {
    const excluded = jsonArrayTable(kind, `$${parameters.push(JSON.stringify(request.excludedIds.filter(isId)))}`)
    // A set operation runs once with a hash; NOT IN would scan a long list for each row.
    conditions.push(`id IN (SELECT id FROM ${table} EXCEPT SELECT value FROM ${excluded})`)
  }
  if (request.onlyIds !== undefined) {
    const included = jsonArrayTable(kind, `$${parameters.push(JSON.stringify(request.onlyIds.filter(isId)))}`)
    conditions.push(`id IN (SELECT value FROM ${included})`)
  }
  return { text: conditions.length === 0 ? '' : ` WHERE ${conditions.join(' AND ')}`, parameters }
}

/** Words that a row must all contain, so that "first last" finds a user; more than a few are searched as one string. */
function searchWords(search: string): readonly string[] {
  const words = search.normalize('NFC').toLowerCase().split(/\s+/).filter(Boolean)
  return [...words.slice(0, maxWords - 1), words.slice(maxWords - 1).join(' ')].filter((word) => word !== '')
}

/** Searches for the term literally, with all wildcards escaped. */
function searchCondition(kind: DatabaseKind, searchColumn: string, term: string, parameters: Parameter[]): string {
  if (kind === 'sqlite') return `instr(${searchColumn}, $${parameters.push(term)}) > 0`
  // Not strpos, which repeats its preparation for every row and takes twice as long.
  return `${searchColumn} LIKE $${parameters.push(`%${term.replaceAll(/[\\%_]/g, '\\$&')}%`)}`
}

function isTrue(value: string | number | boolean): boolean {
  return value === true || value === 1
}

function isFalse(value: string | number | boolean): boolean {
  return value === false || value === 0
}
