import type { LdapPerson } from '../answer.ts'
import { type DistinguishedName, fold, isBelow, parseDn } from './dn.ts'

/** The user or group to which a member value refers. */
export type Named =
  | { readonly kind: 'person'; readonly id: string }
  /** An entry with this name that is not an imported user, possibly a group. */
  | { readonly kind: 'entry'; readonly key: string }
  | { readonly kind: 'ambiguous' | 'nobody' }

// The syntax of uniqueMember: a name, and an optional bit string that distinguishes it from previous owners (RFC 4517
// §3.3.21).
const uniqueIdentifier = /#'[01]*'B$/

/** The users read so far, by the names that groups use for them. */
export class Roster {
  readonly #base: DistinguishedName | undefined
  readonly #userNameAttribute: string
  readonly #byDn = new Map<string, string>()
  readonly #byPrimaryGroup = new Map<string, string[]>()
  readonly #byUserName = new Map<string, string | undefined>()

  constructor(base: string, userNameAttribute: string | undefined) {
    this.#base = parseDn(base)
    this.#userNameAttribute = userNameAttribute?.trim().toLowerCase() ?? ''
  }

  add(person: LdapPerson): void {
    const name = parseDn(person.dn)
    if (name) this.#byDn.set(name.key, person.id)
    if (person.userName === undefined) return
    const key = fold(person.userName)
    const isFree = !this.#byUserName.has(key) || this.#byUserName.get(key) === person.id
    this.#byUserName.set(key, isFree ? person.id : undefined)
  }

  /** @param group - The security identifier of the user's primary group, which does not list the user as a member. */
  addPrimary(group: string, id: string): void {
    const members = this.#byPrimaryGroup.get(group)
    if (members) members.push(id)
    else this.#byPrimaryGroup.set(group, [id])
  }

  /** The users whose primary group has this security identifier. */
  primaryMembers(group: string | undefined): readonly string[] {
    return (group !== undefined && this.#byPrimaryGroup.get(group)) || []
  }

  /** Resolves a member by entry name, or else by user name. */
  find(member: string): Named {
    const name = parseDn(member.replace(uniqueIdentifier, ''))
    if (name === undefined) return this.#called(member.trim())
    const id = this.#byDn.get(name.key)
    if (id !== undefined) return { kind: 'person', id }
    // All entries below the base were searched: other entries there are excluded on purpose, so their name must not match.
    if (this.#base === undefined || isBelow(name, this.#base)) return { kind: 'entry', key: name.key }
    const userName = name.parts[0]?.find(([type]) => type === this.#userNameAttribute)?.[1]
    return userName === undefined ? { kind: 'entry', key: name.key } : this.#called(userName)
  }

  #called(userName: string): Named {
    const key = fold(userName)
    const id = this.#byUserName.get(key)
    if (id !== undefined) return { kind: 'person', id }
    return { kind: this.#byUserName.has(key) ? 'ambiguous' : 'nobody' }
  }
}
