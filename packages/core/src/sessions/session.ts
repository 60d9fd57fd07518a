/**
/**
 * How somebody proved who they are. `setup` and `sign_up`: by the passkey that they were created with. `api`: they were
 * created by the API without having proven anything, `setup_api` as the first administrator. `device`: another device, on
 * which they used a passkey, let this one in.
 */
export type SignInMethod = 'passkey' | 'code' | 'device' | 'setup' | 'sign_up' | 'setup_api' | 'api'

/** What a client is told about a sign-in (OpenID Connect Core §2). */
export interface AuthenticationContext {
  readonly amr: readonly string[]
  readonly acr: string
  /** Seconds since the Unix epoch. */
  readonly authTime: number
}

/**
 * What a session can be worth: begun with a passkey (`phr` is phishing-resistant, as EAP ACR Values names it), good for
 * everything all the same, or begun without one.
 */
export const acrValues = ['phr', '1', '0'] as const

const worth: Readonly<Record<SignInMethod, readonly [amr: string, acr: (typeof acrValues)[number]]>> = {
  passkey: ['phr', 'phr'],
  setup: ['phr', 'phr'],
  sign_up: ['phr', 'phr'],
  // Whoever sets a server up is in charge of it, and nobody is there to let them in.
  setup_api: ['otp', '1'],
  api: ['otp', '0'],
  code: ['otp', '0'],
  device: ['otp', '0'],
}

/** The one place that says what a way of signing in is worth. */
export function authenticationContext(method: SignInMethod, now: number): AuthenticationContext {
  const [amr, acr] = worth[method]
  return { amr: [amr], acr, authTime: Math.floor(now / 1000) }
}

/** What a session without a passkey is worth once one has been registered in it (`pop`, RFC 8176 §2). */
export function strengthened({ amr }: Pick<AuthenticationContext, 'amr'>): Omit<AuthenticationContext, 'authTime'> {
  return { amr: [...amr, 'pop'], acr: '1' }
}

/**
 * Whether the session began without a passkey, and none has been registered or used in it since.
 *
 * @example
 * ```ts
 * const session = await pocket.session(req, res)
 * if (session && isWithoutPasskey(session)) redirect('/first-passkey')
 * ```
 */
export function isWithoutPasskey({ acr }: Pick<AuthenticationContext, 'acr'>): boolean {
  return acr === '0'
}

/** Who is signed in in this browser, how and since when (OpenID Connect Core §2). */
export interface Session {
  readonly accountId: string
  readonly amr: readonly string[]
  readonly acr: string
  /** Seconds since the Unix epoch. */
  readonly authTime: number
  /** Names the session, and lets nobody in. */
  readonly uid: string
}
