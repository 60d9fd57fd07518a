import type { Account } from '../accounts/account.ts'

/** A login code on its way to somebody. `subject` and `text` are plain English; the rest is for words of the host's own. */
export interface LoginCodeMail {
  readonly kind: 'login-code'
  /** The address of the account, whatever was typed. */
  readonly to: string
  readonly subject: string
  readonly text: string
  readonly account: Account
  readonly code: string
  /** Milliseconds since the Unix epoch. */
  readonly expiresAt: number
}

/**
 * Sends e-mail. Nobody waits for it, so that nobody learns from the time it takes whether there is an account; what it throws
 * goes to `onError`. It has as long as the option `hookTimeout` says.
 *
 * @example
 * ```ts
 * const mailer: Mailer = { send: ({ to, subject, text }) => transport.sendMail({ from: 'id@example.com', to, subject, text }) }
 * ```
 */
export interface Mailer {
  send(mail: LoginCodeMail): Promise<unknown>
}
