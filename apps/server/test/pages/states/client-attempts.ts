import { now } from './common.ts'

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
  accountId: 'u1',
  remedy: null,
} as const

/** One of each kind in the connection log of a client. */
export const attempts = [
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
    parameters: { redirect_uri: 'https://photos.example.com/wrong' },
    remedy: { kind: 'register', redirectUri: 'https://photos.example.com/wrong' },
  },
  {
    ...attempt,
    endpoint: 'authorization',
    userName: null,
    succeeded: false,
    error: 'invalid_redirect_uri',
    parameters: { redirect_uri: 'https://photos.example.com/since' },
    remedy: { kind: 'registered' },
  },
  {
    ...attempt,
    endpoint: 'authorization',
    userName: 'ben',
    succeeded: false,
    error: 'access_denied',
    reason: 'the account is in none of the groups that may use this client',
    remedy: { kind: 'access', userId: 'u2' },
  },
] as const
