import { named } from '../http/api/schema.ts'

const base64url = { type: 'string', description: 'In base64url.' } as const

/** The input of `PublicKeyCredential.parseCreationOptionsFromJSON` (WebAuthn Level 3 §5.1.9). */
export const creationOptionsSchema = named('PublicKeyCredentialCreationOptionsJSON', {
  type: 'object',
  required: ['rp', 'user', 'challenge', 'pubKeyCredParams'],
  properties: {
    rp: { type: 'object' },
    user: { type: 'object' },
    challenge: base64url,
    pubKeyCredParams: { type: 'array', items: { type: 'object' } },
    timeout: { type: 'integer', description: 'Milliseconds.' },
    excludeCredentials: { type: 'array', items: { type: 'object' } },
    authenticatorSelection: { type: 'object' },
  },
})

/** The input of `PublicKeyCredential.parseRequestOptionsFromJSON` (WebAuthn Level 3 §5.1.10). */
export const requestOptionsSchema = named('PublicKeyCredentialRequestOptionsJSON', {
  type: 'object',
  required: ['challenge'],
  properties: {
    challenge: base64url,
    timeout: { type: 'integer', description: 'Milliseconds.' },
    rpId: { type: 'string' },
    userVerification: { type: 'string' },
  },
})

/** The output of `PublicKeyCredential.toJSON` (WebAuthn Level 3 §5.1.8); core validates every member. */
export const registrationResponseSchema = named('RegistrationResponseJSON', { type: 'object' } as const)
export const authenticationResponseSchema = named('AuthenticationResponseJSON', { type: 'object' } as const)
