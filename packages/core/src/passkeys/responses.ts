import type { AuthenticationResponseJSON, RegistrationResponseJSON } from '@simplewebauthn/server'
import { Ajv } from 'ajv'
import { InvalidInputError } from '../errors.ts'

const base64url = { type: 'string', pattern: '^[A-Za-z0-9_-]+$', maxLength: 65_536 }
const commonProperties = {
  id: base64url,
  rawId: base64url,
  type: { const: 'public-key' },
  clientExtensionResults: { type: 'object' },
}
const requiredProperties = ['id', 'rawId', 'type', 'response']

const ajv = new Ajv({ allErrors: false })

const isRegistration = ajv.compile<RegistrationResponseJSON>({
  type: 'object',
  required: requiredProperties,
  properties: {
    ...commonProperties,
    response: {
      type: 'object',
      required: ['clientDataJSON', 'attestationObject'],
      properties: {
        clientDataJSON: base64url,
        attestationObject: base64url,
        transports: { type: 'array', maxItems: 16, items: { type: 'string', maxLength: 32 } },
      },
    },
  },
})

const isAuthentication = ajv.compile<AuthenticationResponseJSON>({
  type: 'object',
  required: requiredProperties,
  properties: {
    ...commonProperties,
    response: {
      type: 'object',
      required: ['clientDataJSON', 'authenticatorData', 'signature'],
      properties: {
        clientDataJSON: base64url,
        authenticatorData: base64url,
        signature: base64url,
        userHandle: { type: ['string', 'null'], maxLength: 512 },
      },
    },
  },
})

/** @throws {InvalidInputError} `passkey_rejected` if it is not a RegistrationResponseJSON (WebAuthn Level 3 §5.1.8) */
export function registrationResponse(value: unknown): RegistrationResponseJSON {
  if (isRegistration(value)) return value
  throw new InvalidInputError(
    'passkey_rejected',
    `The registration response is invalid: ${ajv.errorsText(isRegistration.errors)}`,
  )
}

/** @throws {InvalidInputError} `passkey_rejected` if it is not an AuthenticationResponseJSON (WebAuthn Level 3 §5.1.8) */
export function authenticationResponse(value: unknown): AuthenticationResponseJSON {
  if (isAuthentication(value)) return value
  throw new InvalidInputError(
    'passkey_rejected',
    `The authentication response is invalid: ${ajv.errorsText(isAuthentication.errors)}`,
  )
}
