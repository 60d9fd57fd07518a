import { CooperativeScheduler } from '../cooperative-scheduler.ts'
import type { GroupEntry } from './groups.ts'
import { LdapError } from './ldap-error.ts'
import type { UserIndex } from './user-index.ts'

/** The direct members of a group: users and groups. */
interface DirectMembers {
  readonly people: ReadonlySet<string>
  readonly entries: ReadonlySet<string>
  readonly ambiguous: number
  readonly notFound: number
  readonly isComplete: boolean
}

/** All members of a group, including those of nested groups. */
export interface Members {
  readonly ids: readonly string[]
  readonly notFound: number
  readonly ambiguous: number
  readonly exceedsDepth: boolean
  /** Whether all nested groups were read completely. */
  readonly isComplete: boolean
}

// No directory nests groups this deeply on purpose.
const maxDepth = 100

/** The groups read so far, by the names used in member attributes. */
export class GroupMemberships {
  readonly #userIndex: UserIndex
  readonly #maxMemberships: number
  readonly #groups = new Map<string, DirectMembers>()
  readonly #scheduler = new CooperativeScheduler()
  #total = 0

  /** @param maxMemberships - The maximum number of memberships of all groups together. */
  constructor(userIndex: UserIndex, maxMemberships: number) {
    this.#userIndex = userIndex
    this.#maxMemberships = maxMemberships
  }

  has(key: string): boolean {
    return this.#groups.has(key)
  }

  async add(group: GroupEntry): Promise<void> {
    this.#groups.set(group.key, await this.#resolveDirect(group))
  }

  /** Adds groups from `source` that are nested in these, at any depth. */
  addNestedFrom(source: GroupMemberships): void {
    for (let depth = 0; depth < maxDepth; depth++) {
      const nestedKeys = [...this.findUnresolved()].filter((key) => source.has(key))
      if (nestedKeys.length === 0) return
      for (const key of nestedKeys) {
        const found = source.#groups.get(key)
        if (found) this.#groups.set(key, found)
      }
    }
  }

  /** Member entries that are neither imported users nor groups. */
  findUnresolved(): Set<string> {
    const unresolved = new Set<string>()
    for (const { entries } of this.#groups.values()) {
      for (const key of entries) if (!this.#groups.has(key)) unresolved.add(key)
    }
    return unresolved
  }

  /** All members of a group. @throws LdapError `ldap_answer_too_large` */
  async resolve(groupKey: string): Promise<Members> {
    const people = new Set<string>()
    const visited = new Set([groupKey])
    const missing = new Set<string>()
    const counts = { nobody: 0, ambiguous: 0 }
    let isComplete = true
    let level = [groupKey]
    for (let depth = 0; level.length > 0 && depth < maxDepth; depth++) {
      const nextLevel: string[] = []
      for (const key of level) {
        const found = this.#groups.get(key)
        if (found === undefined) continue
        isComplete &&= found.isComplete
        counts.nobody += found.notFound
        counts.ambiguous += found.ambiguous
        for (const id of found.people) people.add(id)
        for (const entry of found.entries) {
          if (!this.#groups.has(entry)) missing.add(entry)
          else if (!visited.has(entry)) nextLevel.push(entry)
          visited.add(entry)
        }
        await this.#scheduler.yieldIfDue()
      }
      level = nextLevel
    }
    this.#addToTotal(people.size)
    const { nobody: notFound, ambiguous } = counts
    return {
      ids: [...people],
      notFound: notFound + missing.size,
      ambiguous,
      exceedsDepth: level.length > 0,
      isComplete,
    }
  }

  async #resolveDirect(group: GroupEntry): Promise<DirectMembers> {
    const people = new Set<string>()
    const entries = new Set<string>()
    let ambiguous = 0
    let notFound = 0
    for (const member of group.members) {
      const reference = this.#userIndex.find(member)
      if (reference.kind === 'person') people.add(reference.id)
      else if (reference.kind === 'entry') entries.add(reference.key)
      else if (reference.kind === 'ambiguous') ambiguous += 1
      else notFound += 1
      await this.#scheduler.yieldIfDue()
    }
    for (const id of this.#userIndex.primaryMembers(group.sid)) people.add(id)
    return { people, entries, ambiguous, notFound, isComplete: group.isComplete }
  }

  #addToTotal(members: number): void {
    this.#total += members
    if (this.#total > this.#maxMemberships)
      throw new LdapError('ldap_answer_too_large', { limit: String(this.#maxMemberships) })
  }
}
