import { boolean, choice, defineSetting, list } from '../setting.ts'

const aaguid = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/

/** Authenticator models, by AAGUID. */
const models = list({
  items: 'AAGUIDs',
  maxItems: 200,
  schema: { type: 'string', maxLength: 36 },
  normalize(item) {
    const model = item.trim().toLowerCase()
    return aaguid.test(model) ? model : undefined
  },
  message: 'must be an AAGUID',
})

/** `/settings/admin/passkeys`. */
export const passkeys = {
  webauthnUserVerification: defineSetting(choice('required', 'preferred'), {
    variable: 'WEBAUTHN_USER_VERIFICATION',
    default: 'required',
    description: 'User verification by the authenticator: `required` or `preferred`.',
  }),
  webauthnAllowSyncedPasskeys: defineSetting(boolean, {
    variable: 'WEBAUTHN_ALLOW_SYNCED_PASSKEYS',
    default: true,
    description: 'Whether synced passkeys are accepted.',
  }),
  webauthnAuthenticatorAttachment: defineSetting(choice('any', 'platform', 'cross-platform'), {
    variable: 'WEBAUTHN_AUTHENTICATOR_ATTACHMENT',
    default: 'any',
    description:
      'Which authenticators may register: `any`, built-in (`platform`), or roaming such as security keys (`cross-platform`).',
  }),
  passkeyAllowedModels: defineSetting(models, {
    variable: 'PASSKEY_ALLOWED_MODELS',
    default: [],
    description: 'AAGUIDs of the accepted authenticator models. Empty accepts all. Only an attestation proves a model.',
  }),
  passkeyDeniedModels: defineSetting(models, {
    variable: 'PASSKEY_DENIED_MODELS',
    default: [],
    description: 'AAGUIDs of rejected authenticator models.',
  }),
  passkeyAttestation: defineSetting(choice('none', 'required'), {
    variable: 'PASSKEY_ATTESTATION',
    default: 'none',
    description:
      'Whether a new passkey must prove its model with an attestation known to the FIDO Metadata Service (`required`). Synced passkeys cannot.',
  }),
  passkeyNonCompliance: defineSetting(choice('keep', 'warn', 'require'), {
    variable: 'PASSKEY_NON_COMPLIANCE',
    default: 'keep',
    description:
      'Treatment of existing passkeys that do not comply with the policy: they keep working (`keep`), their owners are warned (`warn`), or they are rejected (`require`).',
  }),
} as const
