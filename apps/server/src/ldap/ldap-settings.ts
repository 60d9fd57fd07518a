import { createHash } from 'node:crypto'
import type { CustomClaim, LdapOptions, LdapRules } from '@pocket/directory'
import type { SettingValues } from '../settings/definitions.ts'
import { isEmailRequired } from '../settings/required-email.ts'

const second = 1000
/** The share of imported users, groups or memberships that an import may remove without confirmation. */
const maxRemovals = 0.25

export function ldapOptionsOf(settings: SettingValues): LdapOptions {
  return {
    url: settings.ldapUrl,
    startTls: settings.ldapStartTls,
    bindDn: settings.ldapBindDn,
    bindPassword: settings.ldapBindPassword,
    ...(settings.ldapCaCertificate !== '' && { ca: settings.ldapCaCertificate }),
    skipCertificateCheck: settings.ldapSkipCertVerify,
    connectTimeout: 10 * second,
    operationTimeout: 30 * second,
    base: settings.ldapBase,
    userFilter: settings.ldapUserSearchFilter,
    groupFilter: settings.ldapUserGroupSearchFilter,
    attributes: {
      userId: settings.ldapAttributeUserUniqueIdentifier,
      userName: settings.ldapAttributeUserUsername,
      email: settings.ldapAttributeUserEmail,
      firstName: settings.ldapAttributeUserFirstName,
      lastName: settings.ldapAttributeUserLastName,
      displayName: settings.ldapAttributeUserDisplayName,
      picture: settings.ldapAttributeUserProfilePicture,
      groupMember: settings.ldapAttributeGroupMember,
      groupId: settings.ldapAttributeGroupUniqueIdentifier,
      groupName: settings.ldapAttributeGroupName,
    },
  }
}

export function ldapRulesOf(settings: SettingValues): Omit<LdapRules, 'now'> {
  // Validated when it was stored.
  const newClaims: readonly CustomClaim[] = JSON.parse(settings.signupDefaultCustomClaims)
  return {
    administratorGroup: settings.ldapAdminGroupName,
    missing: settings.ldapSoftDeleteUsers ? 'disable' : 'delete',
    mapped: {
      email: settings.ldapAttributeUserEmail !== '',
      firstName: settings.ldapAttributeUserFirstName !== '',
      lastName: settings.ldapAttributeUserLastName !== '',
      displayName: settings.ldapAttributeUserDisplayName !== '',
      picture: settings.ldapAttributeUserProfilePicture !== '',
    },
    requireEmail: isEmailRequired(settings),
    maxRemovals,
    newClaims,
  }
}

/** Equal for settings that produce the same import; does not reveal the password. */
export function ldapSettingsHash(settings: SettingValues): string {
  const { bindPassword: _, ...options } = ldapOptionsOf(settings)
  const { administratorGroup, missing } = ldapRulesOf(settings)
  return createHash('sha256')
    .update(JSON.stringify([options, administratorGroup, missing]))
    .digest('base64url')
}
