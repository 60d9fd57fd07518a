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

const client = {
  view: 'client',
  access,
  preview: {
    userName: 'anna',
    scope: 'openid profile',
    problem: null,
    parts: [
      { name: 'idToken', json: '{\n  "sub": "5b1c8f2e",\n  "preferred_username": "anna"\n}' },
      { name: 'userInfo', json: '{\n  "sub": "5b1c8f2e"\n}' },
      { name: 'accessToken', json: '{\n  "scope": "openid profile"\n}' },
    ],
  },
  attempts,
  viewer: anna,
  openings: [
    { uri: 'https://*.example.com/auth/login', opening: 'subdomains' },
    { uri: '*', opening: 'nothing' },
  ],
  client: {
    id: '5b1c8f2e-3f0a-4a57-9d3c-5a8e0a6b7c11',
    name: 'Immich',
    redirectUris: ['https://photos.example.com/auth/login', 'app.immich:///oauth-callback'],
    template: null,
    isPublic: false,
    createdAt: now,
    secrets: [{ id: 's1', prefix: 'pks_7Qm2xR', createdAt: now - 30 * day }],
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
  values: {
    name: 'Immich',
    redirectUris: ['https://photos.example.com/auth/login', 'app.immich:///oauth-callback'],
    operator: 'The platform team',
  },
  problems: [],
  notice: null,
} as const

const dsm = {
  ...client,
  client: {
    ...client.client,
    name: 'Synology DSM',
    redirectUris: ['https://nas.example.com:5001'],
    template: 'synology-dsm',
  },
  values: { name: 'Synology DSM', redirectUris: ['https://nas.example.com:5001'], operator: '' },
} as const

const clientNew = {
  view: 'client-new',
  viewer: anna,
  template: null,
  values: { name: '', redirectUris: [], operator: '' },
  isGroupRestricted: true,
  problems: [],
} as const

export const clientsStates: Readonly<Record<string, PageModel>> = {
  clients: {
    view: 'clients',
    viewer: anna,
    clients: [
      { id: '1', name: 'Immich', destination: 'photos.example.com', createdAt: now - day },
      { id: '2', name: 'Synology DSM', destination: 'nas.example.com:5001', createdAt: now },
      { id: '3', name: 'Wiki', destination: null, createdAt: now - 400 * day },
    ],
    removed: 'Grafana',
  },
  'clients-none': { view: 'clients', viewer: anna, clients: [], removed: null },
  'client-choose': clientNew,
  'client-new-dsm': {
    ...clientNew,
    template: 'synology-dsm',
    values: { name: 'Synology DSM', redirectUris: [], operator: '' },
  },
  'client-new-refused': {
    ...clientNew,
    template: 'other',
    values: {
      operator: '',
      name: '',
      redirectUris: ['https://photos.example.com/auth/login', 'photos.example.com/cb', 'https://h/#x'],
    },
    problems: [
      { field: 'name', code: 'required', message: '' },
      { field: 'redirectUris[1]', code: 'invalid', message: '' },
      { field: 'redirectUris[2]', code: 'fragment', message: '' },
    ],
  },
  'client-dsm-created': {
    ...dsm,
    newSecret: { id: 's1', value: 'pks_7Qm2xRk3vT9bLwYh4nJc8sDfGzXqEaUo5iPt6rKmVyB' },
    corrections: [{ given: 'https://nas.example.com:5001/#/signin', corrected: 'https://nas.example.com:5001' }],
    notice: 'created',
  },
  'client-dsm': { ...dsm, access: { isGroupRestricted: true, allowed: 0, groups: [], more: 3 }, attempts: [] },
  client,
  'client-new-secret': {
    ...client,
    client: {
      ...client.client,
      secrets: [...client.client.secrets, { id: 's2', prefix: 'pks_9dKw1Z', createdAt: now }],
    },
    newSecret: { id: 's2', value: 'pks_9dKw1ZtB3nXq8vLrYh4mJc7sDfGzPaEoUi5TkRwVyQb' },
    notice: 'secret_added',
  },
}
