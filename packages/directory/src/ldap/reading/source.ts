import { PresenceFilter } from 'ldapts'
import type { LdapEntries, LdapGroup, LdapPerson, LdapSource } from '../ldap-entries.ts'
import { DistinctEntries } from './distinct-entries.ts'
import { nameKey } from './dn.ts'
import { type GroupPart, readFirstMembers, readRemainingMembers } from './groups.ts'
import { GroupMemberships } from './memberships.ts'
import { type LdapOptions, ldapOptions, type ResolvedLimits, resolveLimits } from './options.ts'
import { readPerson } from './people.ts'
import { primaryGroupAttributes, primaryGroupOf } from './primary-group.ts'
import { Problems } from './problems.ts'
import type { EntryResponse } from './protocol/response.ts'
import { buildQueries, type Queries } from './queries.ts'
import { type EntrySearch, EntrySearcher } from './search-entries.ts'
import { LdapSession } from './session.ts'
import { UserIndex } from './user-index.ts'
import { idOf, textOf } from './values.ts'
import { importTimeout, withTimeout } from './with-timeout.ts'

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
  ldapOptions(options)
  return {
    read: (signal) =>
      withTimeout(importTimeout(options), signal, async (combinedSignal) => {
        const queries = buildQueries(options)
        using session = await LdapSession.open(options, combinedSignal)
        return await new DirectoryReader(session, options, queries).readAll()
      }),
  }
}

/** A group whose members are not yet resolved to identifiers. */
interface UnresolvedGroup {
  readonly dn: string
  readonly id: string
  readonly name: string | undefined
}

class DirectoryReader {
  readonly #options: LdapOptions
  readonly #queries: Queries
  readonly #limits: ResolvedLimits
  readonly #problems = new Problems()
  readonly #searcher: EntrySearcher
  readonly #userIndex: UserIndex
  #pictureBytes = 0

  constructor(session: LdapSession, options: LdapOptions, queries: Queries) {
    this.#options = options
    this.#queries = queries
    this.#limits = resolveLimits(options)
    this.#searcher = new EntrySearcher(session, this.#limits, this.#problems)
    this.#userIndex = new UserIndex(queries.people.base, options.attributes.userName)
  }

  async readAll(): Promise<LdapEntries> {
    const people = await this.#readPeople()
    const groups = await this.#readGroups()
    return { people, groups, problems: this.#problems.list() }
  }

  async #readPeople(): Promise<LdapPerson[]> {
    const people = new DistinctEntries<LdapPerson>((dn, detail) =>
      this.#problems.reporterFor(dn)('id_duplicate', detail),
    )
    for await (const entry of this.#searcher.readAll(this.#queries.people)) {
      const person = readPerson(entry, this.#options.attributes, this.#problems.reporterFor(entry.dn))
      if (person === undefined) continue
      // A user with two entries is the same member under either name.
      this.#userIndex.add(person)
      const primaryGroup = primaryGroupOf(entry)
      if (primaryGroup !== undefined) this.#userIndex.addPrimaryGroup(primaryGroup, person.id)
      people.add(person, () => this.#limitPicture(person))
    }
    return people.list()
  }

  #limitPicture({ picture, ...person }: LdapPerson): LdapPerson {
    if (picture === undefined) return person
    if (this.#pictureBytes + picture.length > this.#limits.pictureBytes) {
      this.#problems.reporterFor(person.dn)('picture_left_out')
      return person
    }
    this.#pictureBytes += picture.length
    return { ...person, picture }
  }

  async #readGroups(): Promise<LdapGroup[]> {
    const query = this.#queries.groups
    if (query === undefined) return []
    const memberships = new GroupMemberships(this.#userIndex, this.#limits.memberships)
    const distinctGroups = new DistinctEntries<UnresolvedGroup>((dn, detail, id) =>
      this.#problems.add({ dn, code: 'id_duplicate', detail, id }),
    )
    await this.#addMatchingGroups(query, query.member, memberships, (entry) => {
      const report = this.#problems.reporterFor(entry.dn)
      const id = idOf(entry, query.groupId, report)
      if (id !== undefined)
        distinctGroups.add({ dn: entry.dn, id, name: textOf(entry, this.#options.attributes.groupName, report) })
      return true
    })
    await this.#addNestedGroups(memberships, query.member)
    const groups: LdapGroup[] = []
    for (const group of distinctGroups.list()) groups.push(...(await this.#resolveGroup(group, memberships)))
    return groups
  }

  /** Groups that the filter excludes may be nested in groups that it includes. */
  async #addNestedGroups(memberships: GroupMemberships, member: string): Promise<void> {
    if (memberships.findUnresolved().size === 0) return
    const { base } = this.#queries.people
    const filter = new PresenceFilter({ attribute: member })
    const attributes = [member, ...primaryGroupAttributes(this.#options.attributes).forGroups]
    const search = { base, filter, attributes, maxEntryBytes: this.#limits.groupBytes }
    const nestedGroups = new GroupMemberships(this.#userIndex, this.#limits.memberships)
    await this.#addMatchingGroups(search, member, nestedGroups, ({ dn }) => !memberships.has(nameKey(dn)))
    memberships.addNestedFrom(nestedGroups)
  }

  /** Adds the matching groups to `memberships`. */
  async #addMatchingGroups(
    search: EntrySearch,
    member: string,
    memberships: GroupMemberships,
    isIncluded: (entry: EntryResponse) => boolean,
  ): Promise<void> {
    const incompleteGroups: GroupPart[] = []
    for await (const entry of this.#searcher.readAll(search)) {
      if (!isIncluded(entry)) continue
      const part = readFirstMembers(entry, member)
      if (part.nextIndex === undefined) await memberships.add(part.group)
      else incompleteGroups.push(part)
    }
    // Requests are sequential: the search must have ended first.
    const memberLimits = { maxMembers: this.#limits.memberships, maxEntryBytes: this.#limits.groupBytes }
    for (const part of incompleteGroups)
      await memberships.add(await readRemainingMembers(part, member, this.#searcher, memberLimits))
  }

  async #resolveGroup({ dn, id, name }: UnresolvedGroup, memberships: GroupMemberships): Promise<LdapGroup[]> {
    const { ids, notFound, ambiguous, exceedsDepth, isComplete } = await memberships.resolve(nameKey(dn))
    const report = this.#problems.reporterFor(dn)
    if (!isComplete) {
      this.#problems.add({ dn, code: 'group_too_large', id })
      return []
    }
    if (notFound > 0) report('members_not_found', String(notFound))
    if (ambiguous > 0) report('members_ambiguous', String(ambiguous))
    if (exceedsDepth) report('nested_too_deep')
    return [{ dn, id, ...(name !== undefined && { name }), memberIds: ids }]
  }
}
