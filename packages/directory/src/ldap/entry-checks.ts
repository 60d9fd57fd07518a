import { InvalidInputError } from '@pocket/core/errors'
import type { LdapEntry, SkippedEntry } from './ldap-plan.ts'

/** A stable order, so that the same one of two entries comes first in every run. */
export function compareByDn(a: LdapEntry, b: LdapEntry): number {
  if (a.dn !== b.dn) return a.dn < b.dn ? -1 : 1
  return a.id < b.id ? -1 : Number(a.id > b.id)
}

/** Bytes of UTF-8: PostgreSQL indexes at most 2,704. */
const maxIdLength = 1024

/** Whether databases store the identifier unchanged. */
export function isStorable({ id, dn }: LdapEntry): boolean {
  return id !== '' && Buffer.byteLength(id) <= maxIdLength && !`${id}${dn}`.includes('\0')
}

/** Each entry once, in a stable order. Adds the identifiers to `seenIds`. */
export function distinctEntries<Entry extends LdapEntry>(
  entries: readonly Entry[],
  seenIds: Set<string>,
  skipped: SkippedEntry[],
): readonly Entry[] {
  return entries.toSorted(compareByDn).filter((entry) => {
    const { dn, id } = entry
    const isValid = isStorable(entry)
    const isDistinct = isValid && !seenIds.has(id)
    if (!isDistinct) skipped.push(isValid ? { dn, id, code: 'id_twice' } : { dn, code: 'id_invalid' })
    else seenIds.add(id)
    return isDistinct
  })
}

/** The report of an entry whose values are invalid. @throws any other error */
export function invalidEntry({ dn, id }: LdapEntry, code: string, error: unknown): SkippedEntry {
  if (!(error instanceof InvalidInputError)) throw error
  return { dn, id, code, detail: error.fields.map((invalid) => `${invalid.field}: ${invalid.code}`).join('; ') }
}
