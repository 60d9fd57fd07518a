import type { DatabaseKind, Parameter } from '@pocket/core/internal/sql'
import type { PageRequest } from '../page.ts'
import { lastingAt, listed } from './ids.ts'
import type { Listing } from './listing.ts'

/** Up to this many rows are collected and sorted at once: scanning an index in sort order may find the first match late. */
export const some = 20_000

export interface Statement {
  readonly text: string
  readonly parameters: readonly Parameter[]
}

/** ` WHERE ...`, or nothing without conditions. `:now` stands for the current time. */
export function conditionOf(kind: DatabaseKind, { table, searched, flags }: Listing, request: PageRequest): Statement {
  const texts: string[] = []
  const parameters: Parameter[] = []
  const term = request.search.normalize('NFC').toLowerCase()
  if (term !== '') {
    // PostgreSQL text cannot contain NUL, so no row matches.
    if (term.includes('\0')) texts.push('1 = 0')
    else texts.push(search(kind, searched, term, parameters))
  }
  for (const [name, column] of flags ?? []) {
    const values = request.filters[name] ?? []
    const [yes, no] = [values.some(isTrue), values.some(isFalse)]
    if (values.length === 0 || (yes && no)) continue
    texts.push(yes || no ? `${column} = $${parameters.push(yes)}` : '1 = 0')
  }
  if (request.memberOf !== undefined) {
    const { groupId, count } = request.memberOf
    const inGroup = `FROM pocket_membership WHERE group_id = $${parameters.push(groupId)} AND ${lastingAt(':now')}`
    // Small groups are looked up by ID; for large groups, a scan finds the next member quickly.
    if (count <= some) texts.push(`id IN (SELECT user_id ${inGroup})`)
    else texts.push(`EXISTS (SELECT 1 ${inGroup} AND user_id = ${table}.id)`)
  }
  if (request.without !== undefined) {
    const others = listed(kind, `$${parameters.push(JSON.stringify(request.without))}`)
    // A set operation runs once with a hash; NOT IN would scan a long list for each row.
    texts.push(`id IN (SELECT id FROM ${table} EXCEPT SELECT value FROM ${others})`)
  }
  if (request.among !== undefined) {
    const chosen = listed(kind, `$${parameters.push(JSON.stringify(request.among))}`)
    texts.push(`id IN (SELECT value FROM ${chosen})`)
  }
  return { text: texts.length === 0 ? '' : ` WHERE ${texts.join(' AND ')}`, parameters }
}

/** Searches for the term literally, with all wildcards escaped. */
function search(kind: DatabaseKind, searched: string, term: string, parameters: Parameter[]): string {
  if (kind === 'sqlite') return `instr(${searched}, $${parameters.push(term)}) > 0`
  // Not strpos, which repeats its preparation for every row and takes twice as long.
  return `${searched} LIKE $${parameters.push(`%${term.replaceAll(/[\\%_]/g, '\\$&')}%`)}`
}

function isTrue(value: string | number | boolean): boolean {
  return value === true || value === 1
}

function isFalse(value: string | number | boolean): boolean {
  return value === false || value === 0
}
