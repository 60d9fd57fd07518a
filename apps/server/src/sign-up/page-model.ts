/** `/signup` and `/st/TOKEN`: lets a stranger in. */
export interface SignUpPage {
  readonly view: 'sign-up'
  /** Empty where everybody may sign up. */
  readonly token: string
  readonly emailRequired: boolean
  /** The passkey's answer is posted to it. */
  readonly submitTo: string
  /** For whoever has an account. */
  readonly signInAt: string
}

/** `/signup/waiting`: for whoever has signed up and waits for an administrator. */
export interface SignUpWaitingPage {
  readonly view: 'sign-up-waiting'
}

/** `/signup/add-passkey`: the passkey of somebody who is signed in and may have none. */
export interface AddPasskeyPage {
  readonly view: 'add-passkey'
  /** What the person is called. */
  readonly name: string
  /** The passkey's answer is posted to it. */
  readonly submitTo: string
  /** For whoever does it another time. */
  readonly laterAt: string
}
