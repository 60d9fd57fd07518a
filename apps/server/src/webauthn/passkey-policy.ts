import type { PasskeyPolicy } from '@pocket/core'
import type { SettingValues } from '../settings/definitions.ts'

export function passkeyPolicyOf(settings: SettingValues): PasskeyPolicy {
  return {
    userVerification: settings.webauthnUserVerification,
    attachment: settings.webauthnAuthenticatorAttachment,
    allowSynced: settings.webauthnAllowSyncedPasskeys,
    allowedModels: settings.passkeyAllowedModels,
    deniedModels: settings.passkeyDeniedModels,
    attestation: settings.passkeyAttestation,
    counterRegression: 'audit',
    nonCompliance: settings.passkeyNonCompliance,
  }
}
