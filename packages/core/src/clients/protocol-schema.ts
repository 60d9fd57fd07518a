import { ruleAudiences } from './protected-site.ts'
import {
  clientAuthenticationMethods,
  contentEncryptionAlgorithms,
  keyManagementAlgorithms,
  signingAlgorithms,
} from './protocol.ts'

const flag = { type: 'boolean' } as const
const text = { type: 'string', maxLength: 2000 } as const
const nullableText = { type: ['string', 'null'], maxLength: 2000 } as const
const algorithm = { type: 'string', enum: signingAlgorithms } as const
const nullableAlgorithm = { type: ['string', 'null'], enum: [...signingAlgorithms, null] } as const
const nullableMinutes = { type: ['integer', 'null'], minimum: 1, maximum: 525_600 } as const
const names = { type: 'array', items: { type: 'string', minLength: 1, maxLength: 255 }, maxItems: 200 } as const

const encryption = {
  type: ['object', 'null'],
  required: ['alg', 'enc'],
  properties: {
    alg: { type: 'string', enum: keyManagementAlgorithms },
    enc: { type: 'string', enum: contentEncryptionAlgorithms },
  },
} as const

const claimRule = {
  type: 'object',
  required: ['claim', 'source'],
  properties: {
    claim: { type: 'string', minLength: 1, maxLength: 255 },
    source: {
      type: 'object',
      required: ['kind'],
      properties: { kind: { type: 'string', enum: ['claim', 'custom', 'constant'] }, name: text, key: text, value: {} },
      description: '`claim` with `name`, `custom` with `key`, or `constant` with `value`.',
    },
    as: { type: ['string', 'null'], enum: ['string', 'array', null] },
  },
} as const

const header = { type: 'string', minLength: 1, maxLength: 64 } as const

const accessRule = {
  type: 'object',
  required: ['host', 'path', 'methods', 'allow', 'groups', 'maxPasskeyAgeMinutes'],
  additionalProperties: false,
  properties: {
    host: { type: ['string', 'null'], maxLength: 260 },
    path: { type: 'string', minLength: 1, maxLength: 1000 },
    methods: { type: 'array', items: { type: 'string', minLength: 1, maxLength: 32 }, maxItems: 20 },
    allow: { type: 'string', enum: ruleAudiences },
    groups: names,
    maxPasskeyAgeMinutes: nullableMinutes,
  },
} as const

/** JSON Schema of the protocol settings. Omitted settings stay unchanged. */
export const clientProtocolSchema = {
  type: 'object',
  properties: {
    tokenEndpointAuthMethod: { type: 'string', enum: clientAuthenticationMethods },
    jwks: {
      type: ['object', 'null'],
      required: ['keys'],
      properties: { keys: { type: 'array', items: { type: 'object' }, maxItems: 20 } },
    },
    jwksUri: nullableText,
    implicitIdToken: flag,
    idTokenSignedResponseAlg: algorithm,
    idTokenEncryptedResponse: encryption,
    userinfoSignedResponseAlg: nullableAlgorithm,
    userinfoEncryptedResponse: encryption,
    authorizationSignedResponseAlg: algorithm,
    authorizationEncryptedResponse: encryption,
    introspectionSignedResponseAlg: nullableAlgorithm,
    requireSignedRequestObject: flag,
    dpopBoundAccessTokens: flag,
    subjectType: { type: 'string', enum: ['public', 'pairwise'] },
    sectorIdentifierUri: nullableText,
    jwtAccessTokens: {
      ...flag,
      description:
        'Whether the access tokens of a login are JWTs (RFC 9068). A service that verifies only the signature accepts a revoked token until it expires, so use a lifetime of a few minutes (`accessTokenDurationMinutes`).',
    },
    opaqueClientCredentials: {
      ...flag,
      description:
        'Whether the tokens of the client credentials grant without `resource` are opaque instead of JWTs (RFC 9068). The format of a token for an API is a setting of the API.',
    },
    plainPkce: {
      ...flag,
      description:
        'Whether the PKCE method `plain` is allowed, also as the default of a missing method (RFC 7636 §4.2). Only for applications without `S256`; clients that are migrated from Pocket ID allow it.',
    },
    authorizationDetailsTypes: names,
    fapi: flag,
    refreshTokenAbsoluteLifetimeMinutes: nullableMinutes,
    defaultScopes: names,
    claimRules: { type: 'array', items: claimRule, maxItems: 100 },
    groupRules: {
      type: 'object',
      properties: {
        include: { type: ['array', 'null'], items: { type: 'string', minLength: 1, maxLength: 255 }, maxItems: 200 },
        rename: { type: 'object', additionalProperties: { type: 'string', minLength: 1, maxLength: 255 } },
      },
    },
    userNames: { type: 'object', additionalProperties: { type: 'string', minLength: 1, maxLength: 255 } },
    maxSessionAgeMinutes: nullableMinutes,
    backchannelLogoutUri: nullableText,
    backchannelLogoutSessionRequired: flag,
    initiateLoginUri: nullableText,
    isKnown: {
      ...flag,
      description:
        'Whether an administrator trusts the operator of a self-registered client, so that users see its logo. Reset if the client changes its name, URLs or links.',
    },
    protectedHosts: {
      type: 'array',
      items: { type: 'string', minLength: 1, maxLength: 260 },
      maxItems: 50,
      uniqueItems: true,
      description: 'Host names that a proxy protects with this provider; empty if the client is not a protected site.',
    },
    accessRules: {
      type: 'array',
      items: accessRule,
      maxItems: 200,
      description: 'Rules of a protected site. The first matching rule decides; a request without one is denied.',
    },
    identityHeaders: {
      type: 'object',
      required: ['user', 'groups', 'email', 'name'],
      additionalProperties: false,
      properties: { user: header, groups: header, email: header, name: header },
      description: 'Names of the headers that identify the user to a protected site.',
    },
    identityAssertion: {
      ...flag,
      description: 'Whether a protected site also receives a signed JWT about the user in `X-Pocket-Assertion`.',
    },
    serviceTokenHeader: {
      type: ['string', 'null'],
      minLength: 1,
      maxLength: 64,
      description: 'A header in which a protected site accepts service tokens, in addition to `Authorization`.',
    },
    operator: { type: ['string', 'null'], minLength: 1, maxLength: 100 },
  },
} as const
