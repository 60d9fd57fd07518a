import type { Client } from '@pocket/core'
import { defaultProtocol } from '@pocket/core/internal'
import { sectionViews } from '../../../src/clients/section-views.ts'
import { findSection, storedValues } from '../../../src/clients/settings/section-form.ts'
import { instructionsOf } from '../../../src/clients/templates/instructions.ts'
import { templateOf } from '../../../src/clients/templates/templates.ts'
import type { PageModel } from '../../../src/http/page-models.ts'
import { anna, day, now } from './common.ts'

const issuer = 'https://id.example.com'

const attempt = {
  at: now - 60_000,
  endpoint: 'token',
  userName: 'anna',
  succeeded: true,
  error: null,
  reason: null,
  parameters: {
    grant_type: 'authorization_code',
    code: '(hidden)',
    redirect_uri: 'https://photos.example.com/auth/login',
  },
  ignoredParameters: [],
  clientAuthentication: 'client_secret_basic',
  pkce: true,
  requestId: '0b3f6c1e-8f2a-4d6b-9a55-2f1d6f0f8a11',
  ipAddress: '192.168.1.5',
} as const

const attempts = [
  attempt,
  {
    ...attempt,
    endpoint: 'authorization',
    userName: null,
    succeeded: false,
    error: 'invalid_redirect_uri',
    reason: "redirect_uri did not match any of the client's registered redirect_uris",
    ignoredParameters: ['access_type'],
    clientAuthentication: null,
    pkce: false,
  },
] as const

const access = {
  isGroupRestricted: true,
  allowed: 1,
  groups: [
    { id: 'g1', name: 'Family', allowed: true },
    { id: 'g2', name: 'Guests with a name as long as they come', allowed: false },
  ],
  more: 0,
} as const

const stored: Client = {
  id: '5b1c8f2e-3f0a-4a57-9d3c-5a8e0a6b7c11',
  name: 'Immich',
  description: 'Our photos',
  type: 'standard',
  launchUrl: 'https://photos.example.com',
  redirectUris: ['https://photos.example.com/auth/login', 'app.immich:///oauth-callback'],
  postLogoutRedirectUris: [],
  isPublic: false,
  pkceRequired: true,
  pkceSupported: true,
  requiresReauthentication: false,
  requiresPushedAuthorizationRequests: false,
  skipConsent: false,
  isGroupRestricted: true,
  allowedGroupIds: ['g1'],
  secrets: [],
  federatedIdentities: [
    {
      issuer: 'https://token.actions.githubusercontent.com',
      subject: 'repo:example/deploy:ref:refs/heads/main',
      audience: null,
      jwks: null,
      replayProtection: true,
    },
  ],
  accessTokenDurationMinutes: 60,
  refreshTokenDurationMinutes: 43_200,
  protocol: {
    ...defaultProtocol,
    operator: 'The platform team',
    claimRules: [
      { claim: 'role', source: { kind: 'custom', key: 'immich_role' }, as: 'string' },
      { claim: 'quota', source: { kind: 'constant', value: 100 }, as: null },
    ],
    groupRules: { include: ['family', 'guests-*'], rename: { family: 'users' } },
    userNames: { anna: 'akoch' },
  },
  template: null,
  registration: null,
  unusedSince: null,
  metadataExpiresAt: null,
  createdAt: now,
  updatedAt: now,
}

const secret = {
  id: 's1',
  prefix: 'pks_7Qm2xR',
  createdAt: now - 30 * day,
  expiresAt: null,
  isActive: true,
  lastUsedAt: now - 3_600_000,
}

const client = {
  view: 'client',
  scim: { state: 'works', at: now - 1_200_000 },
  access,
  instructions: null,
  sections: sectionViews(stored, null),
  logos: { light: true, dark: false },
  logoProblem: null,
  apis: {
    granted: [
      {
        id: 'a1',
        name: 'Photos',
        resource: 'https://photos.example.com/api',
        forPeople: 2,
        clientPermissionCount: null,
        permissions: 3,
      },
      {
        id: 'a2',
        name: 'Printing',
        resource: 'urn:example:printing',
        forPeople: 1,
        clientPermissionCount: 0,
        permissions: 1,
      },
    ],
    others: [{ id: 'a3', name: 'Billing' }],
  },
  preview: {
    userName: 'anna',
    scope: 'openid profile',
    problem: null,
    parts: [
      {
        name: 'idToken',
        json: '{\n  "sub": "5b1c8f2e",\n  "picture": "https://id.example.com/api/users/5b1c8f2e-3f0a-4a57-9d6e-5a8e0a6b7c11/profile-picture.png"\n}',
      },
      { name: 'userInfo', json: '{\n  "sub": "5b1c8f2e"\n}' },
      { name: 'accessToken', json: '{\n  "scope": "openid profile"\n}' },
    ],
  },
  attempts,
  viewer: anna,
  compatibility: null,
  openings: [
    { uri: 'https://*.example.com/auth/login', opening: 'subdomains' },
    { uri: '*', opening: 'nothing' },
  ],
  client: {
    id: stored.id,
    name: stored.name,
    redirectUris: stored.redirectUris,
    template: null,
    isPublic: false,
    isDescribed: false,
    isKnown: null,
    accessTokenDurationMinutes: 60,
    createdAt: now,
    secrets: [secret],
  },
  endpoints: [
    { name: 'discovery', url: `${issuer}/.well-known/openid-configuration` },
    { name: 'issuer', url: issuer },
    { name: 'authorization', url: `${issuer}/authorize` },
    { name: 'token', url: `${issuer}/api/oidc/token` },
    { name: 'userinfo', url: `${issuer}/api/oidc/userinfo` },
    { name: 'jwks', url: `${issuer}/.well-known/jwks.json` },
    { name: 'end_session', url: `${issuer}/api/oidc/end-session` },
    { name: 'introspection', url: `${issuer}/api/oidc/introspect` },
    { name: 'revocation', url: `${issuer}/api/oidc/revoke` },
  ],
  newSecret: null,
  version: 'W/"1"',
  conflict: null,
  corrections: [],
  problems: [],
  notice: null,
} as const satisfies PageModel

