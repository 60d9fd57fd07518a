import type { PasskeyPolicy } from '@pocket/core'
import type { SettingValues } from '../settings/definitions.ts'

/** The passkey policy from the settings. */
export function passkeyPolicyOf(settings: SettingValues): PasskeyPolicy {
  return {
    userVerification: settings.webauthnUserVerification,
    attachment: settings.webauthnAuthenticatorAttachment,
    allowSynced: settings.webauthnAllowSyncedPasskeys,
    allowedModels: settings.passkeyAllowedModels,
    deniedModels: settings.passkeyDeniedModels,
    attestation: settings.passkeyAttestation,
    counterRegression: settings.passkeyCounterRegression,
    nonCompliance: settings.passkeyNonCompliance,
    nonComplianceFrom:
      settings.passkeyNonComplianceFrom === '' ? 0 : Date.parse(`${settings.passkeyNonComplianceFrom}T00:00:00Z`),
  }
}
