import type { LdapPerson } from '../answer.ts'
import { type DistinguishedName, fold, isBelow, parseDn } from './dn.ts'

/** Whom a value of a group's member attribute means. */
export type Named =
  | { readonly kind: 'person'; readonly id: string }
  /** Somebody or something of this name that is no person here, a group perhaps. */
  | { readonly kind: 'entry'; readonly key: string }
  | { readonly kind: 'ambiguous' | 'nobody' }

// The syntax of uniqueMember: a name, and perhaps a bit string that tells apart who had it before (RFC 4517 §3.3.21).
const uniqueIdentifier = /#'[01]*'B$/

/** The people who were read, by what groups call them. */
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

  /** @param group - The security identifier of the group that this person is in without being its member. */
  addPrimary(group: string, id: string): void {
    const members = this.#byPrimaryGroup.get(group)
    if (members) members.push(id)
    else this.#byPrimaryGroup.set(group, [id])
  }

  /** Those whose primary group has this security identifier. */
  primaryMembers(group: string | undefined): readonly string[] {
    return (group !== undefined && this.#byPrimaryGroup.get(group)) || []
  }

  /** Reads a member by the name of its entry, or else by a user name. */
  find(member: string): Named {
    const name = parseDn(member.replace(uniqueIdentifier, ''))
    if (name === undefined) return this.#called(member.trim())
    const id = this.#byDn.get(name.key)
    if (id !== undefined) return { kind: 'person', id }
    // An entry below the base was searched: who is not among the people is not meant to be, whatever the name.
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
