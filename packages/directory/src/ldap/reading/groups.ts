import { nameKey } from './dn.ts'
import { LdapError } from './ldap-error.ts'
import { sidOf } from './primary-group.ts'
import type { EntryResponse } from './protocol/response.ts'
import type { EntrySearcher } from './search-entries.ts'
import { decode } from './values.ts'

/** A group as it was read: its members are names, of entries or of people. */
export interface GroupEntry {
  readonly dn: string
  /** As `nameKey` makes it of `dn`. */
  readonly key: string
  readonly members: readonly string[]
  /** Its security identifier, in hexadecimal, where it is one of Active Directory. */
  readonly sid: string | undefined
  /** Whether all of its members are known. */
  readonly isWhole: boolean
}

/** The beginning of a group, and where it goes on. */
export interface GroupPart {
  readonly group: GroupEntry
  /** Which member comes next; `undefined` after the last. */
  readonly next: number | undefined
}

/**
 * The members that an entry tells. Active Directory answers with 1,500 of them at most, and says that there are more in
 * the name of the attribute: `member;range=0-1499`; the last part is `member;range=1500-*`.
 */
export function beginGroup(entry: EntryResponse, attribute: string): GroupPart {
  const { values, next } = partOf(entry, attribute.toLowerCase())
  const members = values.map((value) => decode(value) ?? '')
  return { group: { dn: entry.dn, key: nameKey(entry.dn), members, sid: sidOf(entry), isWhole: true }, next }
}

/**
 * Asks for the other parts of a group.
 *
 * @throws LdapError `ldap_answer_endless` where the parts lead nowhere, `ldap_answer_too_large` beyond `most`.
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
