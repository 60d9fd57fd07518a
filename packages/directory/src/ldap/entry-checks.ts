import type { LdapEntry } from './ldap-plan.ts'

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
