import type { PasskeyPolicy } from '@pocket/core'
import type { SettingValues } from '../settings/definitions.ts'
import type { OwnSettingValues } from '../settings/own/definitions.ts'

/** The passkey policy from the settings, of the contract and in addition to it. */
export function passkeyPolicyOf(settings: SettingValues, own: OwnSettingValues): PasskeyPolicy {
  return {
    userVerification: settings.webauthnUserVerification === 'preferred' ? 'preferred' : 'required',
    attachment: attachmentOf(settings.webauthnAuthenticatorAttachment),
    allowSynced: settings.webauthnAllowSyncedPasskeys !== 'false',
    allowedModels: own.passkeyAllowedModels,
    deniedModels: own.passkeyDeniedModels,
    attestation: own.passkeyAttestation,
    counterRegression: own.passkeyCounterRegression,
    nonCompliance: own.passkeyNonCompliance,
    nonComplianceFrom:
      own.passkeyNonComplianceFrom === '' ? 0 : Date.parse(`${own.passkeyNonComplianceFrom}T00:00:00Z`),
  }
}

function attachmentOf(text: string): PasskeyPolicy['attachment'] {
  return text === 'platform' || text === 'cross-platform' ? text : 'any'
}
