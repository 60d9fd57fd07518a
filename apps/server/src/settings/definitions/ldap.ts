import { anyText, certificates, line } from '../checks.ts'
import { boolean, defineSetting, secret, text } from '../setting.ts'

const name = text(line(), { maxlength: 255 })

/** The name of an attribute with this content. */
function attribute(variable: string, content: string, defaultName = '') {
  const description = `The attribute ${content}.`
  return defineSetting(name, { variable, default: defaultName, description })
}

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
    ldapAttributeUserUniqueIdentifier: attribute(
      'LDAP_ATTRIBUTE_USER_UNIQUE_IDENTIFIER',
      'that permanently identifies a user',
    ),
    ldapAttributeUserUsername: attribute('LDAP_ATTRIBUTE_USER_USERNAME', 'with the user name'),
    ldapAttributeUserEmail: attribute('LDAP_ATTRIBUTE_USER_EMAIL', 'with the e-mail address'),
    ldapAttributeUserFirstName: attribute('LDAP_ATTRIBUTE_USER_FIRST_NAME', 'with the given name'),
    ldapAttributeUserLastName: attribute('LDAP_ATTRIBUTE_USER_LAST_NAME', 'with the family name'),
    ldapAttributeUserDisplayName: attribute('LDAP_ATTRIBUTE_USER_DISPLAY_NAME', 'with the display name', 'cn'),
    ldapAttributeUserProfilePicture: attribute('LDAP_ATTRIBUTE_USER_PROFILE_PICTURE', 'with the profile picture'),
  },
  ldapGroups: {
    ldapUserGroupSearchFilter: defineSetting(text(line()), {
      variable: 'LDAP_USER_GROUP_SEARCH_FILTER',
      default: '(objectClass=groupOfNames)',
      description: 'The search filter for groups.',
    }),
    ldapAttributeGroupUniqueIdentifier: attribute(
      'LDAP_ATTRIBUTE_GROUP_UNIQUE_IDENTIFIER',
      'that permanently identifies a group',
    ),
    ldapAttributeGroupName: attribute('LDAP_ATTRIBUTE_GROUP_NAME', 'with the name of a group'),
    ldapAttributeGroupMember: attribute('LDAP_ATTRIBUTE_GROUP_MEMBER', 'with the members of a group', 'member'),
    ldapAdminGroupName: defineSetting(name, {
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
