import type { LdapOptions } from '@pocket/directory'
import { ldifEntry } from '@pocket/test-support'

export const base = 'dc=example,dc=com'

/** Attributes of Active Directory that Debian's schemas lack. */
export const schema = `
attributetype ( 1.3.6.1.4.1.99999.1.1 NAME 'objectGUID' EQUALITY octetStringMatch SYNTAX 1.3.6.1.4.1.1466.115.121.1.40 )
attributetype ( 1.3.6.1.4.1.99999.1.2 NAME 'objectSid' EQUALITY octetStringMatch SYNTAX 1.3.6.1.4.1.1466.115.121.1.40 )
attributetype ( 1.3.6.1.4.1.99999.1.3 NAME 'primaryGroupID' EQUALITY integerMatch SYNTAX 1.3.6.1.4.1.1466.115.121.1.27 )
objectclass ( 1.3.6.1.4.1.99999.2.1 NAME 'identified' SUP top AUXILIARY MAY ( objectGUID $ objectSid $ primaryGroupID $ description ) )
`

/** The bytes 00 to 0f, then bytes that are not valid UTF-8. */
export const binaryId = Buffer.from('00112233445566778899aabbccddeeff', 'hex')

/** `S-1-5-21-1-2-3-RELATIVE`. */
export function createSid(relative: number): Buffer {
  const parts = [21, 1, 2, 3, relative]
  const value = Buffer.alloc(8 + 4 * parts.length)
  value.set([1, parts.length, 0, 0, 0, 0, 0, 5])
  for (const [index, part] of parts.entries()) value.writeUInt32LE(part, 8 + 4 * index)
  return value
}

/** The shortest data with a JPEG signature. */
export const jpeg = Buffer.from('ffd8ffe000104a46494600ff0001', 'hex')

type Attributes = Parameters<typeof ldifEntry>[1]

/** A user entry below `ou=people`. */
export function person(uid: string, attributes: Attributes = {}): string {
  return ldifEntry(`uid=${uid},ou=people,${base}`, {
    objectClass: ['inetOrgPerson', 'identified'],
    uid,
    cn: `The ${uid}`,
    sn: uid,
    ...attributes,
  })
}

/** A group entry below `ou=groups`. */
export function group(cn: string, attributes: Attributes): string {
  return ldifEntry(`cn=${cn},ou=groups,${base}`, { objectClass: 'groupOfNames', cn, ...attributes })
}

/** The LDAP options of the tests. */
export function sourceOptions(url: string, overrides: Partial<LdapOptions> = {}): LdapOptions {
  return {
    url,
    base,
    bindDn: `uid=reader,${base}`,
    bindPassword: 'secret',
    userFilter: '(objectClass=inetOrgPerson)',
    ...overrides,
    attributes: {
      userId: 'entryUUID',
      userName: 'uid',
      email: 'mail',
      firstName: 'givenName',
      lastName: 'sn',
      displayName: 'cn',
      picture: 'jpegPhoto',
      groupId: 'entryUUID',
      groupName: 'cn',
      ...overrides.attributes,
    },
  }
}
