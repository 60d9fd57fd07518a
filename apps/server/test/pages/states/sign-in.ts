import type { PageModel } from '../../../src/http/page-models.ts'
import { ceremony, immich, synology } from './common.ts'

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
