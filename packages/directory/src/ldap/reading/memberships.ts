import { Turns } from '../turns.ts'
import type { GroupEntry } from './groups.ts'
import { LdapError } from './ldap-error.ts'
import type { Roster } from './roster.ts'

/** The direct members of a group: users and groups. */
interface Direct {
  readonly people: ReadonlySet<string>
  readonly entries: ReadonlySet<string>
  readonly ambiguous: number
  readonly nobody: number
  readonly isWhole: boolean
}

/** All members of a group, including those of nested groups. */
export interface Members {
  readonly ids: readonly string[]
  readonly notFound: number
  readonly ambiguous: number
  readonly exceedsDepth: boolean
  /** Whether all nested groups were read completely. */
  readonly isWhole: boolean
}

// Deeper than intentional nesting.
const maxDepth = 100

/** The groups read so far, by the names used in member attributes. */
export class Memberships {
  readonly #roster: Roster
  readonly #most: number
  readonly #groups = new Map<string, Direct>()
  readonly #turns = new Turns()
  #total = 0

  /** @param most - The maximum number of memberships of all groups together. */
  constructor(roster: Roster, most: number) {
    this.#roster = roster
    this.#most = most
  }

  has(key: string): boolean {
    return this.#groups.has(key)
  }

  async add(group: GroupEntry): Promise<void> {
    this.#groups.set(group.key, await this.#direct(group))
  }

  /** Adds groups from `others` that are nested in these, at any depth. */
  adopt(others: Memberships): void {
    for (let depth = 0; depth < maxDepth; depth++) {
      const known = [...this.unknown()].filter((key) => others.has(key))
      if (known.length === 0) return
      for (const key of known) {
        const found = others.#groups.get(key)
        if (found) this.#groups.set(key, found)
      }
    }
  }

  /** Member entries that are neither imported users nor groups. */
  unknown(): Set<string> {
    const unknown = new Set<string>()
    for (const { entries } of this.#groups.values()) {
      for (const key of entries) if (!this.#groups.has(key)) unknown.add(key)
    }
    return unknown
  }

  /** All members of a group. @throws LdapError `ldap_answer_too_large` */
  async of(start: string): Promise<Members> {
    const people = new Set<string>()
    const seen = new Set([start])
    const missing = new Set<string>()
    const counted = { nobody: 0, ambiguous: 0 }
    let isWhole = true
    let level = [start]
    for (let depth = 0; level.length > 0 && depth < maxDepth; depth++) {
      const within: string[] = []
      for (const key of level) {
        const found = this.#groups.get(key)
        if (found === undefined) continue
        isWhole &&= found.isWhole
        counted.nobody += found.nobody
        counted.ambiguous += found.ambiguous
        for (const id of found.people) people.add(id)
        for (const entry of found.entries) {
          if (!this.#groups.has(entry)) missing.add(entry)
          else if (!seen.has(entry)) within.push(entry)
          seen.add(entry)
        }
        await this.#turns.step(found.people.size + 1)
      }
      level = within
    }
    this.#count(people.size)
    const { nobody, ambiguous } = counted
    return { ids: [...people], notFound: nobody + missing.size, ambiguous, exceedsDepth: level.length > 0, isWhole }
  }

  async #direct(group: GroupEntry): Promise<Direct> {
    const people = new Set<string>()
    const entries = new Set<string>()
    let ambiguous = 0
    let nobody = 0
    for (const member of group.members) {
      const named = this.#roster.find(member)
      if (named.kind === 'person') people.add(named.id)
      else if (named.kind === 'entry') entries.add(named.key)
      else if (named.kind === 'ambiguous') ambiguous += 1
      else nobody += 1
      await this.#turns.step()
    }
    for (const id of this.#roster.primaryMembers(group.sid)) people.add(id)
    return { people, entries, ambiguous, nobody, isWhole: group.isWhole }
  }

  #count(members: number): void {
    this.#total += members
    if (this.#total > this.#most) throw new LdapError('ldap_answer_too_large', { limit: String(this.#most) })
  }
}
