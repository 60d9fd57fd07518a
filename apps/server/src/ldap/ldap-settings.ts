import { createHash } from 'node:crypto'
import type { CustomClaim, LdapOptions, LdapRules } from '@pocket/directory'
import type { SettingValues } from '../settings/definitions.ts'
import type { OwnSettingValues } from '../settings/own/definitions.ts'

/** A consistent snapshot of both kinds of settings. */
export interface LdapSettings {
  readonly contract: SettingValues
  readonly own: Pick<
    OwnSettingValues,
    'ldapCaCertificate' | 'ldapRemovalLimitPercent' | 'ldapStartTls' | 'ldapTimeoutSeconds'
  >
}

const second = 1000

export function isLdapEnabled({ ldapEnabled }: Pick<SettingValues, 'ldapEnabled'>): boolean {
  return ldapEnabled === 'true'
}

/** The connection and query options. */
export function ldapOptionsOf({ contract, own }: LdapSettings): LdapOptions {
  return {
    url: contract.ldapUrl,
    startTls: own.ldapStartTls,
    bindDn: contract.ldapBindDn,
    bindPassword: contract.ldapBindPassword,
    ...(own.ldapCaCertificate !== '' && { ca: own.ldapCaCertificate }),
    skipCertificateCheck: contract.ldapSkipCertVerify === 'true',
    connectTimeout: Math.min(10, own.ldapTimeoutSeconds) * second,
    operationTimeout: own.ldapTimeoutSeconds * second,
    base: contract.ldapBase,
    userFilter: contract.ldapUserSearchFilter,
    groupFilter: contract.ldapUserGroupSearchFilter,
    attributes: {
      userId: contract.ldapAttributeUserUniqueIdentifier,
      userName: contract.ldapAttributeUserUsername,
      email: contract.ldapAttributeUserEmail,
      firstName: contract.ldapAttributeUserFirstName,
      lastName: contract.ldapAttributeUserLastName,
      displayName: contract.ldapAttributeUserDisplayName,
      picture: contract.ldapAttributeUserProfilePicture,
      groupMember: contract.ldapAttributeGroupMember,
      groupId: contract.ldapAttributeGroupUniqueIdentifier,
      groupName: contract.ldapAttributeGroupName,
    },
  }
}

/** The rules for applying the entries. */
export function ldapRulesOf({ contract, own }: LdapSettings): Omit<LdapRules, 'now'> {
  // Validated when it was stored.
  const newClaims: readonly CustomClaim[] = JSON.parse(contract.signupDefaultCustomClaims)
  return {
    administratorGroup: contract.ldapAdminGroupName,
    missing: contract.ldapSoftDeleteUsers === 'true' ? 'disable' : 'delete',
    mapped: {
      email: contract.ldapAttributeUserEmail !== '',
      firstName: contract.ldapAttributeUserFirstName !== '',
      lastName: contract.ldapAttributeUserLastName !== '',
      displayName: contract.ldapAttributeUserDisplayName !== '',
      picture: contract.ldapAttributeUserProfilePicture !== '',
    },
    requireEmail: contract.requireUserEmail === 'true',
    maxRemovals: own.ldapRemovalLimitPercent / 100,
    newClaims,
  }
}

/** Equal for settings that produce the same import; does not reveal the password. */
export function ldapSettingsHash(settings: LdapSettings): string {
  const { bindPassword: _, ...options } = ldapOptionsOf(settings)
  const { administratorGroup, missing } = ldapRulesOf(settings)
  return createHash('sha256')
    .update(JSON.stringify([options, administratorGroup, missing]))
    .digest('base64url')
}
