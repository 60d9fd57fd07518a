/** `/verify-email`: confirms that an address belongs to whoever is signed in. */
export interface VerifyEmailPage {
  readonly view: 'verify-email'
  readonly state: 'ask' | 'verified' | 'refused'
  /** Sent back by the form. */
  readonly token: string
  readonly email: string
}
