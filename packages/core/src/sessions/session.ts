import type { Account } from '../accounts/account.ts'
import type { SignInMethod } from '../audit/sign-in-method.ts'

/** The authentication details sent to a client (OpenID Connect Core §2). */
export interface AuthenticationContext {
  readonly amr: readonly string[]
  readonly acr: string
  /** Seconds since the Unix epoch. */
  readonly authTime: number
}

/**
 * Authentication levels: passkey (`phr`, phishing-resistant, as EAP ACR Values defines it), full access without one, and no
 * passkey.
 */
export const acrValues = ['phr', '1', '0'] as const

type Context = readonly [amr: readonly string[], acr: (typeof acrValues)[number]]

const contextByMethod: Readonly<Record<SignInMethod, Context>> = {
  passkey: [['phr'], 'phr'],
  setup: [['phr'], 'phr'],
  sign_up: [['phr'], 'phr'],
  // The administrator who sets up a server through the API has full access, because no other administrator exists who could
  // grant it.
  setup_api: [['otp'], '1'],
  api: [['otp'], '0'],
  code: [['otp'], '0'],
  // As after a login code and the registration of a passkey.
  recovery: [['otp', 'pop'], '1'],
  device: [['otp'], '0'],
  // The host states the methods that it has checked.
  vouched: [[], '0'],
}

/** The authentication context of each sign-in method; defined nowhere else. */
export function authenticationContext(
  method: SignInMethod,
  now: number,
  vouchedAmr?: readonly string[],
): AuthenticationContext {
  const [amr, acr] = contextByMethod[method]
  return { amr: vouchedAmr ?? amr, acr, authTime: Math.floor(now / 1000) }
}

/** Values that state the use of a key or a biometric characteristic, as of a passkey (RFC 8176 §2). */
const passkeyAmr = new Set(['phr', 'phrh', 'pop', 'hwk', 'swk', 'sc', 'user', 'face', 'fpt', 'iris', 'retina', 'vbm'])

/** The problem of authentication methods that a host vouches for; `undefined` if they are valid. */
export function vouchedAmrProblem(amr: unknown): string | undefined {
  if (!Array.isArray(amr) || amr.length === 0 || amr.length > 8) return 'must contain 1 to 8 authentication methods'
  const invalid = amr.find((value: unknown) => typeof value !== 'string' || !/^[a-z0-9_.:-]{1,32}$/.test(value))
  if (invalid !== undefined) return 'must contain authentication methods such as "pwd" or "otp" (RFC 8176)'
  const reserved = amr.find((value: string) => passkeyAmr.has(value))
  return reserved && `must not contain "${reserved}", which states the use of a passkey or another key`
}

/** The level of a session without a passkey after one was registered in it (`pop`, RFC 8176 §2). */
export function upgradedContext({ amr }: Pick<AuthenticationContext, 'amr'>): Omit<AuthenticationContext, 'authTime'> {
  return { amr: [...amr, 'pop'], acr: '1' }
}

/** Whether the session started without a passkey, and none has been registered or used in it since. */
export function isWithoutPasskey({ acr }: Pick<AuthenticationContext, 'acr'>): boolean {
  return acr === '0'
}

/** The active session of a browser (OpenID Connect Core §2). */
export interface Session {
  readonly accountId: string
  readonly account: Account
  readonly amr: readonly string[]
  readonly acr: string
  /** Seconds since the Unix epoch. */
  readonly authTime: number
  /** Identifies the session; not a bearer value. */
  readonly uid: string
}
