import { setImmediate } from 'node:timers/promises'
import { type DistinguishedName, parseDn } from './dn.ts'
import { LdapError } from './ldap-error.ts'
import type { EntryResponse } from './protocol/response.ts'
import type { EntrySearcher } from './search-entries.ts'
import { decode } from './values.ts'

/** A group as it was read: its members are names, of entries or of people. */
export interface GroupEntry {
  readonly dn: string
  readonly name: DistinguishedName | undefined
  readonly members: readonly string[]
  /** Whether all of its members are known. */
  readonly isWhole: boolean
}

/**
 * The members of a group. Active Directory answers with 1,500 of them at most, and says that there are more in the name
 * of the attribute: `member;range=0-1499`; the last part is `member;range=1500-*`.
 *
 * @throws LdapError `ldap_answer_endless` where the parts lead nowhere, `ldap_answer_too_large` beyond `most`.
 */
export async function readGroup(
  entry: EntryResponse,
  attribute: string,
  searcher: EntrySearcher,
  bounds: { readonly most: number; readonly largest: number },
): Promise<GroupEntry> {
  const members: string[] = []
  let isWhole = true
  let part: EntryResponse | undefined = entry
  for (let from = 0; part; ) {
    const { values, next } = partOf(part, attribute.toLowerCase())
    for (const value of values) members.push(decode(value) ?? '')
    if (members.length > bounds.most) throw new LdapError('ldap_answer_too_large', { limit: String(bounds.most) })
    if (next === undefined) break
    if (next <= from) throw new LdapError('ldap_answer_endless', { step: 'search' })
    from = next
    part = await searcher.one(entry.dn, [`${attribute};range=${next}-*`], bounds.largest)
    isWhole = part !== undefined
  }
  await setImmediate()
  return { dn: entry.dn, name: parseDn(entry.dn), members, isWhole }
}

function partOf(entry: EntryResponse, attribute: string): { values: readonly Buffer[]; next?: number } {
  for (const [name, values] of entry.attributes) {
    const range = name.startsWith(`${attribute};`) ? /;range=\d+-(\d+|\*)$/.exec(name)?.[1] : undefined
    if (range === '*') return { values }
    if (range !== undefined) return { values, next: Number(range) + 1 }
  }
  return { values: entry.attributes.get(attribute) ?? [] }
}
