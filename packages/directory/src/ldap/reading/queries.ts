import { readFilter } from './filter.ts'
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
