import type { LdapAttributes } from './options.ts'
import type { EntryResponse } from './protocol/response.ts'
import { decode } from './values.ts'

// Every Active Directory user has a primary group, usually "Domain Users", which has no `member` value for the user
// ([MS-ADTS] §3.1.1.4.5.26).
const sid = 'objectSid'
const primaryGroup = 'primaryGroupID'

/** The additional attributes to read for users and groups; none if the server is not Active Directory. */
export function primaryGroupAttributes({ userId }: LdapAttributes): {
  readonly ofPerson: readonly string[]
  readonly ofGroup: readonly string[]
} {
  const isActiveDirectory = ['objectguid', 'objectsid'].includes(userId.trim().toLowerCase())
  return isActiveDirectory ? { ofPerson: [sid, primaryGroup], ofGroup: [sid] } : { ofPerson: [], ofGroup: [] }
}

/** The security identifier of a user's primary group, in hexadecimal: the domain's identifier with a different last part. */
export function primaryGroupOf(entry: EntryResponse): string | undefined {
  const own = entry.attributes.get(sid.toLowerCase())?.[0]
  const [given] = entry.attributes.get(primaryGroup.toLowerCase()) ?? []
  const relative = given === undefined ? '' : (decode(given) ?? '')
  if (own === undefined || !isSid(own) || !/^\d{1,10}$/.test(relative) || Number(relative) > 0xffffffff)
    return undefined
  const group = Buffer.from(own)
  group.writeUInt32LE(Number(relative), group.length - 4)
  return group.toString('hex')
}

/** The security identifier of a group, in hexadecimal. */
export function sidOf(entry: EntryResponse): string | undefined {
  return entry.attributes.get(sid.toLowerCase())?.[0]?.toString('hex')
}

/** One revision, a count of parts, six bytes of an authority, and the parts ([MS-DTYP] §2.4.2.2). */
function isSid(value: Buffer): boolean {
  return value[0] === 1 && value.length >= 12 && value.length === 8 + 4 * (value[1] ?? 0)
}
