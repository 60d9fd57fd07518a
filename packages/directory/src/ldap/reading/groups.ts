import { nameKey } from './dn.ts'
import { LdapError } from './ldap-error.ts'
import { sidOf } from './primary-group.ts'
import type { EntryResponse } from './protocol/response.ts'
import type { EntrySearcher } from './search-entries.ts'
import { decode } from './values.ts'

/** A group as read: members are given as entry names or user names. */
export interface GroupEntry {
  readonly dn: string
  /** The result of `nameKey` for `dn`. */
  readonly key: string
  readonly members: readonly string[]
  /** Its security identifier in hexadecimal, if it comes from Active Directory. */
  readonly sid: string | undefined
  /** Whether all members are known. */
  readonly isWhole: boolean
}

/** The first members of a group, and the position of the next part. */
export interface GroupPart {
  readonly group: GroupEntry
  /** The index of the next member; `undefined` after the last one. */
  readonly next: number | undefined
}

/**
 * Reads the members in an entry. Active Directory returns at most 1,500 members and gives the range in the attribute name:
 * `member;range=0-1499`; the last part is `member;range=1500-*`.
 */
export function beginGroup(entry: EntryResponse, attribute: string): GroupPart {
  const { values, next } = partOf(entry, attribute.toLowerCase())
  const members = values.map((value) => decode(value) ?? '')
  return { group: { dn: entry.dn, key: nameKey(entry.dn), members, sid: sidOf(entry), isWhole: true }, next }
}

/**
 * Requests the remaining parts of a group.
 *
 * @throws LdapError `ldap_answer_endless` if the parts make no progress, `ldap_answer_too_large` beyond `most`.
 */
export async function finishGroup(
  { group, next }: GroupPart,
  attribute: string,
  searcher: EntrySearcher,
  bounds: { readonly most: number; readonly largest: number },
): Promise<GroupEntry> {
  const members = [...group.members]
  for (let from = next; from !== undefined; ) {
    const part = await searcher.one(group.dn, {
      attributes: [`${attribute};range=${from}-*`],
      largest: bounds.largest,
    })
    if (part === undefined) return { ...group, members, isWhole: false }
    const { values, next: following } = partOf(part, attribute.toLowerCase())
    for (const value of values) members.push(decode(value) ?? '')
    if (members.length > bounds.most) throw new LdapError('ldap_answer_too_large', { limit: String(bounds.most) })
    if (following !== undefined && following <= from) throw new LdapError('ldap_answer_endless', { step: 'search' })
    from = following
  }
  return { ...group, members }
}

function partOf(entry: EntryResponse, attribute: string): { values: readonly Buffer[]; next?: number } {
  for (const [name, values] of entry.attributes) {
    const range = name.startsWith(`${attribute};`) ? /;range=\d+-(\d+|\*)$/.exec(name)?.[1] : undefined
    if (range === '*') return { values }
    if (range !== undefined) return { values, next: Number(range) + 1 }
  }
  return { values: entry.attributes.get(attribute) ?? [] }
}
