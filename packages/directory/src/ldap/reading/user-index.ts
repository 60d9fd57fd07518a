import type { LdapPerson } from '../ldap-entries.ts'
import { type DistinguishedName, fold, isBelow, parseDn } from './dn.ts'

/** The user or group to which a member value refers. */
export type MemberReference =
  | { readonly kind: 'person'; readonly id: string }
  /** An entry with this name that is not an imported user, possibly a group. */
  | { readonly kind: 'entry'; readonly key: string }
  | { readonly kind: 'ambiguous' | 'unknown' }

// The syntax of uniqueMember: a name, and an optional bit string that distinguishes it from previous owners (RFC 4517
// §3.3.21).
const uniqueMemberSuffix = /#'[01]*'B$/

/** The users read so far, by the names that groups use for them. */
export class UserIndex {
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
    const isUnique = !this.#byUserName.has(key) || this.#byUserName.get(key) === person.id
    this.#byUserName.set(key, isUnique ? person.id : undefined)
  }

  /** @param group - The security identifier of the user's primary group, which does not list the user as a member. */
  addPrimaryGroup(group: string, id: string): void {
    const members = this.#byPrimaryGroup.get(group)
    if (members) members.push(id)
    else this.#byPrimaryGroup.set(group, [id])
  }

  primaryMembers(group: string | undefined): readonly string[] {
    return (group !== undefined && this.#byPrimaryGroup.get(group)) || []
  }

  /** Resolves a member by entry name, or else by user name. */
  find(member: string): MemberReference {
    const name = parseDn(member.replace(uniqueMemberSuffix, ''))
    if (name === undefined) return this.#findByUserName(member.trim())
    const id = this.#byDn.get(name.key)
    if (id !== undefined) return { kind: 'person', id }
    // All entries below the base were searched: other entries there are excluded on purpose, so their name must not match.
    if (this.#base === undefined || isBelow(name, this.#base)) return { kind: 'entry', key: name.key }
    const userName = name.parts[0]?.find(([type]) => type === this.#userNameAttribute)?.[1]
    return userName === undefined ? { kind: 'entry', key: name.key } : this.#findByUserName(userName)
  }

  #findByUserName(userName: string): MemberReference {
    const key = fold(userName)
    const id = this.#byUserName.get(key)
    if (id !== undefined) return { kind: 'person', id }
    return { kind: this.#byUserName.has(key) ? 'ambiguous' : 'unknown' }
  }
}
