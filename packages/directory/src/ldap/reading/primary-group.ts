import type { LdapAttributes } from './options.ts'
import type { EntryResponse } from './protocol/response.ts'
import { decodeUtf8 } from './values.ts'

// Every Active Directory user has a primary group, usually "Domain Users", which has no `member` value for the user
// ([MS-ADTS] §3.1.1.4.5.26).
const sidAttribute = 'objectSid'
const primaryGroupAttribute = 'primaryGroupID'

/** The additional attributes to read for users and groups; none if the server is not Active Directory. */
export function primaryGroupAttributes({ userId }: LdapAttributes): {
  readonly forUsers: readonly string[]
  readonly forGroups: readonly string[]
} {
  const isActiveDirectory = ['objectguid', 'objectsid'].includes(userId.trim().toLowerCase())
  return isActiveDirectory
    ? { forUsers: [sidAttribute, primaryGroupAttribute], forGroups: [sidAttribute] }
    : { forUsers: [], forGroups: [] }
}

/** The security identifier of a user's primary group, in hexadecimal: the domain's identifier with a different last part. */
export function primaryGroupOf(entry: EntryResponse): string | undefined {
  const userSid = entry.attributes.get(sidAttribute.toLowerCase())?.[0]
  const [relativeIdValue] = entry.attributes.get(primaryGroupAttribute.toLowerCase()) ?? []
  const relativeId = relativeIdValue === undefined ? '' : (decodeUtf8(relativeIdValue) ?? '')
  if (userSid === undefined || !isSid(userSid) || !/^\d{1,10}$/.test(relativeId) || Number(relativeId) > 0xffffffff)
    return undefined
  const groupSid = Buffer.from(userSid)
  groupSid.writeUInt32LE(Number(relativeId), groupSid.length - 4)
  return groupSid.toString('hex')
}

export function sidOf(entry: EntryResponse): string | undefined {
  return entry.attributes.get(sidAttribute.toLowerCase())?.[0]?.toString('hex')
}

/** Revision, sub-authority count, identifier authority (six bytes) and sub-authorities ([MS-DTYP] §2.4.2.2). */
function isSid(value: Buffer): boolean {
  return value[0] === 1 && value.length >= 12 && value.length === 8 + 4 * (value[1] ?? 0)
}
