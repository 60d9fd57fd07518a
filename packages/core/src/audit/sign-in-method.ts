/**
 * The method of a sign-in. `setup` and `sign_up`: with the passkey created together with the account. `api`: the account was
 * created through the API without authentication, `setup_api` as the first administrator. `device`: approved on another device
 * with a passkey. `recovery`: with the passkey added after a recovery code. `vouched`: authenticated by the host.
 */
export type SignInMethod = (typeof signInMethods)[number]

export const signInMethods = [
  'passkey',
  'code',
  'recovery',
  'device',
  'setup',
  'sign_up',
  'setup_api',
  'api',
  'vouched',
] as const
