/**
 * How somebody proved who they are. `setup` and `sign_up`: by the passkey that they were created with. `api`: they were
 * created by the API and are signed in without having proven anything.
 */
export type SignInMethod = 'passkey' | 'code' | 'setup' | 'sign_up' | 'api'

/** What a client is told about a sign-in (OpenID Connect Core §2). */
export interface AuthenticationContext {
  readonly amr: readonly string[]
  readonly acr: string
  /** Seconds since the Unix epoch. */
  readonly authTime: number
}

/** The one place that says what a way of signing in is worth. `phr` is phishing-resistant, as EAP ACR Values names it. */
export function authenticationContext(method: SignInMethod, now: number): AuthenticationContext {
  const passkey = method === 'passkey' || method === 'setup' || method === 'sign_up'
  return { amr: passkey ? ['phr'] : ['otp'], acr: passkey ? 'phr' : '0', authTime: Math.floor(now / 1000) }
}

/** Who is signed in in this browser, how and since when. */
export interface Session {
  readonly accountId: string
  readonly amr: readonly string[]
  readonly acr: string
  /** Seconds since the Unix epoch. */
  readonly authTime: number
  /** Names the session, and lets nobody in. */
  readonly uid: string
}
