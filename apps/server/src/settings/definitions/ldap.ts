import { anyText, certificates, line } from '../checks.ts'
import { boolean, defineSetting, secret, text } from '../setting.ts'

const attribute = text(line(), { maxlength: 255 })

/** `/settings/admin/application-configuration/ldap`, by the groups of the page. */
export const ldap = {
  ldapServer: {
    ldapEnabled: defineSetting(boolean, {
      variable: 'LDAP_ENABLED',
      default: false,
      public: true,
      description: 'Whether users and groups are imported from an LDAP directory.',
    }),
    ldapUrl: defineSetting(text(line()), {
      variable: 'LDAP_URL',
      default: '',
      description: 'The URL of the LDAP server, such as `ldaps://ldap.example.com`.',
    }),
    ldapBindDn: defineSetting(text(line()), { variable: 'LDAP_BIND_DN', default: '', description: 'The bind DN.' }),
    ldapBindPassword: defineSetting(secret(anyText), {
      variable: 'LDAP_BIND_PASSWORD',
      default: '',
      description: 'The bind password.',
    }),
    ldapStartTls: defineSetting(boolean, {
      variable: 'LDAP_START_TLS',
      default: false,
      description: 'Whether an `ldap://` connection is encrypted with StartTLS.',
    }),
    ldapCaCertificate: defineSetting(
      text(certificates, { control: 'block', documentation: 'PEM', schema: { maxLength: 100_000 } }),
      {
        variable: 'LDAP_CA_CERTIFICATE',
        default: '',
        defaultText: "the system's",
        description:
          "Certificates (PEM) of the certificate authorities trusted for the LDAP server, instead of the system's.",
      },
    ),
    ldapSkipCertVerify: defineSetting(boolean, {
      variable: 'LDAP_SKIP_CERT_VERIFY',
      default: false,
      description:
        "Whether the LDAP server's certificate is not verified. Anyone on the network path can then read the connection.",
    }),
  },
  ldapPeople: {
    ldapBase: defineSetting(text(line()), {
      variable: 'LDAP_BASE',
      default: '',
      description: 'The base DN of users and groups.',
    }),
    ldapUserSearchFilter: defineSetting(text(line()), {
      variable: 'LDAP_USER_SEARCH_FILTER',
      default: '(objectClass=person)',
      description: 'The search filter for users.',
    }),
    ldapAttributeUserUniqueIdentifier: defineSetting(attribute, {
      variable: 'LDAP_ATTRIBUTE_USER_UNIQUE_IDENTIFIER',
      default: '',
      description: 'The attribute that permanently identifies a user.',
    }),
    ldapAttributeUserUsername: defineSetting(attribute, {
      variable: 'LDAP_ATTRIBUTE_USER_USERNAME',
      default: '',
      description: 'The attribute with the user name.',
    }),
    ldapAttributeUserEmail: defineSetting(attribute, {
      variable: 'LDAP_ATTRIBUTE_USER_EMAIL',
      default: '',
      description: 'The attribute with the e-mail address.',
    }),
    ldapAttributeUserFirstName: defineSetting(attribute, {
      variable: 'LDAP_ATTRIBUTE_USER_FIRST_NAME',
      default: '',
      description: 'The attribute with the given name.',
    }),
    ldapAttributeUserLastName: defineSetting(attribute, {
      variable: 'LDAP_ATTRIBUTE_USER_LAST_NAME',
      default: '',
      description: 'The attribute with the family name.',
    }),
    ldapAttributeUserDisplayName: defineSetting(attribute, {
      variable: 'LDAP_ATTRIBUTE_USER_DISPLAY_NAME',
      default: 'cn',
      description: 'The attribute with the display name.',
    }),
    ldapAttributeUserProfilePicture: defineSetting(attribute, {
      variable: 'LDAP_ATTRIBUTE_USER_PROFILE_PICTURE',
      default: '',
      description: 'The attribute with the profile picture.',
    }),
  },
  ldapGroups: {
    ldapUserGroupSearchFilter: defineSetting(text(line()), {
      variable: 'LDAP_USER_GROUP_SEARCH_FILTER',
      default: '(objectClass=groupOfNames)',
      description: 'The search filter for groups.',
    }),
    ldapAttributeGroupUniqueIdentifier: defineSetting(attribute, {
      variable: 'LDAP_ATTRIBUTE_GROUP_UNIQUE_IDENTIFIER',
      default: '',
      description: 'The attribute that permanently identifies a group.',
    }),
    ldapAttributeGroupName: defineSetting(attribute, {
      variable: 'LDAP_ATTRIBUTE_GROUP_NAME',
      default: '',
      description: 'The attribute with the name of a group.',
    }),
    ldapAttributeGroupMember: defineSetting(attribute, {
      variable: 'LDAP_ATTRIBUTE_GROUP_MEMBER',
      default: 'member',
      description: 'The attribute with the members of a group.',
    }),
    ldapAdminGroupName: defineSetting(attribute, {
      variable: 'LDAP_ADMIN_GROUP_NAME',
      default: '',
      description: 'The group whose members are administrators.',
    }),
  },
  ldapMissingUsers: {
    ldapSoftDeleteUsers: defineSetting(boolean, {
      variable: 'LDAP_SOFT_DELETE_USERS',
      default: true,
      description: 'Whether users who were removed from the directory are disabled instead of deleted.',
    }),
  },
} as const
