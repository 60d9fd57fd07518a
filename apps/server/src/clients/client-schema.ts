import { clientProtocolSchema } from '@pocket/core/internal'
import {
  count,
  flag,
  instant,
  named,
  namedObject,
  namedObjectWith,
  nullableInstant,
  nullableText,
  objectOf,
  objectWith,
  text,
} from '../http/api/schema.ts'

const texts = { type: 'array', items: text } as const

const meta = {
  id: text,
  name: text,
  description: text,
  hasLogo: flag,
  hasDarkLogo: flag,
  launchURL: nullableText,
  requiresReauthentication: flag,
  clientType: { type: 'string', enum: ['standard', 'cimd'] },
} as const

export const clientMetaSchema = namedObject('OidcClientMetaDataDto', meta)

const secret = { id: text, prefix: text, createdAt: instant, expiresAt: nullableInstant, isActive: flag } as const

const secretSchema = namedObject('OidcClientSecretDto', secret)

const serviceToken = {
  type: ['object', 'null'],
  required: ['name', 'paths', 'methods'],
  properties: { name: text, paths: texts, methods: texts },
  description: 'The limits of a service token for a protected site; `null` for a client secret.',
} as const

/** Not in Pocket ID's API: when the secret was last used, with a precision of one minute. */
export const listedSecretSchema = namedObject('OidcClientSecretListItemDto', {
  ...secret,
  lastUsedAt: nullableInstant,
  serviceToken,
})

export const createdSecretSchema = namedObject('OidcClientSecretCreatedDto', {
  ...secret,
  secret: { ...text, description: 'Shown only once.' },
})

const federatedIdentity = objectWith(['issuer', 'replayProtection'], {
  issuer: text,
  subject: text,
  audience: text,
  jwks: text,
  replayProtection: flag,
})

const duration = { type: 'integer', minimum: 1, maximum: 525_600 } as const

const client = {
  ...meta,
  callbackURLs: texts,
  logoutCallbackURLs: texts,
  isPublic: flag,
  pkceEnabled: flag,
  requiresPushedAuthorizationRequests: flag,
  skipConsent: flag,
  credentials: objectOf({
    federatedIdentities: { type: 'array', items: federatedIdentity },
    secrets: { type: 'array', items: secretSchema },
  }),
  isGroupRestricted: flag,
  accessTokenDurationMinutes: duration,
  refreshTokenDurationMinutes: duration,
  protocol: clientProtocolSchema,
} as const
const required = Object.keys(client)
// `pkceSupported` is not required because it is omitted if false.
const properties = { ...client, pkceSupported: flag } as const

export const clientSchema = named('OidcClientDto', { type: 'object', required, properties })

const group = {
  id: text,
  friendlyName: text,
  name: text,
  customClaims: {
    type: 'array',
    items: objectOf({ key: text, value: text }),
  },
  userCount: count,
  ldapId: nullableText,
  createdAt: instant,
} as const

export const clientWithGroupsSchema = namedObjectWith(
  'OidcClientWithAllowedUserGroupsDto',
  [...required, 'allowedUserGroups'],
  {
    ...properties,
    allowedUserGroups: {
      type: 'array',
      items: objectOf(group),
    },
  },
)

export const clientWithGroupCountSchema = namedObjectWith(
  'OidcClientWithAllowedGroupsCountDto',
  [...required, 'allowedUserGroupsCount'],
  { ...properties, allowedUserGroupsCount: count },
)

export const authorizedClientSchema = namedObject('AuthorizedOidcClientDto', {
  scope: { ...text, description: 'Space-separated scopes.' },
  client: clientMetaSchema,
  lastUsedAt: instant,
})

export const accessibleClientSchema = namedObject('AccessibleOidcClientDto', { ...meta, lastUsedAt: nullableInstant })
