import type { PageModel } from '../../../src/http/page-models.ts'
import { ceremony } from './common.ts'

const deviceLogin = {
  view: 'device-login',
  userCode: 'PK7M2QXH',
  address: 'id.example.com/device',
  qrCode: { size: 3, path: 'M1 1.5h1' },
  submitTo: '/submit',
  redirect: '/settings/account',
  problem: null,
} as const

const deviceAuthorization = {
  view: 'device-authorization',
  userName: 'anna',
  displayName: 'Anna Koch',
  device: 'curl 8.5.0',
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

export const deviceStates: Readonly<Record<string, PageModel>> = {
  'device-login': deviceLogin,
  'device-login-denied': { ...deviceLogin, userCode: null, problem: 'device_login_denied' },
  device,
  'device-wrong-code': { ...device, code: 'P123', problem: 'device_code_invalid' },
  'device-not-allowed': {
    ...device,
    code: 'E1234567',
    problem: 'client_not_allowed',
    notAllowed: {
      refuseTo: '/device/refuse?code=E1234567',
      otherDeviceUrl: '/login?another=yes&redirect=%2Fdevice%3Fcode%3DE1234567',
    },
  },
  'device-request': {
    ...device,
    request: {
      userCode: 'PK7M2QXH',
      device: 'Chrome on Android 14',
      ipAddress: '192.0.2.17',
      ceremony,
      denyTo: '/device/deny?code=PK7M2QXH',
    },
  },
  'device-approved': { ...device, done: 'approved' },
  'device-allowed': { ...device, done: 'allowed' },
  'device-refused': { ...device, done: 'refused' },
  'device-authorization': deviceAuthorization,
  'device-authorization-passkey': { ...deviceAuthorization, ceremony },
  'device-denied': { ...device, done: 'denied' },
}
