import { argumentChecks } from '@pocket/core/internal'
import type { LdapPerson, LdapProblem } from '../ldap-entries.ts'
import { type LdapOptions, ldapOptions } from './options.ts'
import { readPerson } from './people.ts'
import { Problems } from './problems.ts'
import type { EntryResponse } from './protocol/response.ts'
import { buildQueries } from './queries.ts'
import type { EntrySearch } from './search-entries.ts'
import { LdapSession } from './session.ts'
import { idOf, textOf, valuesOf } from './values.ts'
import { testTimeout, withTimeout } from './with-timeout.ts'

/** A group in a test search. */
export interface LdapSampleGroup {
  readonly dn: string
  readonly id: string
  readonly name?: string
  /** The number of member values, resolved or not. Active Directory returns at most 1,500 of a larger group. */
  readonly members: number
}

/** The first entries of a directory, for an administrator who checks the settings. */
export interface LdapSample {
  readonly people: readonly LdapPerson[]
  readonly groups: readonly LdapSampleGroup[]
  readonly problems: readonly LdapProblem[]
}

/**
 * Runs a test search (RFC 4511 §4.5.1): the first users and groups, at most `limit` of each, as an import would read them.
 *
 * @throws LdapError @throws the reason of `signal`
 *
 * @example
 * ```ts
 * const { people, problems } = await searchLdapSample(options, 5, AbortSignal.timeout(30_000))
 * ```
 */
export async function searchLdapSample(options: LdapOptions, limit: number, signal: AbortSignal): Promise<LdapSample> {
  ldapOptions(options)
  argumentChecks.number('limit')(limit)
  return withTimeout(testTimeout(options), signal, async (combinedSignal) => {
    const queries = buildQueries(options)
    const problems = new Problems()
    const { attributes } = options
    using session = await LdapSession.open(options, combinedSignal)
    const people: LdapPerson[] = []
    for (const entry of await readFirst(session, queries.people, limit, problems)) {
      const person = readPerson(entry, attributes, problems.reporterFor(entry.dn))
      if (person) people.push(person)
    }
    const groups: LdapSampleGroup[] = []
    const query = queries.groups
    if (query === undefined) return { people, groups, problems: problems.list() }
    for (const entry of await readFirst(session, query, limit, problems)) {
      const report = problems.reporterFor(entry.dn)
      const id = idOf(entry, query.groupId, report)
      const name = textOf(entry, attributes.groupName, report)
      const members = valuesOf(entry, query.member).length + countRangedMembers(entry, query.member)
      if (id !== undefined) groups.push({ dn: entry.dn, id, ...(name !== undefined && { name }), members })
    }
    return { people, groups, problems: problems.list() }
  })
}

async function readFirst(
  session: LdapSession,
  search: EntrySearch,
  limit: number,
  problems: Problems,
): Promise<EntryResponse[]> {
  const entries: EntryResponse[] = []
  for await (const response of session.sample({ ...search, scope: 'sub', pageSize: limit }, limit)) {
    // A server may return more than requested.
    if (entries.length >= limit) continue
    if (response.kind === 'entry') entries.push(response)
    else if (response.kind === 'oversize') problems.reporterFor(response.dn)('value_too_large')
  }
  return entries
}

function countRangedMembers(entry: EntryResponse, attribute: string): number {
  const prefix = `${attribute.toLowerCase()};range=`
  return [...entry.attributes].find(([name]) => name.startsWith(prefix))?.[1].length ?? 0
}
