import { addressPatterns, booleanText, oneOf } from '../checks.ts'
import type { SettingDefinition } from '../definition.ts'

/** Passkeys and client ID metadata documents. */
export const passkeySettings = [
  {
    key: 'webauthnUserVerification',
    env: 'WEBAUTHN_USER_VERIFICATION',
    type: 'string',
    default: 'required',
    required: true,
    check: oneOf('required', 'preferred'),
    description: 'User verification by the authenticator: `required` or `preferred`.',
  },
  {
    key: 'webauthnAllowSyncedPasskeys',
    env: 'WEBAUTHN_ALLOW_SYNCED_PASSKEYS',
    type: 'bool',
    default: 'true',
    required: true,
    check: booleanText,
    description: 'Whether synced passkeys are accepted.',
  },
  {
    key: 'webauthnAuthenticatorAttachment',
    env: 'WEBAUTHN_AUTHENTICATOR_ATTACHMENT',
    type: 'string',
    default: 'any',
    required: true,
    check: oneOf('any', 'platform', 'cross-platform'),
    description:
      'Which authenticators may register: `any`, built-in (`platform`), or roaming such as security keys (`cross-platform`).',
  },
  {
    key: 'cimdUrlAllowlist',
    env: 'CIMD_URL_ALLOWLIST',
    type: 'string',
    default: '[]',
    check: addressPatterns,
    description:
      'URL patterns of allowed client ID metadata documents: a JSON array, `*` for all. Empty turns the feature off.',
  },
] as const satisfies readonly SettingDefinition[]
