/** The settings that a preset fills in, by their names in the REST API. Each is a string. */
export interface LdapPresetSettings {
  readonly ldapUserSearchFilter: string
  readonly ldapUserGroupSearchFilter: string
  readonly ldapAttributeUserUniqueIdentifier: string
  readonly ldapAttributeUserUsername: string
  readonly ldapAttributeUserEmail: string
  readonly ldapAttributeUserFirstName: string
  readonly ldapAttributeUserLastName: string
  readonly ldapAttributeUserDisplayName: string
  readonly ldapAttributeUserProfilePicture: string
  readonly ldapAttributeGroupMember: string
  readonly ldapAttributeGroupUniqueIdentifier: string
  readonly ldapAttributeGroupName: string
}

/** The settings for a directory product in its default installation. */
export interface LdapPreset {
  /** A stable ID for forms. */
  readonly id: string
  /** The product name, not translated. */
  readonly name: string
  readonly settings: LdapPresetSettings
  /** Example values for the URL, the base and the bind name. */
  readonly examples: { readonly ldapUrl: string; readonly ldapBase: string; readonly ldapBindDn: string }
}

// Based on inetOrgPerson (RFC 2798), groupOfNames (RFC 4519) and entryUUID (RFC 4530).
const standard: LdapPresetSettings = {
  ldapUserSearchFilter: '(objectClass=inetOrgPerson)',
  ldapUserGroupSearchFilter: '(objectClass=groupOfNames)',
  ldapAttributeUserUniqueIdentifier: 'entryUUID',
  ldapAttributeUserUsername: 'uid',
  ldapAttributeUserEmail: 'mail',
  ldapAttributeUserFirstName: 'givenName',
  ldapAttributeUserLastName: 'sn',
  ldapAttributeUserDisplayName: 'cn',
  ldapAttributeUserProfilePicture: 'jpegPhoto',
  ldapAttributeGroupMember: 'member',
  ldapAttributeGroupUniqueIdentifier: 'entryUUID',
  ldapAttributeGroupName: 'cn',
}

const activeDirectory: LdapPresetSettings = {
  ...standard,
  // Users whose account is not disabled ([MS-ADTS] §2.2.16: UF_ACCOUNT_DISABLE).
  ldapUserSearchFilter: '(&(objectCategory=person)(objectClass=user)(!(userAccountControl:1.2.840.113556.1.4.803:=2)))',
  ldapUserGroupSearchFilter: '(objectClass=group)',
  ldapAttributeUserUniqueIdentifier: 'objectGUID',
  ldapAttributeUserUsername: 'sAMAccountName',
  ldapAttributeUserDisplayName: 'displayName',
  ldapAttributeUserProfilePicture: 'thumbnailPhoto',
  ldapAttributeGroupUniqueIdentifier: 'objectGUID',
  ldapAttributeGroupName: 'sAMAccountName',
}

const activeDirectoryExamples = {
  ldapUrl: 'ldaps://dc1.example.com',
  ldapBase: 'DC=example,DC=com',
  ldapBindDn: 'CN=pocket,CN=Users,DC=example,DC=com',
}

/** Presets for widely used directories. */
export const ldapPresets: readonly LdapPreset[] = [
  {
    id: 'active-directory',
    name: 'Active Directory',
    settings: activeDirectory,
    examples: activeDirectoryExamples,
  },
  {
    id: 'openldap',
    name: 'OpenLDAP',
    settings: standard,
    examples: {
      ldapUrl: 'ldaps://ldap.example.com',
      ldapBase: 'dc=example,dc=com',
      ldapBindDn: 'cn=pocket,dc=example,dc=com',
    },
  },
  {
    id: 'lldap',
    name: 'lldap',
    settings: {
      ...standard,
      ldapUserSearchFilter: '(objectClass=person)',
      ldapAttributeUserUniqueIdentifier: 'uuid',
      ldapAttributeGroupUniqueIdentifier: 'uuid',
    },
    examples: {
      ldapUrl: 'ldap://lldap:3890',
      ldapBase: 'dc=example,dc=com',
      ldapBindDn: 'uid=pocket,ou=people,dc=example,dc=com',
    },
  },
  {
    id: 'freeipa',
    name: 'FreeIPA',
    settings: {
      ...standard,
      ldapUserSearchFilter: '(&(objectClass=person)(objectClass=posixAccount)(!(nsAccountLock=TRUE)))',
      ldapUserGroupSearchFilter: '(objectClass=ipaUserGroup)',
      ldapAttributeUserUniqueIdentifier: 'ipaUniqueID',
      ldapAttributeUserDisplayName: 'displayName',
      ldapAttributeGroupUniqueIdentifier: 'ipaUniqueID',
    },
    examples: {
      ldapUrl: 'ldaps://ipa.example.com',
      // The `compat` tree contains every user a second time.
      ldapBase: 'cn=accounts,dc=example,dc=com',
      ldapBindDn: 'uid=pocket,cn=sysaccounts,cn=etc,dc=example,dc=com',
    },
  },
  {
    id: 'synology-directory-server',
    name: 'Synology Directory Server',
    // A Samba domain controller uses the same schema as Active Directory.
    settings: activeDirectory,
    examples: { ...activeDirectoryExamples, ldapUrl: 'ldaps://nas.example.com' },
  },
  {
    id: 'synology-ldap-server',
    name: 'Synology LDAP Server',
    settings: {
      ...standard,
      ldapUserGroupSearchFilter: '(objectClass=posixGroup)',
      ldapAttributeGroupMember: 'memberUid',
    },
    examples: {
      ldapUrl: 'ldaps://nas.example.com',
      ldapBase: 'dc=example,dc=com',
      ldapBindDn: 'uid=root,cn=users,dc=example,dc=com',
    },
  },
]
