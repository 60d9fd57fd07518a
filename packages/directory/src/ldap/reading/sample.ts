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

/** A group as a test search shows it. */
export interface LdapSampleGroup {
  readonly dn: string
  readonly id: string
  readonly name?: string
  /** How many members it names, whoever they are. Of groups of thousands Active Directory says the first 1,500. */
  readonly members: number
}

/** The first of what a directory has, in words of a person who checks the settings. */
export interface LdapSample {
  readonly people: readonly LdapPerson[]
  readonly groups: readonly LdapSampleGroup[]
  readonly problems: readonly LdapProblem[]
}

/**
 * A test search (RFC 4511 §4.5.1): the first people and groups, each at most `most`, as they would be read.
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
    // A server need not keep to what was asked for.
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
