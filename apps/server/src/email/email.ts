import type { Location } from '../geoip/location.ts'

type Content<Kind extends string, Values extends object = object> = { readonly kind: Kind } & Readonly<Values>

/** A sign-in, and `name`, whom the e-mail greets. */
interface SignInValues {
  readonly name: string
  readonly ipAddress: string | null
  readonly place?: Location
  readonly device: string
  readonly at: number
}

/** The content of an e-mail. Instants in milliseconds since the Unix epoch. */
export type Message =
  | Content<'test'>
  /** `redirect` is the path to open after signing in; a `bound` code works only in the browser that requested it. */
  | Content<'one-time-access', { code: string; redirect: string | null; bound: boolean; expiresAt: number }>
  | Content<'email-verification', { name: string; token: string; expiresAt: number }>
  | Content<'new-sign-in', SignInValues>
  /**
   * A sign-in with any login code, or the use of a recovery code. `userName` is the user, in an e-mail to an administrator about a
   * break-glass code.
   */
  | Content<'code-sign-in' | 'recovery-code-used', SignInValues & { userName?: string }>
  /** `note` is from the administrator; the user continues at `returnPath`, by default the account page. */
  | Content<'account-approved', { name: string; note?: string | null; returnPath?: string | null }>
  | Content<'account-refused', { name: string; note: string }>
  | Content<'api-key-expiring', { name: string; keyName: string; expiresAt: number }>
  /**
   * A code will be sent at `readyAt` unless the recovery is stopped with `token`. `userName` is the user, in an e-mail to an
   * administrator.
   */
  | Content<
      'recovery-requested' | 'user-recovery-requested',
      { name: string; userName: string | null; token: string; readyAt: number; ipAddress: string | null }
    >
  | Content<'recovery-code', { name: string; code: string; expiresAt: number }>
  | Content<'invitation', { link: string; expiresAt: number }>

/**
 * A login code request of a signed-out user. The account is looked up when the e-mail is due, so that
 * the response to the request cannot reveal whether it exists.
 */
export interface CodeRequest {
  readonly kind: 'one-time-access-request'
  /** Identifies the requesting browser; the code works in no other browser. */
  readonly browserToken: string
  readonly redirect: string | null
}

/** A request for a recovery by e-mail; the account is looked up when it is due, as for a login code. */
export interface RecoveryRequest {
  readonly kind: 'recovery-request'
  readonly ipAddress: string | null
}

export type EmailContent = Message | CodeRequest | RecoveryRequest
export type EmailKind = EmailContent['kind']

const emailKindSet = {
  test: true,
  'one-time-access': true,
  'one-time-access-request': true,
  'email-verification': true,
  'new-sign-in': true,
  'code-sign-in': true,
  'recovery-code-used': true,
  'recovery-request': true,
  'recovery-requested': true,
  'user-recovery-requested': true,
  'recovery-code': true,
  'account-approved': true,
  'account-refused': true,
  'api-key-expiring': true,
  invitation: true,
} satisfies Record<EmailKind, true>

/** A test is sent immediately, the others are queued. */
// `Object.keys` loses the types of the keys.
export const emailKinds = Object.keys(emailKindSet) as readonly EmailKind[]

/** A queued, sent or failed e-mail. Instants in milliseconds since the Unix epoch. */
export interface Email {
  readonly id: string
  readonly kind: EmailKind
  readonly recipient: string
  readonly accountId: string | null
  /** The recipient's language, BCP 47. */
  readonly locale: string | null
  /** The encrypted content; empty once it is no longer needed. */
  readonly data: string
  /** Of several e-mails with the same key, only the first is queued. */
  readonly onceKey: string | null
  readonly attempts: number
  /** `null` if there are no further attempts. During an attempt, the instant at which the claim ends. */
  readonly nextAttemptAt: number | null
  /** The instant after which sending is useless. */
  readonly expiresAt: number
  readonly lastError: string | null
  readonly createdAt: number
  readonly sentAt: number | null
}

export type EmailState = 'waiting' | 'sent' | 'failed'

export function stateOf({ sentAt, nextAttemptAt }: Pick<Email, 'sentAt' | 'nextAttemptAt'>): EmailState {
  if (sentAt !== null) return 'sent'
  return nextAttemptAt === null ? 'failed' : 'waiting'
}
