import { nameKey } from './dn.ts'
import { LdapError } from './ldap-error.ts'
import { sidOf } from './primary-group.ts'
import type { EntryResponse } from './protocol/response.ts'
import type { EntrySearcher } from './search-entries.ts'
import { decodeUtf8 } from './values.ts'

/** A group as read: members are given as entry names or user names. */
export interface GroupEntry {
  readonly dn: string
  readonly key: string
  readonly members: readonly string[]
  /** Its security identifier in hexadecimal, if it comes from Active Directory. */
  readonly sid: string | undefined
  readonly isComplete: boolean
}

/** The first members of a group, and the position of the next part. */
export interface GroupPart {
  readonly group: GroupEntry
  /** The index of the next member; `undefined` after the last one. */
  readonly nextIndex: number | undefined
}

/**
 * Reads the members in an entry. Active Directory returns at most 1,500 members and gives the range in the attribute name:
 * `member;range=0-1499`; the last part is `member;range=1500-*`.
 */
export function readFirstMembers(entry: EntryResponse, attribute: string): GroupPart {
  const { values, nextIndex } = memberRange(entry, attribute.toLowerCase())
  const members = values.map((value) => decodeUtf8(value) ?? '')
  return { group: { dn: entry.dn, key: nameKey(entry.dn), members, sid: sidOf(entry), isComplete: true }, nextIndex }
}

/**
 * Requests the remaining parts of a group.
 *
 * @throws LdapError `ldap_answer_endless` if the parts make no progress, `ldap_answer_too_large` beyond `maxMembers`.
 */
export async function readRemainingMembers(
  { group, nextIndex }: GroupPart,
  attribute: string,
  searcher: EntrySearcher,
  limits: { readonly maxMembers: number; readonly maxEntryBytes: number },
): Promise<GroupEntry> {
  const members = [...group.members]
  for (let from = nextIndex; from !== undefined; ) {
    const part = await searcher.readEntry(group.dn, {
      attributes: [`${attribute};range=${from}-*`],
      maxEntryBytes: limits.maxEntryBytes,
    })
    if (part === undefined) return { ...group, members, isComplete: false }
    const { values, nextIndex: nextFrom } = memberRange(part, attribute.toLowerCase())
    for (const value of values) members.push(decodeUtf8(value) ?? '')
    if (members.length > limits.maxMembers)
      throw new LdapError('ldap_answer_too_large', { limit: String(limits.maxMembers) })
    if (nextFrom !== undefined && nextFrom <= from) throw new LdapError('ldap_answer_endless', { step: 'search' })
    from = nextFrom
  }
  return { ...group, members }
}

function memberRange(entry: EntryResponse, attribute: string): { values: readonly Buffer[]; nextIndex?: number } {
  for (const [name, values] of entry.attributes) {
    const range = name.startsWith(`${attribute};`) ? /;range=\d+-(\d+|\*)$/.exec(name)?.[1] : undefined
    if (range === '*') return { values }
    if (range !== undefined) return { values, nextIndex: Number(range) + 1 }
  }
  return { values: entry.attributes.get(attribute) ?? [] }
}
