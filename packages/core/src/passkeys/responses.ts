import type { AuthenticationResponseJSON, RegistrationResponseJSON } from '@simplewebauthn/server'
import type { ValidateFunction } from 'ajv'
import { InvalidInputError } from '../errors.ts'
import { validator } from '../validator.ts'

const base64url = { type: 'string', pattern: '^[A-Za-z0-9_-]+$', maxLength: 65_536 }
const commonProperties = {
  id: base64url,
  rawId: base64url,
  type: { const: 'public-key' },
  clientExtensionResults: { type: 'object' },
}
const requiredProperties = ['id', 'rawId', 'type', 'response']

const registrationValidator = validator<RegistrationResponseJSON>({
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

const authenticationValidator = validator<AuthenticationResponseJSON>({
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
  return validResponse(registrationValidator(), value, 'registration')
}

/** @throws {InvalidInputError} `passkey_rejected` if it is not an AuthenticationResponseJSON (WebAuthn Level 3 §5.1.8) */
export function authenticationResponse(value: unknown): AuthenticationResponseJSON {
  return validResponse(authenticationValidator(), value, 'authentication')
}

function validResponse<Response>(validate: ValidateFunction<Response>, value: unknown, kind: string): Response {
  if (validate(value)) return value
  const [error] = validate.errors ?? []
  throw new InvalidInputError(
    'passkey_rejected',
    `The ${kind} response is invalid: data${error?.instancePath} ${error?.message}`,
  )
}
