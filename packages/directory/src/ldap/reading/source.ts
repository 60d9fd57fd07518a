import { PresenceFilter } from 'ldapts'
import type { LdapAnswer, LdapGroup, LdapPerson, LdapSource } from '../answer.ts'
import { Distinct } from './distinct.ts'
import { nameKey } from './dn.ts'
import { beginGroup, finishGroup, type GroupPart } from './groups.ts'
import { Memberships } from './memberships.ts'
import { type LdapOptions, limitsOf, type ResolvedLimits } from './options.ts'
import { readPerson } from './people.ts'
import { primaryGroupAttributes, primaryGroupOf } from './primary-group.ts'
import { Problems } from './problems.ts'
import type { EntryResponse } from './protocol/response.ts'
import { type Queries, queriesOf } from './queries.ts'
import { Roster } from './roster.ts'
import { type EntrySearch, EntrySearcher } from './search-entries.ts'
import { LdapSession } from './session.ts'
import { idOf, textOf } from './values.ts'
import { readTimeout, withTimeout } from './within-time.ts'

/**
 * Reads users and groups from an LDAP directory (RFC 4511 §4.5), page by page (RFC 2696 §3). Read-only.
 *
 * @example
 * ```ts
 * const source = ldapSource({
 *   url: 'ldaps://ldap.example.com',
 *   base: 'dc=example,dc=com',
 *   attributes: { userId: 'entryUUID', userName: 'uid', email: 'mail' },
 * })
 * const { people, groups, problems } = await source.read(AbortSignal.timeout(60_000))
 * ```
 */
export function ldapSource(options: LdapOptions): LdapSource {
  return {
    read: (signal) =>
      withTimeout(readTimeout(options), signal, async (either) => {
        const queries = queriesOf(options)
        using session = await LdapSession.open(options, either)
        return await new Reading(session, options, queries).everything()
      }),
  }
}

/** A group whose members are not yet resolved to identifiers. */
interface NamedGroup {
  readonly dn: string
  readonly id: string
  readonly name: string | undefined
}

class Reading {
  readonly #options: LdapOptions
  readonly #queries: Queries
  readonly #limits: ResolvedLimits
  readonly #problems = new Problems()
  readonly #searcher: EntrySearcher
  readonly #roster: Roster
  #pictureBytes = 0

  constructor(session: LdapSession, options: LdapOptions, queries: Queries) {
    this.#options = options
    this.#queries = queries
    this.#limits = limitsOf(options)
    this.#searcher = new EntrySearcher(session, this.#limits, this.#problems)
    this.#roster = new Roster(queries.people.base, options.attributes.userName)
  }

  async everything(): Promise<LdapAnswer> {
    const people = await this.#people()
    const groups = await this.#groups()
    return { people, groups, problems: this.#problems.list() }
  }

  async #people(): Promise<LdapPerson[]> {
    const people = new Distinct<LdapPerson>((dn, detail) => this.#problems.about(dn)('id_duplicate', detail))
    for await (const entry of this.#searcher.all(this.#queries.people)) {
      const read = readPerson(entry, this.#options.attributes, this.#problems.about(entry.dn))
      if (read === undefined) continue
      // A user with two entries is the same member under either name.
      this.#roster.add(read)
      const primary = primaryGroupOf(entry)
      if (primary !== undefined) this.#roster.addPrimary(primary, read.id)
      people.add(read, () => this.#withinPictures(read))
    }
    return people.list()
  }

  #withinPictures({ picture, ...person }: LdapPerson): LdapPerson {
    if (picture === undefined) return person
    if (this.#pictureBytes + picture.length > this.#limits.pictureBytes) {
      this.#problems.about(person.dn)('picture_left_out')
      return person
    }
    this.#pictureBytes += picture.length
    return { ...person, picture }
  }

  async #groups(): Promise<LdapGroup[]> {
    const query = this.#queries.groups
    if (query === undefined) return []
    const memberships = new Memberships(this.#roster, this.#limits.memberships)
    const found = new Distinct<NamedGroup>((dn, detail, id) =>
      this.#problems.add({ dn, code: 'id_duplicate', detail, id }),
    )
    await this.#eachGroup(query, query.member, memberships, (entry) => {
      const report = this.#problems.about(entry.dn)
      const id = idOf(entry, query.groupId, report)
      if (id !== undefined)
        found.add({ dn: entry.dn, id, name: textOf(entry, this.#options.attributes.groupName, report) })
      return true
    })
    await this.#addGroupsWithin(memberships, query.member)
    const groups: LdapGroup[] = []
    for (const group of found.list()) groups.push(...(await this.#withMembers(group, memberships)))
    return groups
  }

  /** Groups that the filter excludes may be nested in groups that it includes. */
  async #addGroupsWithin(memberships: Memberships, member: string): Promise<void> {
    if (memberships.unknown().size === 0) return
    const { base } = this.#queries.people
    const filter = new PresenceFilter({ attribute: member })
    const attributes = [member, ...primaryGroupAttributes(this.#options.attributes).ofGroup]
    const search = { base, filter, attributes, largest: this.#limits.groupBytes }
    const others = new Memberships(this.#roster, this.#limits.memberships)
    await this.#eachGroup(search, member, others, ({ dn }) => !memberships.has(nameKey(dn)))
    memberships.adopt(others)
  }

  /** Adds the matching groups to `memberships`. */
  async #eachGroup(
    search: EntrySearch,
    member: string,
    memberships: Memberships,
    isWanted: (entry: EntryResponse) => boolean,
  ): Promise<void> {
    const parts: GroupPart[] = []
    for await (const entry of this.#searcher.all(search)) {
      if (!isWanted(entry)) continue
      const part = beginGroup(entry, member)
      if (part.next === undefined) await memberships.add(part.group)
      else parts.push(part)
    }
    // Requests are sequential: the search must have ended first.
    const bounds = { most: this.#limits.memberships, largest: this.#limits.groupBytes }
    for (const part of parts) await memberships.add(await finishGroup(part, member, this.#searcher, bounds))
  }

  async #withMembers({ dn, id, name }: NamedGroup, memberships: Memberships): Promise<LdapGroup[]> {
    const { ids, notFound, ambiguous, exceedsDepth, isWhole } = await memberships.of(nameKey(dn))
    const report = this.#problems.about(dn)
    if (!isWhole) {
      this.#problems.add({ dn, code: 'group_too_large', id })
      return []
    }
    if (notFound > 0) report('members_not_found', String(notFound))
    if (ambiguous > 0) report('members_ambiguous', String(ambiguous))
    if (exceedsDepth) report('nested_too_deep')
    return [{ dn, id, ...(name !== undefined && { name }), memberIds: ids }]
  }
}
