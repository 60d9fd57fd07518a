/** `/verify-email`: confirms that an address belongs to whoever is signed in. */
export interface VerifyEmailPage {
  readonly view: 'verify-email'
  readonly state: 'ask' | 'verified' | 'refused' | 'in' | 'waiting'
  /** Sent back by the form. */
  readonly token: string
  readonly email: string
  /** Of somebody who has just signed up and cannot sign in yet: they come in, or wait for an administrator. */
  readonly userName: string | null
  /** Where somebody who is in goes on, signing in on the way; `null` for everybody else. */
  readonly goOnAt: string | null
}