const dsm = {
  ...client,
  client: {
    ...client.client,
    name: 'Synology DSM',
    redirectUris: ['https://nas.example.com:5001'],
    template: 'synology-dsm',
  },
  openings: [],
} as const

const immich = templateOf('immich')
const fromTemplate = {
  ...client,
  openings: [],
  client: { ...client.client, template: 'immich' },
  instructions:
    immich &&
    instructionsOf(immich, {
      pocket: {
        issuer,
        endpoints: {
          authorization: `${issuer}/authorize`,
          token: `${issuer}/api/oidc/token`,
        } as Parameters<typeof instructionsOf>[1]['pocket']['endpoints'],
      },
      appName: 'Pocket',
      client: stored,
      secret: 'pks_9dKw1ZtB3nXq8vLrYh4mJc7sDfGzPaEoUi5TkRwVyQb',
    }),
} as const

const claims = findSection('claims')
const refused = { field: 'protocol.userNames', key: 'userNames', code: 'unknown', value: '' }

/** The page of a client. */
export const clientStates: Readonly<Record<string, PageModel>> = {
  'client-dsm-created': {
    ...dsm,
    newSecret: { id: 's1', value: 'pks_7Qm2xRk3vT9bLwYh4nJc8sDfGzXqEaUo5iPt6rKmVyB' },
    corrections: [{ given: 'https://nas.example.com:5001/#/signin', corrected: 'https://nas.example.com:5001' }],
    notice: 'created',
  },
  'client-dsm': { ...dsm, access: { isGroupRestricted: true, allowed: 0, groups: [], more: 3 }, attempts: [] },
  client,
  'client-template-created': {
    ...fromTemplate,
    attempts: [],
    newSecret: { id: 's1', value: 'pks_9dKw1ZtB3nXq8vLrYh4mJc7sDfGzPaEoUi5TkRwVyQb' },
    notice: 'created',
  },
  'client-refused': {
    ...client,
    sections: sectionViews(
      stored,
      claims ? { name: 'claims', values: storedValues(claims, stored), problems: [refused] } : null,
    ),
    problems: [refused],
    openings: [],
  },
  'client-moved-in': {
    ...client,
    openings: [],
    compatibility: {
      features: ['plainPkce', 'jwtAccessTokens'],
      accessTokenMinutes: 60,
      refreshTokenMinutes: 525_600,
    },
  },
  'client-conflict': {
    ...client,
    conflict: [{ field: 'redirectUris', stored: 'https://photos.example.com/auth/login' }],
    openings: [],
  },
  'client-described': {
    ...client,
    sections: sectionViews({ ...stored, type: 'cimd' }, null),
    client: { ...client.client, isDescribed: true, isKnown: false, isPublic: true, secrets: [] },
    openings: [],
    logoProblem: 'logo_download_failed',
  },
  'client-test': {
    view: 'client-test',
    viewer: anna,
    client: { id: stored.id, name: stored.name },
    steps: [
      { name: 'discovery', outcome: 'passed', reason: null, detail: null },
      { name: 'address', outcome: 'passed', reason: null, detail: 'https://photos.example.com/auth/login' },
      { name: 'request', outcome: 'skipped', reason: 'own_key', detail: null },
      { name: 'person', outcome: 'passed', reason: null, detail: null },
      {
        name: 'authentication',
        outcome: 'failed',
        reason: 'refused',
        detail: 'invalid_grant: grant request is invalid',
      },
      { name: 'idToken', outcome: 'skipped', reason: 'earlier', detail: null },
      { name: 'userInfo', outcome: 'skipped', reason: 'earlier', detail: null },
    ],
  },
  'client-test-passed': {
    view: 'client-test',
    viewer: anna,
    client: { id: stored.id, name: stored.name },
    steps: [
      { name: 'discovery', outcome: 'passed', reason: null, detail: null },
      { name: 'idToken', outcome: 'passed', reason: null, detail: 'RS256\n{\n  "sub": "5b1c8f2e"\n}' },
    ],
  },
  'client-new-secret': {
    ...client,
    client: {
      ...client.client,
      secrets: [
        { ...secret, expiresAt: now - day, isActive: false },
        { ...secret, id: 's2', prefix: 'pks_9dKw1Z', createdAt: now, expiresAt: now + 183 * day, lastUsedAt: null },
      ],
    },
    newSecret: { id: 's2', value: 'pks_9dKw1ZtB3nXq8vLrYh4mJc7sDfGzPaEoUi5TkRwVyQb' },
    notice: 'secret_added',
  },
}
