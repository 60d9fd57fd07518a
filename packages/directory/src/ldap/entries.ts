import type { LdapEntry } from './ldap-plan.ts'

/** Of two entries the same one comes first in every run. */
export function byDn(one: LdapEntry, other: LdapEntry): number {
  if (one.dn !== other.dn) return one.dn < other.dn ? -1 : 1
  return one.id < other.id ? -1 : Number(one.id > other.id)
}

/** Bytes of UTF-8: PostgreSQL puts no more than 2,704 into an index. */
const maxIdLength = 1024

/** Whether databases keep the identifier as it is. */
export function isStorable({ id, dn }: LdapEntry): boolean {
  return id !== '' && Buffer.byteLength(id) <= maxIdLength && !`${id}${dn}`.includes('\0')
}
