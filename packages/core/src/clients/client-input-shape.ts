import { createShapeCheck } from '../input-shape.ts'
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

/** Problems of the shape of a client. */
export const shapeProblems = createShapeCheck('a client', ['name', 'redirectUris'], properties)
