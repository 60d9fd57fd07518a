import type { Account } from '../accounts/account.ts'

/** A login code e-mail. `subject` and `text` are plain English; the other fields allow the host to write its own text. */
export interface LoginCodeMail {
  readonly kind: 'login-code'
  /** The e-mail address of the account, which may differ from the entered login. */
  readonly to: string
  readonly subject: string
  readonly text: string
  readonly account: Account
  readonly code: string
  /** Milliseconds since the Unix epoch. */
  readonly expiresAt: number
}

/**
 * Sends e-mail. It runs in the background, so that the response time does not reveal whether an account exists; errors
 * go to `onError`. The call must finish within the option `limits.hookTimeout`.
 *
 * @example
 * ```ts
 * const mailer: Mailer = { send: ({ to, subject, text }) => transport.sendMail({ from: 'id@example.com', to, subject, text }) }
 * ```
 */
export interface Mailer {
  send(mail: LoginCodeMail): Promise<unknown>
}
