import type { PageModel, Viewer } from '../../src/http/page-models.ts'

/** Now, for every page: 24 November 2025. */
export const now = Date.UTC(2025, 10, 24, 8, 14)
const day = 86_400_000

const anna: Viewer = { userName: 'anna', displayName: 'Anna Koch', isAdmin: true }
const long: Viewer = { userName: 'dolores', displayName: 'Dolores Ibárruri-Fernández de la Torre', isAdmin: false }

export const synology = { id: 'synology-dsm', name: 'Synology DSM', destination: 'nas.example.com:5001' }
const immich = { id: 'immich', name: 'Immich', destination: 'photos.example.com' }

export const ceremony = {
  options: { challenge: 'c2hvcnQ', rpId: 'localhost', userVerification: 'required', timeout: 300_000 },
  expiresAt: now + 300_000,
  refreshFrom: '/ceremony',
  submitTo: '/submit',
} as const

const signIn = {
  view: 'sign-in',
  client: null,
  ceremony,
  reason: 'first',
  otherWaysAt: '/lc',
  signUpAt: null,
  emailCode: null,
  cancelTo: null,
} as const
const deviceLogin = {
  view: 'device-login',
  userCode: 'PK7M2QXH',
  address: 'id.example.com/device',
  qrCode: { size: 3, path: 'M1 1h1v1h-1z' },
  submitTo: '/submit',
  redirect: '/settings/account',
  problem: null,
} as const
const deviceAuthorization = {
  view: 'device-authorization',
  userName: 'anna',
  displayName: 'Anna Koch',
  request: {
    userCode: 'E1234567',
    client: { id: 'tv', name: 'Television' },
    scopes: ['openid', 'profile'],
    claims: [{ claim: 'name', value: 'Anna Koch', verified: null }],
    apis: [],
    authorizationDetails: [],
    consentRequired: true,
    reauthenticationRequired: false,
    device: { ipAddress: '192.168.1.20', userAgent: 'Television' },
  },
  ceremony: null,
  allowTo: '/device/allow?code=E1234567',
  refuseTo: '/device/refuse?code=E1234567',
} as const

const device = { view: 'device', userName: 'anna', code: '', problem: null, request: null, done: null } as const
const passkeys = [
  {
    id: '1',
    name: 'iCloud Keychain',
    synced: true,
    provider: { name: 'Apple Passwords', drawing: 'M12 2v20H2V2z' },
    madeIn: 'Chrome on Android 14',
    outdated: false,
    createdAt: now - 90 * day,
    lastUsedAt: now - 3 * 3_600_000,
    counterRegressedAt: null,
  },
  {
    id: '2',
    name: 'YubiKey 5 with a name as long as they come',
    synced: false,
    provider: null,
    madeIn: null,
    outdated: true,
    createdAt: now - day,
    lastUsedAt: null,
    counterRegressedAt: now - day,
  },
] as const
const account = {
  view: 'account',
  secondAskedFor: false,
  signals: { rpId: 'localhost', userId: 'YW5uYQ', credentialIds: [], userName: 'anna', displayName: 'Anna Koch' },
  viewer: anna,
  email: 'anna@example.com',
  emailVerified: true,
  verifiable: false,
  passkeys,
  sessions: [
    {
      id: 's1',
      device: 'Firefox on Windows',
      ipAddress: '192.168.1.20',
      startedAt: now - day,
      lastUsedAt: now - 30_000,
      clients: [{ id: 'immich', name: 'Immich' }],
      current: true,
    },
    {
      id: 's2',
      device: '',
      ipAddress: null,
      startedAt: now - 3 * day,
      lastUsedAt: now - day,
      clients: [],
      current: false,
    },
  ],
  notice: null,
  renameProblem: null,
} as const
const reauthenticate = {
  view: 'reauthenticate',
  viewer: anna,
  ceremony,
  continueTo: '/settings/account/passkeys/1/remove',
  fields: [{ name: 'name', value: 'A "name" & <b>' }],
} as const
const error = {
  view: 'error',
  status: 400,
  code: 'interaction_expired',
  description: 'The interaction has expired.',
  details: {},
  fields: [],
  requestId: '0b3f6c1e-8f2a-4d6b-9a55-2f1d6f0f8a11',
  retryAt: null,
} as const
const code = { view: 'code', code: '', fromLink: false, problem: null, redirect: '/interaction/1' } as const
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

