import { auditLogRetentionDays } from './audit-log-retention-days.ts'
import type { OwnSetting } from './definition.ts'
import { dynamicRegistration } from './dynamic-registration.ts'
import { dynamicRegistrationRestricted } from './dynamic-registration-restricted.ts'
import { ldapCaCertificate, ldapRemovalLimitPercent, ldapStartTls, ldapTimeoutSeconds } from './ldap.ts'
import { ownAccountRemoval } from './own-account-removal.ts'
import { passkeyAttestation } from './passkey-attestation.ts'
import { passkeyCounterRegression } from './passkey-counter-regression.ts'
import { passkeyAllowedModels, passkeyDeniedModels } from './passkey-models.ts'
import { passkeyNonCompliance, passkeyNonComplianceFrom } from './passkey-non-compliance.ts'
import { sessionIdleMinutes } from './session-idle-minutes.ts'
import { signUpApproval } from './sign-up-approval.ts'
import { signUpVerification } from './sign-up-verification.ts'
import { styleVariables } from './style-variables.ts'
import { unusedClientDays } from './unused-client-days.ts'
import { webFingerDomains } from './web-finger-domains.ts'

/** Every setting that is not in the contract, by its name in the REST API and in the database. */
export const ownSettings = {
  auditLogRetentionDays,
  dynamicRegistration,
  dynamicRegistrationRestricted,
  unusedClientDays,
  ldapCaCertificate,
  ldapRemovalLimitPercent,
  ldapStartTls,
  ldapTimeoutSeconds,
  ownAccountRemoval,
  passkeyAllowedModels,
  passkeyDeniedModels,
  passkeyAttestation,
  passkeyCounterRegression,
  passkeyNonCompliance,
  passkeyNonComplianceFrom,
  sessionIdleMinutes,
  signUpApproval,
  signUpVerification,
  styleVariables,
  webFingerDomains,
} as const

export type OwnSettingKey = keyof typeof ownSettings

export type OwnSettingValues = {
  readonly [Key in OwnSettingKey]: (typeof ownSettings)[Key] extends OwnSetting<infer Value> ? Value : never
}

export const ownSettingKeys: readonly OwnSettingKey[] = [
  'auditLogRetentionDays',
  'dynamicRegistration',
  'dynamicRegistrationRestricted',
  'unusedClientDays',
  'ldapCaCertificate',
  'ldapRemovalLimitPercent',
  'ldapStartTls',
  'ldapTimeoutSeconds',
  'ownAccountRemoval',
  'passkeyAllowedModels',
  'passkeyDeniedModels',
  'passkeyAttestation',
  'passkeyCounterRegression',
  'passkeyNonCompliance',
  'passkeyNonComplianceFrom',
  'sessionIdleMinutes',
  'signUpApproval',
  'signUpVerification',
  'styleVariables',
  'webFingerDomains',
]
