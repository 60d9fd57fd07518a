import type { PageModel } from '../../../src/http/page-models.ts'
import { anna, day, now } from './common.ts'

const yubiKey = { aaguid: '2fc0579f-8113-47ea-b116-bb5a8db9202a', name: 'YubiKey 5 Series with NFC' }
const unknown = { aaguid: '11111111-2222-4333-8444-555555555555', name: '11111111-2222-4333-8444-555555555555' }

const policy = {
  view: 'passkey-policy',
  viewer: anna,
  choices: {
    webauthnUserVerification: 'required',
    webauthnAuthenticatorAttachment: 'any',
    webauthnAllowSyncedPasskeys: 'true',
    passkeyAttestation: 'none',
    passkeyNonCompliance: 'keep',
  },
  models: { passkeyAllowedModels: [], passkeyDeniedModels: [] },
  known: [yubiKey],
  locked: new Map(),
  compliance: { passkeys: 40, nonCompliant: 0 },
  metadata: { serial: null, readAt: null, models: 0 },
  version: '"1"',
  conflict: null,
  problems: [],
  notice: null,
} as const satisfies PageModel

export const passkeyStates: Readonly<Record<string, PageModel>> = {
  'passkey-policy': policy,
  'passkey-policy-strict': {
    ...policy,
    choices: { ...policy.choices, passkeyAttestation: 'required', passkeyNonCompliance: 'require' },
    models: { passkeyAllowedModels: [yubiKey, unknown], passkeyDeniedModels: [] },
    locked: new Map([
      ['passkeyDeniedModels', 'PASSKEY_DENIED_MODELS'],
      ['webauthnUserVerification', 'WEBAUTHN_USER_VERIFICATION'],
      ['passkeyNonCompliance', 'PASSKEY_NON_COMPLIANCE'],
    ]),
    compliance: { passkeys: 40, nonCompliant: 3 },
    metadata: { serial: 142, readAt: now - day / 2, models: 311 },
    problems: [{ field: 'passkeyAllowedModelsAdd', code: 'invalid', message: 'is not the name of a model' }],
    notice: 'saved',
  },
  'passkey-policy-conflict': {
    ...policy,
    conflict: [
      { field: 'webauthnUserVerification', stored: 'preferred' },
      { field: 'passkeyDeniedModels', stored: yubiKey.name },
    ],
  },
  'passkey-policy-unread': { ...policy, notice: 'metadata_failed' },
  'passkey-policy-review': {
    view: 'passkey-policy-review',
    viewer: anna,
    passkeys: 40,
    nonCompliant: 31,
    reasons: [
      { problem: 'unverified', count: 2 },
      { problem: 'synced', count: 30 },
      { problem: 'not_attested', count: 12 },
    ],
    users: 22,
    without: 1,
    withoutViewer: true,
    nonCompliance: 'require',
    locked: null,
    fields: [{ name: 'webauthnAllowSyncedPasskeys', value: 'false' }],
    version: '"1"',
  },
}