/** Every page in the states that look different. The name is the page's address in the preview. */
export const pageStates: Readonly<Record<string, PageModel>> = {
  'sign-in-field': { ...signIn, emailCode: { submitTo: '/lc/email', redirect: '/settings/account' } },
  'sign-in': signIn,
  'device-login': deviceLogin,
  'device-login-denied': { ...deviceLogin, userCode: null, problem: 'device_login_denied' },
  device,
  'device-wrong-code': { ...device, code: 'P123', problem: 'device_code_invalid' },
  'device-request': {
    ...device,
    request: {
      userCode: 'PK7M2QXH',
      device: 'Chrome on Android 14',
      ipAddress: '192.0.2.17',
      ceremonies: { approve: ceremony, deny: ceremony },
    },
  },
  'device-approved': { ...device, done: 'approved' },
  'select-account': {
    view: 'select-account',
    client: synology,
    accounts: [
      { id: '1', userName: 'anna', displayName: 'Anna Koch', active: true },
      { id: '2', userName: 'root', displayName: '', active: false },
    ],
    chooseTo: '/choose',
    signOutTo: '/sign-out',
    anotherAt: '/another',
    cancelTo: '/cancel',
  },
  'not-allowed': {
    view: 'not-allowed',
    client: synology,
    account: { userName: 'anna', displayName: 'Anna Koch' },
    switchTo: '/switch',
    cancelTo: '/cancel',
  },
  'device-allowed': { ...device, done: 'allowed' },
  'device-refused': { ...device, done: 'refused' },
  'device-authorization': deviceAuthorization,
  'device-authorization-passkey': { ...deviceAuthorization, ceremony },
  'device-denied': { ...device, done: 'denied' },
  'sign-in-to-client': { ...signIn, client: synology, cancelTo: '/cancel' },
  'sign-in-again': { ...signIn, client: immich, reason: 'again', cancelTo: '/cancel', otherWaysAt: null },
  consent: {
    view: 'consent',
    client: { ...immich, operator: 'The platform team' },
    origin: { kind: 'administrator', host: null },
    account: { userName: 'anna', displayName: 'Anna Koch' },
    claims: [
      { claim: 'name', value: 'Anna Koch', verified: null },
      { claim: 'user_name', value: 'anna', verified: null },
      { claim: 'email', value: 'anna@example.com', verified: true },
      { claim: 'groups', value: 'family, photos', verified: null },
      { claim: 'offline_access', value: '', verified: null },
    ],
    apis: [],
    authorizationDetails: [],
    allowedBefore: false,
    submitTo: '/interaction/1/consent',
    switchTo: '/interaction/1/switch',
    cancelTo: '/interaction/1/cancel',
  },
  'consent-nothing': {
    view: 'consent',
    client: { ...immich, destination: null, name: 'An application whose name is far longer than it ought to be' },
    origin: { kind: 'document', host: 'an-application-whose-name-is-far-longer.example.com' },
    account: { userName: 'dolores', displayName: '' },
    claims: [],
    apis: [],
    authorizationDetails: [],
    allowedBefore: true,
    submitTo: '/interaction/1/consent',
    switchTo: '/interaction/1/switch',
    cancelTo: '/interaction/1/cancel',
  },
  'consent-apis': {
    view: 'consent',
    client: immich,
    origin: { kind: 'administrator', host: null },
    account: { userName: 'anna', displayName: 'Anna Koch' },
    claims: [],
    apis: [
      {
        name: 'Photos',
        resource: 'https://photos.example.com/api',
        permissions: [
          {
            key: 'photos:read',
            name: 'See photos',
            description: 'Every photo that you can see, with its place and time',
          },
          { key: 'photos:write', name: 'Add photos', description: '' },
        ],
      },
      { name: 'Weather', resource: 'urn:example:weather', permissions: [] },
    ],
    authorizationDetails: [
      { type: 'payment', description: 'Pay 10 € to Anna', json: '{}' },
      {
        type: 'account',
        description: null,
        json: '{\n  "type": "account",\n  "iban": "DE89 3704 0044 0532 0130 00"\n}',
      },
    ],
    allowedBefore: true,
    submitTo: '/interaction/1/consent',
    switchTo: '/interaction/1/switch',
    cancelTo: '/interaction/1/cancel',
  },
  'error-expired': { ...error, retryAt: '/authorize?client_id=immich' },
  'error-too-often': { ...error, status: 429, code: 'rate_limited', retryAfter: 90 },
  'error-redirect-uri': {
    ...error,
    code: 'redirect_uri_has_fragment',
    description: 'redirect_uri must not contain fragments',
    details: {
      client: 'Synology DSM',
      received: 'https://nas.example.com:5001/#/signin',
      registered: 'https://nas.example.com:5001',
    },
  },
  'error-unheard-of': { ...error, code: 'some_future_code', description: '', requestId: null },
  'sign-out': {
    view: 'sign-out',
    client: null,
    submitTo: '/logout',
    hidden: {},
    confirm: { name: 'logout', value: 'yes' },
  },
  'sign-out-of-client': {
    view: 'sign-out',
    client: immich,
    submitTo: '/end-session/confirm',
    hidden: { xsrf: 'abc' },
    confirm: { name: 'logout', value: 'yes' },
  },
  'signed-out': { view: 'signed-out', client: null },
  setup: { view: 'setup' },
  'sign-up': { view: 'sign-up', token: '', emailRequired: true, submitTo: '/signup', signInAt: '/login' },
  'add-passkey': {
    view: 'add-passkey',
    name: 'Anna Koch',
    submitTo: '/signup/add-passkey',
    laterAt: '/settings/account',
  },
  'sign-up-by-token': {
    view: 'sign-up',
    token: 'aB3dE5gH7jK9mN1p',
    emailRequired: false,
    submitTo: '/signup?redirect=%2Finteraction%2F1',
    signInAt: '/interaction/1',
  },
  code: { view: 'code', code: '', fromLink: false, problem: null, byEmail: null, redirect: '/interaction/1' },
  'code-by-email': { ...code, byEmail: { email: '', sent: false, problem: null } },
  'code-by-email-sent': { ...code, byEmail: { email: 'anna@example.com', sent: true, problem: null } },
  'code-by-email-refused': { ...code, byEmail: { email: 'anna', sent: false, problem: 'invalid_format' } },
  'code-from-link': {
    view: 'code',
    code: 'K7QP2M',
    fromLink: true,
    problem: null,
    byEmail: null,
    redirect: '/settings/account',
  },
  'code-refused': {
    view: 'code',
    code: 'K7QP2M',
    fromLink: false,
    problem: 'code_invalid',
    byEmail: null,
    redirect: '/settings/account',
  },
  'verify-email': { view: 'verify-email', state: 'ask', token: 'abc', email: 'anna@example.com' },
  'verify-email-verified': { view: 'verify-email', state: 'verified', token: '', email: 'anna@example.com' },
  'verify-email-refused': { view: 'verify-email', state: 'refused', token: '', email: 'anna@example.com' },
  account,
  reauthenticate,
  'sign-up-waiting': { view: 'sign-up-waiting' },
  'account-one-passkey': {
    ...account,
    secondAskedFor: true,
    passkeys: passkeys.slice(0, 1),
    notice: { done: 'passkey_added', name: 'iCloud Keychain' },
  },
  'account-no-passkey': { ...account, viewer: long, email: null, passkeys: [] },
  'account-unverified': {
    ...account,
    emailVerified: false,
    verifiable: true,
    notice: { done: 'verification_sent', name: 'anna@example.com' },
  },
  'account-rename-refused': { ...account, renameProblem: { passkeyId: '2', name: '', code: 'required' } },
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
  'redirect-uri-refused': {
    ...error,
    code: 'invalid_redirect_uri',
    details: {
      client: 'Immich',
      received: 'https://photos.example.com/other',
      registered: 'https://photos.example.com/auth/login app.immich:///oauth-callback',
    },
    acceptWith: {
      submitTo: '/settings/admin/oidc-clients/1/redirect-uris',
      hidden: { redirectUri: 'https://photos.example.com/other' },
    },
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
