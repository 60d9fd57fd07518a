import type { LdapEntry } from './ldap-plan.ts'

/** A stable order, so that the same one of two entries comes first in every run. */
export function byDn(one: LdapEntry, other: LdapEntry): number {
  if (one.dn !== other.dn) return one.dn < other.dn ? -1 : 1
  return one.id < other.id ? -1 : Number(one.id > other.id)
}

/** Bytes of UTF-8: PostgreSQL indexes at most 2,704. */
const maxIdLength = 1024

/** Whether databases store the identifier unchanged. */
export function isStorable({ id, dn }: LdapEntry): boolean {
  return id !== '' && Buffer.byteLength(id) <= maxIdLength && !`${id}${dn}`.includes('\0')
}
