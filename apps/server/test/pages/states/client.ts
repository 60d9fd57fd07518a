import type { Client } from '@pocket/core'
import { defaultProtocol } from '@pocket/core/internal'
import { sectionViews } from '../../../src/clients/section-views.ts'
import { fieldsOf, storedValues } from '../../../src/clients/settings/section-form.ts'
import { instructionsOf } from '../../../src/clients/templates/instructions.ts'
import { templateOf } from '../../../src/clients/templates/templates.ts'
import type { PageModel } from '../../../src/http/page-models.ts'
import { auditLines } from './audit-log.ts'
import { attempts } from './client-attempts.ts'
import { anna, day, now } from './common.ts'

const issuer = 'https://id.example.com'

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
  serviceToken: null,
}

const head = {
  id: stored.id,
  name: stored.name,
  createdAt: now,
  lastAttempt: { at: now - 60_000, succeeded: true },
  lastSignIn: { at: now - 60_000, userName: 'anna' },
  groups: 2,
  isDescribed: false,
} as const
const shared = { viewer: anna, client: head, notice: null, logoProblem: null, version: 'W/"1"' } as const

const client = {
  view: 'client',
  ...shared,
  connection: {
    redirectUris: stored.redirectUris,
    template: null,
    isPublic: false,
    isKnown: null,
    secrets: [secret],
  },
  instructions: null,
  site: null,
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
  newSecrets: [],
  corrections: [],
  compatibility: null,
  steps: null,
} as const satisfies PageModel

const dsm = {
  ...client,
  client: { ...head, name: 'Synology DSM' },
  connection: {
    ...client.connection,
    redirectUris: ['https://nas.example.com:5001'],
    template: 'synology-dsm',
  },
} as const

const newSecret = { id: 's1', value: 'pks_9dKw1ZtB3nXq8vLrYh4mJc7sDfGzPaEoUi5TkRwVyQb' } as const
const immich = templateOf('immich')
const fromTemplate = {
  ...client,
  connection: { ...client.connection, template: 'immich' },
  newSecrets: [newSecret],
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
      secret: newSecret.value,
    }),
} as const

const accessPage = {
  view: 'client-access',
  ...shared,
  access: {
    isGroupRestricted: true,
    groups: [
      { id: 'g1', name: 'Family', detail: '' },
      { id: 'g2', name: 'Guests with a name as long as they come', detail: '' },
    ],
  },
  check: {
    user: null,
    scope: 'openid profile email groups',
    reason: null,
    groups: [],
    addTo: [],
    claims: [],
    parts: [],
  },
  conflict: null,
} as const satisfies PageModel

const activity = {
  view: 'client-activity',
  ...shared,
  onlyFailed: false,
  attempts,
  events: auditLines.slice(0, 3),
} as const satisfies PageModel

const settings = {
  view: 'client-settings',
  ...shared,
  sections: sectionViews(stored, null),
  logos: { light: true, dark: false },
  apis: [
    {
      id: 'a1',
      name: 'Photos',
      resource: 'https://photos.example.com/api',
      userPermissionCount: 2,
      clientPermissionCount: null,
      permissions: 3,
    },
    {
      id: 'a2',
      name: 'Printing',
      resource: 'urn:example:printing',
      userPermissionCount: 1,
      clientPermissionCount: 0,
      permissions: 1,
    },
  ],
  openings: [
    { uri: 'https://*.example.com/auth/login', opening: 'subdomains' },
    { uri: '*', opening: 'nothing' },
  ],
  scim: { state: 'works', at: now - 1_200_000 },
  problems: [],
  corrections: [],
  conflict: null,
  isDsm: false,
  isRejected: false,
} as const satisfies PageModel

const refused = { field: 'protocol.userNames', key: 'userNames', code: 'unknown', value: '' }

