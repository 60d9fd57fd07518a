import { type Filter, FilterParser } from 'ldapts'
import { LdapError } from './ldap-error.ts'
import { defaults, type LdapOptions, resolveLimits } from './options.ts'
import { personAttributes, uniqueNames } from './people.ts'
import { primaryGroupAttributes } from './primary-group.ts'
import type { EntrySearch } from './search-entries.ts'

export interface Queries {
  readonly people: EntrySearch
  /** `undefined`: groups are not read. */
  readonly groups: (EntrySearch & { readonly groupId: string; readonly member: string }) | undefined
}

/** @throws LdapError `ldap_setting_missing`, `ldap_filter_invalid`; `details.setting` is the name of the option. */
export function buildQueries(options: LdapOptions): Queries {
  const { attributes } = options
  const base = options.base.trim()
  if (base === '') throw new LdapError('ldap_setting_missing', { setting: 'base' })
  if (attributes.userId.trim() === '') throw new LdapError('ldap_setting_missing', { setting: 'userId' })
  const limits = resolveLimits(options)
  const people: EntrySearch = {
    base,
    filter: readFilter(options.userFilter?.trim() || defaults.userFilter, 'userFilter'),
    attributes: personAttributes(attributes),
    maxEntryBytes: limits.personBytes,
    picture: attributes.picture?.trim(),
  }
  const filter = readFilter(options.groupFilter?.trim() || defaults.groupFilter, 'groupFilter')
  const groupId = attributes.groupId?.trim() ?? ''
  if (groupId === '') return { people, groups: undefined }
  const member = attributes.groupMember?.trim() || defaults.groupMember
  const groupAttributes = uniqueNames([
    groupId,
    attributes.groupName,
    member,
    ...primaryGroupAttributes(attributes).forGroups,
  ])
  return {
    people,
    groups: { base, filter, attributes: groupAttributes, maxEntryBytes: limits.groupBytes, groupId, member },
  }
}

/**
 * Parses a filter (RFC 4515). Ignores blanks and line breaks between its parts, as in pasted filters.
 *
 * @throws LdapError `ldap_filter_invalid`; `details.setting` is the given name.
 */
function readFilter(text: string, setting: string): Filter {
  // The parser closes open parentheses: a truncated filter would become one that matches more entries.
  const parentheses = text.replace(/\\[()]/g, '').replace(/[^()]/g, '')
  if (parentheses.length !== 2 * parentheses.replaceAll(')', '').length)
    throw new LdapError('ldap_filter_invalid', { setting })
  try {
    return FilterParser.parseString(decodeEscapes(text.trim().replace(/(\([&|!]|\))\s+(?=[()])/g, '$1')))
  } catch (error) {
    throw new LdapError('ldap_filter_invalid', { setting }, error)
  }
}

// The parser decodes each escaped byte as a character, so the bytes of multi-byte characters are joined first.
function decodeEscapes(filter: string): string {
  return filter.replace(/(?:\\[89a-f][0-9a-f])+/gi, (bytes) =>
    new TextDecoder('utf-8', { fatal: true }).decode(Buffer.from(bytes.replaceAll('\\', ''), 'hex')),
  )
}
