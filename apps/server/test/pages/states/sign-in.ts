import type { PageModel } from '../../../src/http/page-models.ts'
import { ceremony, immich, synology } from './common.ts'

const byAdministrator = { kind: 'administrator', host: null, isKnown: true, policyUri: null, tosUri: null } as const

const signIn = {
  view: 'sign-in',
  client: null,
  ceremony,
  reason: 'first',
  otherMethodsUrl: '/lc',
  signUpUrl: null,
  emailCode: null,
  cancelTo: null,
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

const code = {
  view: 'code',
  code: '',
  fromLink: false,
  hasRecovery: true,
  recoverByEmail: true,
  problem: null,
  ceremony: signIn.ceremony,
  redirect: '/interaction/1',
} as const

const account = { userName: 'anna', displayName: 'Anna Koch' } as const

const notAllowed = {
  view: 'not-allowed',
  client: synology,
  account,
  switchTo: '/switch',
  cancelTo: '/cancel',
} as const

const consent = {
  view: 'consent',
  client: immich,
  origin: byAdministrator,
  account,
  claims: [],
  apis: [],
  authorizationDetails: [],
  allowedBefore: true,
  submitTo: '/interaction/1/consent',
  switchTo: '/interaction/1/switch',
  cancelTo: '/interaction/1/cancel',
} as const

export const signInStates: Readonly<Record<string, PageModel>> = {
  'sign-in-field': { ...signIn, emailCode: { submitTo: '/lc/email', redirect: '/settings/account' } },
  'sign-in': signIn,
  'select-account': {
    view: 'select-account',
    client: synology,
    accounts: [
      { id: '1', userName: 'anna', displayName: 'Anna Koch', active: true },
      { id: '2', userName: 'root', displayName: '', active: false },
    ],
    chooseTo: '/choose',
    signOutTo: '/sign-out',
    otherDeviceUrl: '/another',
    cancelTo: '/cancel',
  },
  'not-allowed': notAllowed,
  'not-allowed-second-passkey': {
    ...notAllowed,
    secondPasskey: { addUrl: null, returnTo: '/interaction/x?back=yes' },
  },
  'sign-in-to-client': { ...signIn, client: synology, cancelTo: '/cancel' },
  'sign-in-again': { ...signIn, client: immich, reason: 'again', cancelTo: '/cancel', otherMethodsUrl: null },
  consent: {
    ...consent,
    client: { ...immich, operator: 'The platform team' },
    claims: [
      { claim: 'name', value: 'Anna Koch', verified: null },
      { claim: 'user_name', value: 'anna', verified: null },
      { claim: 'email', value: 'anna@example.com', verified: true },
      { claim: 'groups', value: ['family', 'photos'], verified: null },
      { claim: 'offline_access', value: '', verified: null },
    ],
    allowedBefore: false,
  },
  'consent-continue': {
    ...consent,
    client: { ...immich, destination: 'app.immich' },
    claims: [{ claim: 'name', value: 'Anna Koch', verified: null }],
    confirmOnly: true,
  },
  'consent-again': {
    ...consent,
    claims: [
      { claim: 'name', value: 'Anna Koch', verified: null },
      { claim: 'email', value: 'anna@example.com', verified: true, isNew: true },
      { claim: 'other', name: 'department', value: 'Photography', verified: null, isNew: true },
    ],
    apis: [
      {
        name: 'Photos',
        resource: 'https://photos.example.com/api',
        permissions: [
          { key: 'photos:read', name: 'See photos', description: '' },
          { key: 'photos:write', name: 'Add photos', description: '', isNew: true },
        ],
      },
      { name: 'Weather', resource: 'urn:example:weather', permissions: [], isNew: true },
    ],
  },
  'consent-nothing': {
    ...consent,
    client: { ...immich, destination: null, name: 'An application whose name is far longer than it ought to be' },
    origin: {
      kind: 'document',
      host: 'an-application-whose-name-is-far-longer.example.com',
      isKnown: false,
      policyUri: 'https://an-application-whose-name-is-far-longer.example.com/privacy',
      tosUri: 'https://an-application-whose-name-is-far-longer.example.com/terms',
    },
    account: { userName: 'dolores', displayName: '' },
  },
  'consent-apis': {
    ...consent,
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
  'error-missing': {
    ...error,
    code: 'invalid_request',
    description: 'missing required parameter redirect_uri',
    details: { client: 'Immich', missing: 'redirect_uri' },
  },
  'sign-out-of-client': {
    view: 'sign-out',
    client: immich,
    submitTo: '/end-session/confirm',
    hidden: { xsrf: 'abc' },
    confirm: { name: 'logout', value: 'yes' },
  },
  'signed-out': { view: 'signed-out', client: null },
  code: { ...code, byEmail: null },
  'code-by-email': { ...code, byEmail: { email: '', sent: false, problem: null } },
  'code-by-email-sent': { ...code, ceremony: null, byEmail: { email: 'anna@example.com', sent: true, problem: null } },
  'code-by-email-refused': {
    ...code,
    ceremony: null,
    byEmail: { email: 'anna', sent: false, problem: 'invalid_format' },
  },
  'recover-by-email': { view: 'recover-by-email', email: '', problem: null, sent: false, days: 1 },
  'recover-by-email-refused': { view: 'recover-by-email', email: 'a', problem: 'invalid_format', sent: false, days: 3 },
  'recover-by-email-sent': { view: 'recover-by-email', email: 'a@example.com', problem: null, sent: true, days: 7 },
  'stop-recovery': { view: 'stop-recovery', state: 'ask', userName: 'anna', token: 'abc' },
  'stop-recovery-stopped': { view: 'stop-recovery', state: 'stopped', userName: '', token: '' },
  'stop-recovery-used': { view: 'stop-recovery', state: 'used', userName: '', token: '' },
  'stop-recovery-ended': { view: 'stop-recovery', state: 'ended', userName: '', token: '' },
  'code-from-link': {
    ...code,
    ...{ hasRecovery: false, recoverByEmail: false, byEmail: null, ceremony: null, redirect: '/settings/account' },
    code: 'K7QP2M',
    fromLink: true,
  },
  'code-refused': {
    ...code,
    ...{ hasRecovery: false, recoverByEmail: false, byEmail: null, ceremony: null, redirect: '/settings/account' },
    code: 'K7QP2M',
    problem: 'code_invalid',
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
}
