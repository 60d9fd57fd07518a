import { addressPatterns, booleanText, oneOf } from '../checks.ts'
import type { SettingDefinition } from '../definition.ts'

/** Passkeys, and clients that describe themselves. */
export const passkeySettings = [
  {
    key: 'webauthnUserVerification',
    env: 'WEBAUTHN_USER_VERIFICATION',
    type: 'string',
    default: 'required',
    required: true,
    check: oneOf('required', 'preferred'),
    description: 'Whether an authenticator has to make sure who uses it: `required` or `preferred`.',
  },
  {
    key: 'webauthnAllowSyncedPasskeys',
    env: 'WEBAUTHN_ALLOW_SYNCED_PASSKEYS',
    type: 'bool',
    default: 'true',
    required: true,
    check: booleanText,
    description: 'Whether passkeys that a cloud copies to other devices are accepted.',
  },
  {
    key: 'webauthnAuthenticatorAttachment',
    env: 'WEBAUTHN_AUTHENTICATOR_ATTACHMENT',
    type: 'string',
    default: 'any',
    required: true,
    check: oneOf('any', 'platform', 'cross-platform'),
    description:
      'Which authenticators may be added: `any`, those of the device (`platform`), or those beside it (`cross-platform`).',
  },
  {
    key: 'cimdUrlAllowlist',
    env: 'CIMD_URL_ALLOWLIST',
    type: 'string',
    default: '[]',
    check: addressPatterns,
    description:
      'Addresses of clients that describe themselves by a document: a JSON array of patterns, `*` for all. Empty turns this off.',
  },
] as const satisfies readonly SettingDefinition[]
