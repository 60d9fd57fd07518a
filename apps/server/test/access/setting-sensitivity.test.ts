import { expect, test } from '@jest/globals'
import { type SettingSensitivity, settingSensitivity } from '../../src/access/setting-sensitivity.ts'
import { settingKeys } from '../../src/settings/definitions.ts'

/** Every setting: a new one is added to one of these lists deliberately. */
const expected: Readonly<Record<SettingSensitivity, readonly string[]>> = {
  'sign-in': [
    'recoveryCodes',
    'recoveryByEmail',
    'smtpHost',
    'smtpPort',
    'smtpTls',
    'smtpFrom',
    'smtpUser',
    'smtpPassword',
    'smtpSkipCertVerify',
    'emailOneTimeAccessAsAdminEnabled',
    'emailOneTimeAccessAsUnauthenticatedEnabled',
    'ldapEnabled',
    'ldapUrl',
    'ldapBindDn',
    'ldapBindPassword',
    'ldapStartTls',
    'ldapCaCertificate',
    'ldapSkipCertVerify',
    'ldapBase',
    'ldapUserSearchFilter',
    'ldapAttributeUserUniqueIdentifier',
    'ldapAttributeUserUsername',
    'ldapAttributeUserEmail',
    'ldapAttributeUserFirstName',
    'ldapAttributeUserLastName',
    'ldapAttributeUserDisplayName',
    'ldapAttributeUserProfilePicture',
    'ldapUserGroupSearchFilter',
    'ldapAttributeGroupUniqueIdentifier',
    'ldapAttributeGroupName',
    'ldapAttributeGroupMember',
    'ldapAdminGroupName',
    'ldapSoftDeleteUsers',
  ],
  critical: [
    'allowUserSignups',
    'signUpVerification',
    'signUpApproval',
    'signupDefaultUserGroupIDs',
    'signupDefaultCustomClaims',
    'dynamicRegistration',
    'dynamicRegistrationRestricted',
    'cimdUrlAllowlist',
  ],
  ordinary: [
    'appName',
    'homePageUrl',
    'accentColor',
    'disableAnimations',
    'sessionDuration',
    'sessionIdleMinutes',
    'allowOwnAccountEdit',
    'ownAccountRemoval',
    'requireUserEmail',
    'emailsVerified',
    'auditLogRetentionDays',
    'emailLoginNotificationEnabled',
    'emailVerificationEnabled',
    'emailApiKeyExpirationEnabled',
    'signingAlgorithm',
    'webFingerDomains',
    'webauthnUserVerification',
    'webauthnAllowSyncedPasskeys',
    'webauthnAuthenticatorAttachment',
    'passkeyAllowedModels',
    'passkeyDeniedModels',
    'passkeyAttestation',
    'passkeyNonCompliance',
  ],
}

test('classifies every setting as listed here', () => {
  const actual = Object.groupBy(settingKeys, settingSensitivity)
  for (const [sensitivity, keys] of Object.entries(expected))
    expect([sensitivity, actual[sensitivity as SettingSensitivity]?.toSorted()]).toEqual([sensitivity, keys.toSorted()])
})
