import { createShapeCheck } from '../input-shape.ts'
import type { NewClientInput } from './client-input.ts'
import { defaultProtocol } from './protocol.ts'

const strings = { type: 'array', items: { type: 'string' } }
const optionalText = { type: 'string', nullable: true }
const federatedIdentity = {
  type: 'object',
  required: ['issuer', 'subject', 'audience', 'jwks'],
  properties: {
    issuer: { type: 'string' },
    subject: optionalText,
    audience: optionalText,
    jwks: optionalText,
    replayProtection: { type: 'boolean' },
  },
}

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
  federatedIdentities: { type: 'array', items: federatedIdentity },
  accessTokenDurationMinutes: { type: 'number', nullable: true },
  refreshTokenDurationMinutes: { type: 'number' },
  protocol: {
    type: 'object',
    additionalProperties: false,
    properties: Object.fromEntries(Object.keys(defaultProtocol).map((setting) => [setting, {}])),
  },
  template: { type: 'string', nullable: true },
} as const satisfies Readonly<Record<keyof Required<NewClientInput>, object>>

export const shapeProblems = createShapeCheck('a client', ['name', 'redirectUris'], properties)