/** The pages of a client. */
export const clientStates: Readonly<Record<string, PageModel>> = {
  'client-dsm-created': {
    ...dsm,
    client: { ...dsm.client, lastAttempt: null, lastSignIn: null, groups: 0 },
    newSecrets: [{ id: 's1', value: 'pks_7Qm2xRk3vT9bLwYh4nJc8sDfGzXqEaUo5iPt6rKmVyB' }],
    corrections: [{ given: 'https://nas.example.com:5001/#/signin', corrected: 'https://nas.example.com:5001' }],
    notice: 'created',
  },
  'client-dsm': dsm,
  client,
  'client-template-created': { ...fromTemplate, notice: 'created' },
  'client-described': {
    ...client,
    client: { ...head, isDescribed: true, groups: null, lastAttempt: { at: now, succeeded: false } },
    connection: { ...client.connection, isKnown: false, isPublic: true, secrets: [] },
  },
  'client-protected-site': {
    ...client,
    connection: {
      ...client.connection,
      secrets: [{ ...secret, serviceToken: { name: 'Backup script', paths: ['/api/*'], methods: ['GET'] } }],
    },
    site: {
      isProxyTrusted: false,
      snippets: [
        { name: 'nginx', text: 'location ^~ /.pocket/ {\n    proxy_pass http://127.0.0.1:1411;\n}\n' },
        { name: 'Caddy', text: 'forward_auth http://127.0.0.1:1411 {\n\turi /api/authz/forward-auth\n}\n' },
      ],
      test: {
        ...{ url: 'https://wiki.example.com/admin/', method: 'GET', user: 'anna' },
        result: {
          ...{ verdict: 'allow', rule: 1, description: 'the request is allowed', problem: null },
          headers: { 'Remote-User': 'anna', 'Remote-Groups': 'family,guests' },
        },
      },
    },
  },
  'client-moved-in': {
    ...client,
    compatibility: {
      features: ['plainPkce', 'jwtAccessTokens'],
      accessTokenMinutes: 60,
      refreshTokenMinutes: 525_600,
    },
  },
  'client-test': {
    ...client,
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
    ...client,
    steps: [
      { name: 'discovery', outcome: 'passed', reason: null, detail: null },
      { name: 'idToken', outcome: 'passed', reason: null, detail: 'RS256\n{\n  "sub": "5b1c8f2e"\n}' },
    ],
  },
  'client-new-secret': {
    ...client,
    connection: {
      ...client.connection,
      secrets: [
        { ...secret, expiresAt: now - day, isActive: false },
        { ...secret, id: 's2', prefix: 'pks_9dKw1Z', createdAt: now, expiresAt: now + 183 * day, lastUsedAt: null },
      ],
    },
    newSecrets: [{ ...newSecret, id: 's2' }],
    notice: 'secret_added',
  },
  'client-access': accessPage,
  'client-access-everybody': {
    ...accessPage,
    client: { ...head, groups: null },
    access: { isGroupRestricted: false, groups: [] },
    notice: 'saved',
  },
  'client-access-nobody': {
    ...accessPage,
    client: { ...head, groups: 0 },
    access: { isGroupRestricted: true, groups: [] },
    check: {
      ...accessPage.check,
      user: { id: 'u1', name: 'Ben Okafor', detail: 'ben' },
      reason: 'not_member',
    },
  },
  'client-access-refused': {
    ...accessPage,
    check: {
      ...accessPage.check,
      user: { id: 'u1', name: 'Ben Okafor', detail: 'ben' },
      reason: 'not_member',
      addTo: accessPage.access.groups,
    },
  },
  'client-access-check': {
    ...accessPage,
    check: {
      ...accessPage.check,
      user: { id: 'u1', name: 'Ben Okafor', detail: 'ben' },
      reason: 'member',
      groups: ['Family'],
      claims: [
        { name: 'sub', value: '5b1c8f2e-3f0a-4a57-9d6e-5a8e0a6b7c11' },
        { name: 'preferred_username', value: 'ben' },
        {
          name: 'picture',
          value: 'https://id.example.com/api/users/5b1c8f2e-3f0a-4a57-9d6e-5a8e0a6b7c11/profile-picture.png',
        },
      ],
      parts: [
        { name: 'idToken', json: '{\n  "sub": "5b1c8f2e"\n}' },
        { name: 'userInfo', json: '{\n  "sub": "5b1c8f2e"\n}' },
        { name: 'accessToken', json: '{\n  "scope": "openid profile"\n}' },
      ],
    },
  },
  'client-access-conflict': { ...accessPage, conflict: [{ field: 'access', stored: 'everybody' }] },
  'client-activity': activity,
  'client-activity-none': { ...activity, onlyFailed: true, attempts: [], events: [] },
  'client-settings': settings,
  'client-settings-refused': {
    ...settings,
    sections: sectionViews(stored, { values: storedValues(fieldsOf(['claims']), stored), problems: [refused] }),
    problems: [refused],
    openings: [],
    apis: [],
    isRejected: true,
  },
  'client-settings-conflict': {
    ...settings,
    conflict: [{ field: 'redirectUris', stored: 'https://photos.example.com/auth/login' }],
    openings: [],
    isRejected: true,
  },
  'client-settings-described': {
    ...settings,
    sections: sectionViews({ ...stored, type: 'cimd' }, null),
    client: { ...head, isDescribed: true },
    openings: [],
    logoProblem: 'logo_download_failed',
  },
}
