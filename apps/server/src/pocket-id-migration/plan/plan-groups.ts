import { InvalidInputError } from '@pocket/core/errors'
import type { Group } from '@pocket/directory'
import { groupNames, isId, nameKey, validateClaims } from '@pocket/directory/internal'
import type { FindingSubject, ReportCollector } from '../report.ts'
import type { SourceRow } from '../source/tables.ts'
import { oneLine } from './texts.ts'

/** The names of the groups planned so far: unique, ignoring case. */
export class GroupNames {
  readonly #names = new Set<string>()

  /** Returns the name, or a derived one that no other group has. */
  claim(name: string): string {
    let unique = name
    for (let number = 2; this.#names.has(nameKey(unique)); number++) unique = `${oneLine(name, 250)}-${number}`
    this.#names.add(nameKey(unique))
    return unique
  }
}

/** Groups must be planned oldest first: the oldest keeps a name that several share. */
export function planGroup(
  row: SourceRow<'user_groups'>,
  names: GroupNames,
  report: ReportCollector,
): Group | undefined {
  const subject: FindingSubject = { subject: 'group', id: row.id, name: row.name }
  if (!isId(row.id)) {
    report.leftOut(subject, 'The ID is not a UUID in lower case.')
    return undefined
  }
  const texts = planTexts(row, (reason) => report.changed(subject, reason))
  const name = names.claim(texts.name)
  if (name !== texts.name)
    report.changed(subject, `Another group has this name in other letter case; clients now receive the name ${name}.`)
  return {
    ...{ id: row.id, name, friendlyName: texts.friendlyName },
    ldapId: row.ldap_id || null,
    createdAt: row.created_at,
    requiresTwoPasskeys: false,
  }
}

function planTexts(
  { name, friendly_name: friendlyName }: SourceRow<'user_groups'>,
  changed: (reason: string) => void,
): Pick<Group, 'name' | 'friendlyName'> {
  try {
    return groupNames({ name, friendlyName })
  } catch (error) {
    if (!(error instanceof InvalidInputError)) throw error
    changed('The names were changed to one line of at most 255 and 50 characters.')
    const repaired = oneLine(name, 255) || 'group'
    return { name: repaired, friendlyName: oneLine(friendlyName, 50) || oneLine(repaired, 50) }
  }
}

/** Plans claims in the order of their creation. */
export class ClaimPlanner {
  readonly #keys = new Map<string, Set<string>>()
  readonly #isUser: (id: string) => boolean
  readonly #isGroup: (id: string) => boolean

  constructor(isUser: (id: string) => boolean, isGroup: (id: string) => boolean) {
    this.#isUser = isUser
    this.#isGroup = isGroup
  }

  plan(row: SourceRow<'custom_claims'>, report: ReportCollector) {
    const subject: FindingSubject = { subject: 'claim', id: row.id, name: row.key }
    const owner = row.user_id === null ? 'group' : 'user'
    const ownerId = row.user_id ?? row.user_group_id ?? ''
    if (!(owner === 'user' ? this.#isUser(ownerId) : this.#isGroup(ownerId))) {
      report.leftOut(subject, `Its ${owner} ${ownerId} does not exist or is left out.`)
      return undefined
    }
    const claim = validClaim(row)
    if (typeof claim === 'string') {
      report.leftOut(subject, claim)
      return undefined
    }
    const keys = this.#keys.get(ownerId) ?? new Set()
    if (keys.has(claim.key)) {
      report.leftOut(subject, `The ${owner} ${ownerId} already has this claim.`)
      return undefined
    }
    this.#keys.set(ownerId, keys.add(claim.key))
    return { owner, claim: { ownerId, ...claim, position: keys.size - 1 } }
  }
}

function validClaim({ key, value }: SourceRow<'custom_claims'>) {
  try {
    const [claim] = validateClaims([{ key, value }])
    return claim ?? 'It is empty.'
  } catch (error) {
    if (!(error instanceof InvalidInputError)) throw error
    return `${error.message}.`
  }
}
