import type { LdapPerson, LdapProblem } from '../answer.ts'
import type { LdapOptions } from './options.ts'
import { readPerson } from './people.ts'
import { Problems } from './problems.ts'
import type { EntryResponse } from './protocol/response.ts'
import { queriesOf } from './queries.ts'
import type { EntrySearch } from './search-entries.ts'
import { LdapSession } from './session.ts'
import { idOf, textOf, valuesOf } from './values.ts'
import { timeToTest, withTimeout } from './within-time.ts'

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
 * Runs a test search (RFC 4511 §4.5.1): the first users and groups, at most `most` of each, as an import would read them.
 *
 * @throws LdapError @throws the reason of `signal`
 *
 * @example
 * ```ts
 * const { people, problems } = await searchLdapSample(options, 5, AbortSignal.timeout(30_000))
 * ```
 */
export function searchLdapSample(options: LdapOptions, most: number, signal: AbortSignal): Promise<LdapSample> {
  return withTimeout(timeToTest(options), signal, async (either) => {
    const queries = queriesOf(options)
    const problems = new Problems()
    const { attributes } = options
    using session = await LdapSession.open(options, either)
    const people: LdapPerson[] = []
    for (const entry of await first(session, queries.people, most, problems)) {
      const person = readPerson(entry, attributes, problems.about(entry.dn))
      if (person) people.push(person)
    }
    const groups: LdapSampleGroup[] = []
    const query = queries.groups
    if (query === undefined) return { people, groups, problems: problems.list() }
    for (const entry of await first(session, query, most, problems)) {
      const report = problems.about(entry.dn)
      const id = idOf(entry, query.groupId, report)
      const name = textOf(entry, attributes.groupName, report)
      const members = valuesOf(entry, query.member).length + ranged(entry, query.member)
      if (id !== undefined) groups.push({ dn: entry.dn, id, ...(name !== undefined && { name }), members })
    }
    return { people, groups, problems: problems.list() }
  })
}

async function first(
  session: LdapSession,
  search: EntrySearch,
  most: number,
  problems: Problems,
): Promise<EntryResponse[]> {
  const entries: EntryResponse[] = []
  for await (const found of session.sample({ ...search, scope: 'sub', pageSize: most }, most)) {
    // A server may return more than requested.
    if (entries.length >= most) continue
    if (found.kind === 'entry') entries.push(found)
    else if (found.kind === 'oversize') problems.about(found.dn)('value_too_large')
  }
  return entries
}

function ranged(entry: EntryResponse, attribute: string): number {
  const beginning = `${attribute.toLowerCase()};range=`
  return [...entry.attributes].find(([name]) => name.startsWith(beginning))?.[1].length ?? 0
}
