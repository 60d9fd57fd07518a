/** How a directory is reached, and how people and groups are found in it (RFC 4511 §4.5.1). Defaults apply to what is absent or empty. */
export interface LdapOptions extends LdapConnectionOptions {
  /** Below which name people and groups are searched, all the way down. Setting `ldapBase`. */
  readonly base: string
  /** Which entries are people (RFC 4515). Setting `ldapUserSearchFilter`; default `(objectClass=person)`. */
  readonly userFilter?: string | undefined
  /** Which entries are groups. Setting `ldapUserGroupSearchFilter`; default `(objectClass=groupOfNames)`. */
  readonly groupFilter?: string | undefined
  readonly attributes: LdapAttributes
  readonly limits?: LdapLimits | undefined
}

/** How a directory is reached, and as whom (RFC 4511 §4.2). */
export interface LdapConnectionOptions {
  /**
   * `ldap://host:port`, `ldaps://host:port`, or `ldapi:///path` of a Unix socket. The ports are 389 and 636 where none is
   * named. Setting `ldapUrl`.
   */
  readonly url: string
  /** Whether `ldap://` is encrypted before anything else is said (RFC 4511 §4.14). The other two never are. Default: no. */
  readonly startTls?: boolean | undefined
  /**
   * Whom to sign in as. Setting `ldapBindDn`; empty: nobody, the directory is read as a guest, at `ldapi://` as the user whom
   * this process runs as (SASL EXTERNAL, RFC 4422 appendix A).
   */
  readonly bindDn?: string | undefined
  /** Setting `ldapBindPassword`. Never part of an error. */
  readonly bindPassword?: string | undefined
  /** Certificates (PEM, any number) that are trusted instead of the system's. Default: those of the system. */
  readonly ca?: string | undefined
  /** Whether any certificate will do. Setting `ldapSkipCertVerify`; default: no. */
  readonly skipCertificateCheck?: boolean | undefined
  /** Milliseconds until the connection stands, and again until it is encrypted. Default: 10 000. */
  readonly connectTimeout?: number | undefined
  /** Milliseconds that a server may be silent within an operation. Default: 30 000. */
  readonly operationTimeout?: number | undefined
  /** Milliseconds for everything together. Default: 900 000; of a test 30 000, and never more. */
  readonly overallTimeout?: number | undefined
}

/** Names of attributes; those that are absent or empty are not read. */
export interface LdapAttributes {
  /** What stays the same when a person is renamed. Setting `ldapAttributeUserUniqueIdentifier`; needed. */
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
  /** The bytes of a picture, or those in base64. Setting `ldapAttributeUserProfilePicture`. */
  readonly picture?: string | undefined
  /**
   * Who is in a group: names of entries (`member`, `uniqueMember`) or user names (`memberUid`). Setting
   * `ldapAttributeGroupMember`; default `member`.
   */
  readonly groupMember?: string | undefined
  /** Setting `ldapAttributeGroupUniqueIdentifier`; needed, else no group is read. */
  readonly groupId?: string | undefined
  /** Setting `ldapAttributeGroupName`. */
  readonly groupName?: string | undefined
}

/** How much of a directory is taken in. What goes beyond the first three
 * ends the reading; of the others one entry suffers. */
export interface LdapLimits {
  /** People and groups together. Default: 200 000. */
  readonly entries?: number | undefined
  /** Memberships of all groups together. Default: 5 000 000. */
  readonly memberships?: number | undefined
  /** Bytes of all names, texts and members together, pictures aside. Default: 1 GiB. */
  readonly textBytes?: number | undefined
  /** Entries that are asked for at once. Default: 500. */
  readonly pageSize?: number | undefined
  /** Bytes of a person, the picture included. Default: 4 MiB. */
  readonly personBytes?: number | undefined
  /** Bytes of a group, its members included. Default: 32 MiB. */
  readonly groupBytes?: number | undefined
  /** Bytes of all pictures together; those beyond are left out. Default: 256 MiB. */
  readonly pictureBytes?: number | undefined
}

const mebibyte = 1024 * 1024

export const defaults = {
  userFilter: '(objectClass=person)',
  groupFilter: '(objectClass=groupOfNames)',
  groupMember: 'member',
  connectTimeout: 10_000,
  operationTimeout: 30_000,
  overallTimeout: 900_000,
  // Of a test, for which a person waits.
  testTimeout: 30_000,
} as const

/** What holds where nothing else is said. */
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

export function limitsOf(options: Pick<LdapOptions, 'limits'>): ResolvedLimits {
  const given = Object.entries(options.limits ?? {}).filter(([, value]) => value !== undefined)
  return { ...defaultLimits, ...Object.fromEntries(given) }
}
