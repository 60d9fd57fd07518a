import { argumentChecks } from '@pocket/core/internal'

/**
 * The connection to a directory and the search for users and groups (RFC 4511 §4.5.1). Defaults apply to absent or empty
 * options.
 */
export interface LdapOptions extends LdapConnectionOptions {
  /** The base name below which users and groups are searched in the whole subtree. Setting `ldapBase`. */
  readonly base: string
  /** The filter for users (RFC 4515). Setting `ldapUserSearchFilter`; default `(objectClass=person)`. */
  readonly userFilter?: string | undefined
  /** The filter for groups. Setting `ldapUserGroupSearchFilter`; default `(objectClass=groupOfNames)`. */
  readonly groupFilter?: string | undefined
  readonly attributes: LdapAttributes
  readonly limits?: LdapLimits | undefined
}

/** The connection to a directory and its credentials (RFC 4511 §4.2). */
export interface LdapConnectionOptions {
  /**
   * `ldap://host:port`, `ldaps://host:port`, or `ldapi:///path` of a Unix socket. The default ports are 389 and 636. Setting
   * `ldapUrl`.
   */
  readonly url: string
  /**
   * Whether to encrypt `ldap://` with StartTLS before any other request (RFC 4511 §4.14). Ignored for the other schemes.
   * Default: no.
   */
  readonly startTls?: boolean | undefined
  /**
   * The name to bind as. Setting `ldapBindDn`. If empty, binds anonymously, or at `ldapi://` as the user of this process
   * (SASL EXTERNAL, RFC 4422 appendix A).
   */
  readonly bindDn?: string | undefined
  /** Setting `ldapBindPassword`. Never part of an error. */
  readonly bindPassword?: string | undefined
  /** Trusted certificates (PEM, any number) that replace the system's. Default: the system's certificates. */
  readonly ca?: string | undefined
  /** Whether to accept any certificate. Setting `ldapSkipCertVerify`; default: no. */
  readonly skipCertificateCheck?: boolean | undefined
  /** Milliseconds to establish the connection, and again to encrypt it. Default: 10 000. */
  readonly connectTimeout?: number | undefined
  /** Milliseconds of server silence allowed during an operation. Default: 30 000. */
  readonly operationTimeout?: number | undefined
  /** Milliseconds for the whole run. Default: 900 000; for a test 30 000 at most. */
  readonly overallTimeout?: number | undefined
}

/** Attribute names; absent or empty ones are not read. */
export interface LdapAttributes {
  /** The stable identifier of a user. Setting `ldapAttributeUserUniqueIdentifier`; required. */
  readonly userId: string
  /** Setting `ldapAttributeUserUsername`. */
  readonly userName?: string | undefined
  /** Setting `ldapAttributeUserEmail`. */
  readonly email?: string | undefined
  /** Setting `ldapAttributeUserFirstName`. */
  readonly firstName?: string | undefined
  /** Setting `ldapAttributeUserLastName`. */
  readonly lastName?: string | undefined
  /** Setting `ldapAttributeUserDisplayName`. */
  readonly displayName?: string | undefined
  /** The picture as bytes or base64. Setting `ldapAttributeUserProfilePicture`. */
  readonly picture?: string | undefined
  /**
   * Group members: entry names (`member`, `uniqueMember`) or user names (`memberUid`). Setting `ldapAttributeGroupMember`;
   * default `member`.
   */
  readonly groupMember?: string | undefined
  /** Setting `ldapAttributeGroupUniqueIdentifier`; required to read groups. */
  readonly groupId?: string | undefined
  /** Setting `ldapAttributeGroupName`. */
  readonly groupName?: string | undefined
}

/** The limits of a run. Exceeding one of the first three aborts it; the others
 * affect single entries only. */
export interface LdapLimits {
  /** Maximum number of users and groups together. Default: 200 000. */
  readonly entries?: number | undefined
  /** Maximum number of memberships of all groups. Default: 5 000 000. */
  readonly memberships?: number | undefined
  /** Maximum bytes of all names, strings and members, excluding pictures. Default: 1 GiB. */
  readonly textBytes?: number | undefined
  /** Entries per page. Default: 500. */
  readonly pageSize?: number | undefined
  /** Maximum bytes of a user entry, including the picture. Default: 4 MiB. */
  readonly personBytes?: number | undefined
  /** Maximum bytes of a group entry, including its members. Default: 32 MiB. */
  readonly groupBytes?: number | undefined
  /** Maximum bytes of all pictures; further pictures are skipped. Default: 256 MiB. */
  readonly pictureBytes?: number | undefined
}

const { boolean, number, object, optional, text } = argumentChecks

/** Checks the arguments of the functions that read a directory, for hosts without type checking. */
export const ldapOptions = object('options', {
  url: text('url'),
  base: text('base'),
  ...optionals(text, ['userFilter', 'groupFilter', 'bindDn', 'bindPassword', 'ca']),
  ...optionals(boolean, ['startTls', 'skipCertificateCheck']),
  ...optionals(number, ['connectTimeout', 'operationTimeout', 'overallTimeout']),
  attributes: object('attributes', {
    ...optionals(text, ['userName', 'email', 'firstName', 'lastName', 'displayName', 'picture']),
    ...optionals(text, ['groupMember', 'groupId', 'groupName']),
    userId: text('userId'),
  }),
  limits: optional(
    object('limits', {
      ...optionals(number, ['entries', 'memberships', 'textBytes', 'pageSize']),
      ...optionals(number, ['personBytes', 'groupBytes', 'pictureBytes']),
    }),
  ),
})

function optionals(check: typeof text, names: readonly string[]) {
  return Object.fromEntries(names.map((name) => [name, optional(check(name))]))
}

const mebibyte = 1024 * 1024

export const defaults = {
  userFilter: '(objectClass=person)',
  groupFilter: '(objectClass=groupOfNames)',
  groupMember: 'member',
  connectTimeout: 10_000,
  operationTimeout: 30_000,
  overallTimeout: 900_000,
  // The limit for a connection test, while an administrator waits.
  testTimeout: 30_000,
} as const

/** The limits with defaults applied. */
export type ResolvedLimits = { readonly [Key in keyof LdapLimits]-?: number }

const defaultLimits: ResolvedLimits = {
  entries: 200_000,
  memberships: 5_000_000,
  textBytes: 1024 * mebibyte,
  pageSize: 500,
  personBytes: 4 * mebibyte,
  groupBytes: 32 * mebibyte,
  pictureBytes: 256 * mebibyte,
}

export function resolveLimits(options: Pick<LdapOptions, 'limits'>): ResolvedLimits {
  const definedLimits = Object.entries(options.limits ?? {}).filter(([, value]) => value !== undefined)
  return { ...defaultLimits, ...Object.fromEntries(definedLimits) }
}
