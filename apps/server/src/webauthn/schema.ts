import { named, namedObjectWith } from '../http/api/schema.ts'

const base64url = { type: 'string', description: 'In base64url.' } as const

/** The input of `PublicKeyCredential.parseCreationOptionsFromJSON` (WebAuthn Level 3 §5.1.9). */
export const creationOptionsSchema = namedObjectWith(
  'PublicKeyCredentialCreationOptionsJSON',
  ['rp', 'user', 'challenge', 'pubKeyCredParams'],
  {
    rp: { type: 'object' },
    user: { type: 'object' },
    challenge: base64url,
    pubKeyCredParams: { type: 'array', items: { type: 'object' } },
    timeout: { type: 'integer', description: 'Milliseconds.' },
    excludeCredentials: { type: 'array', items: { type: 'object' } },
    authenticatorSelection: { type: 'object' },
  },
)

/** The input of `PublicKeyCredential.parseRequestOptionsFromJSON` (WebAuthn Level 3 §5.1.10). */
export const requestOptionsSchema = namedObjectWith('PublicKeyCredentialRequestOptionsJSON', ['challenge'], {
  challenge: base64url,
  timeout: { type: 'integer', description: 'Milliseconds.' },
  rpId: { type: 'string' },
  userVerification: { type: 'string' },
})

/** The output of `PublicKeyCredential.toJSON` (WebAuthn Level 3 §5.1.8); core validates every member. */
export const registrationResponseSchema = named('RegistrationResponseJSON', { type: 'object' } as const)
export const authenticationResponseSchema = named('AuthenticationResponseJSON', { type: 'object' } as const)
