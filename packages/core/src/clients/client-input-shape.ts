import type { ErrorObject } from 'ajv'
import type { FieldError } from '../errors.ts'
import { validator } from '../validator.ts'
import type { NewClientInput } from './client-input.ts'
import { defaultProtocol } from './protocol.ts'

const strings = { type: 'array', items: { type: 'string' } }

/** The types of the fields; their values are checked later. */
const properties = {
  id: { type: 'string' },
  name: { type: 'string' },
  description: { type: 'string' },
  launchUrl: { type: 'string', nullable: true },
  redirectUris: strings,
  postLogoutRedirectUris: strings,
  isPublic: { type: 'boolean' },
  pkceRequired: { type: 'boolean' },
  requiresReauthentication: { type: 'boolean' },
  requiresPushedAuthorizationRequests: { type: 'boolean' },
  skipConsent: { type: 'boolean' },
  isGroupRestricted: { type: 'boolean' },
  federatedIdentities: { type: 'array', items: { type: 'object' } },
  accessTokenDurationMinutes: { type: 'number', nullable: true },
  refreshTokenDurationMinutes: { type: 'number' },
  protocol: {
    type: 'object',
    additionalProperties: false,
    properties: Object.fromEntries(Object.keys(defaultProtocol).map((setting) => [setting, {}])),
  },
  template: { type: 'string', nullable: true },
} as const satisfies Readonly<Record<keyof Required<NewClientInput>, object>>

const shapeValidator = validator<NewClientInput>(
  { type: 'object', required: ['name', 'redirectUris'], additionalProperties: false, properties },
  // Invalid numbers are reported later, with their limits.
  { allErrors: true, strictNumbers: false },
)

/**
 * Missing, unknown and mistyped fields, for hosts without type checking.
 *
 * @param client - a stored client; its other fields may be passed back, and are ignored
 */
export function shapeProblems(input: unknown, client: { readonly protocol?: object } = {}): FieldError[] {
  const hasShape = shapeValidator()
  if (hasShape(input)) return []
  const errors = (hasShape.errors ?? []).map(toFieldError)
  const stored = new Set([
    ...Object.keys(client),
    ...Object.keys(client.protocol ?? {}).map((name) => `protocol.${name}`),
  ])
  return errors.filter(({ field, code }) => code !== 'unknown' || !stored.has(field)).slice(0, 20)
}

function toFieldError({ keyword, params, instancePath, message }: ErrorObject): FieldError {
  const path = instancePath.slice(1).replaceAll(/\/(\d+)/g, '[$1]')
  switch (keyword) {
    case 'required':
      return { field: String(params.missingProperty), code: 'required', message: 'is required' }
    case 'additionalProperties': {
      const field = `${path && `${path}.`}${params.additionalProperty}`
      return { field, code: 'unknown', message: `is not a field of a client${suggestion(field)}` }
    }
    default:
      return { field: path || 'input', code: 'invalid_type', message: message ?? 'is invalid' }
  }
}

/** The field whose name differs by one character. */
function suggestion(name: string): string {
  const protocolFields = Object.keys(defaultProtocol).map((setting) => `protocol.${setting}`)
  const found = [...Object.keys(properties), ...protocolFields].find((field) =>
    isOneCharacterApart(field.toLowerCase(), name.toLowerCase()),
  )
  return found === undefined ? '' : `; use ${found}`
}

export function isOneCharacterApart(left: string, right: string): boolean {
  const [longer, shorter] = left.length >= right.length ? [left, right] : [right, left]
  if (longer.length - shorter.length > 1) return false
  let start = 0
  while (start < shorter.length && longer[start] === shorter[start]) start += 1
  return longer.slice(start + 1) === shorter.slice(longer.length === shorter.length ? start + 1 : start)
}
