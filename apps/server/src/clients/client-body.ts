import type { ClientInput, ClientProtocolInput } from '@pocket/core'
import { clientProtocolSchema } from '@pocket/core/internal'
import type { FromSchema } from 'json-schema-to-ts'
import { fieldCode, flag, namedObjectWith, nullableText, objectWith, sentence } from '../http/api/schema.ts'

const urls = { type: 'array', items: { type: 'string' } } as const
const duration = { type: 'integer', minimum: 0, maximum: 525_600, [fieldCode]: 'token_duration' } as const

const federatedIdentity = objectWith(['issuer'], {
  issuer: { type: 'string' },
  subject: nullableText,
  audience: nullableText,
  jwks: nullableText,
  replayProtection: { ...flag, description: 'Whether each assertion is accepted only once; the default is false.' },
})

const fields = {
  name: { type: 'string', minLength: 1, maxLength: 50 },
  description: { type: 'string', maxLength: 150 },
  launchURL: { ...nullableText, maxLength: 2000 },
  logoUrl: {
    ...nullableText,
    maxLength: 2000,
    description:
      'URL from which the logo is downloaded once. If the stored image differs, the response has the header `X-Image-Reencoded: 1`.',
  },
  darkLogoUrl: { ...nullableText, maxLength: 2000, description: 'The same for the logo on a dark background.' },
  callbackURLs: urls,
  logoutCallbackURLs: urls,
  isPublic: flag,
  pkceEnabled: { ...flag, description: 'Always true for a public client.' },
  requiresReauthentication: flag,
  requiresPushedAuthorizationRequests: flag,
  skipConsent: flag,
  isGroupRestricted: { ...flag, description: 'The allowed groups of an unrestricted client are removed.' },
  allowedUserGroupIds: {
    type: 'array',
    items: { type: 'string' },
    description:
      'Not in the API of Pocket ID: the groups whose members may use a restricted client. Setting them together with the restriction keeps the sessions of their members. If omitted, the groups are unchanged; unknown IDs are ignored.',
  },
  credentials: {
    type: 'object',
    properties: { federatedIdentities: { type: ['array', 'null'], items: federatedIdentity } },
  },
  accessTokenDurationMinutes: { ...duration, description: '0 means 60, and 10 for JWTs for an API.' },
  refreshTokenDurationMinutes: { ...duration, description: '0 means 43200.' },
  protocol: { ...clientProtocolSchema, description: 'Not in the API of Pocket ID. Omitted fields are unchanged.' },
} as const

export const clientUpdate = namedObjectWith('OidcClientUpdateDto', ['name'], fields)

export const clientCreate = namedObjectWith('OidcClientCreateDto', ['name'], {
  ...fields,
  id: {
    type: 'string',
    maxLength: 128,
    pattern: '^[a-zA-Z0-9._-]*$',
    [sentence]: 'must be letters, digits, dots, hyphens and underscores',
    [fieldCode]: 'client_id',
    description: 'At least 2 characters. If empty, a UUID is generated.',
  },
})

/** The input from the body; missing fields take the defaults of Pocket ID's API. */
export function clientInput(body: FromSchema<typeof clientUpdate>): ClientInput {
  const { callbackURLs = [], logoutCallbackURLs = [], launchURL = null, pkceEnabled = false, credentials } = body
  const { accessTokenDurationMinutes, refreshTokenDurationMinutes } = body
  return {
    name: body.name,
    description: body.description ?? '',
    launchUrl: launchURL,
    redirectUris: callbackURLs,
    postLogoutRedirectUris: logoutCallbackURLs,
    isPublic: body.isPublic ?? false,
    pkceRequired: pkceEnabled,
    requiresReauthentication: body.requiresReauthentication ?? false,
    requiresPushedAuthorizationRequests: body.requiresPushedAuthorizationRequests ?? false,
    skipConsent: body.skipConsent ?? false,
    isGroupRestricted: body.isGroupRestricted ?? false,
    federatedIdentities: (credentials?.federatedIdentities ?? []).map((identity) => ({
      issuer: identity.issuer,
      subject: identity.subject || null,
      audience: identity.audience || null,
      jwks: identity.jwks || null,
      replayProtection: identity.replayProtection ?? false,
    })),
    ...(accessTokenDurationMinutes && { accessTokenDurationMinutes }),
    ...(refreshTokenDurationMinutes && { refreshTokenDurationMinutes }),
    ...(body.protocol && { protocol: knownSettings(body.protocol) }),
  }
}

/** The API ignores unknown fields, which core rejects. */
function knownSettings(protocol: object): ClientProtocolInput {
  const known = Object.entries(protocol).filter(([name]) => Object.hasOwn(clientProtocolSchema.properties, name))
  // The cast is safe because core validates the value again and determines the kind of claim source.
  return Object.fromEntries(known) as ClientProtocolInput
}

export function logoUrls({ logoUrl, darkLogoUrl }: Pick<FromSchema<typeof clientUpdate>, 'logoUrl' | 'darkLogoUrl'>) {
  return { ...(logoUrl && { light: logoUrl }), ...(darkLogoUrl && { dark: darkLogoUrl }) }
}
