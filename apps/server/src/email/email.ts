import type { Place } from '../geoip/location.ts'

/** What an e-mail says. Instants in milliseconds since the Unix epoch. */
export type Message =
  | { readonly kind: 'test' }
  | {
      readonly kind: 'one-time-access'
      readonly code: string
      /** The path to go to afterwards. */
      readonly redirect: string | null
      /** Whether it works only in the browser that asked for it. */
      readonly bound: boolean
      readonly expiresAt: number
    }
  | {
      readonly kind: 'email-verification'
      readonly name: string
      readonly token: string
      readonly expiresAt: number
    }
  | {
      readonly kind: 'new-sign-in'
      readonly name: string
      readonly ipAddress: string | null
      readonly place?: Place
      readonly device: string
      readonly at: number
    }
  | {
      /** With a login code, whoever made it. */
      readonly kind: 'code-sign-in'
      readonly name: string
      readonly ipAddress: string | null
      readonly place?: Place
      readonly device: string
      readonly at: number
    }
  | {
      readonly kind: 'account-approved'
      readonly name: string
      /** What the administrator has to say, if anything. */
      readonly note?: string | null
      /** The path on this server at which they go on; the account otherwise. */
      readonly wayBack?: string | null
    }
  | { readonly kind: 'account-refused'; readonly name: string; readonly note: string }
  | {
      readonly kind: 'api-key-expiring'
      readonly name: string
      readonly keyName: string
      readonly expiresAt: number
    }
  | { readonly kind: 'invitation'; readonly link: string; readonly expiresAt: number }

/**
 * Somebody who is not signed in asks for a login code. Whether there is such an account is found out when the e-mail is
 * due, so that the answer to the request cannot tell.
 */
export interface CodeRequest {
  readonly kind: 'one-time-access-request'
  /** What the browser that asks is known by; the code works in no other one. */
  readonly browserToken: string
  readonly redirect: string | null
}

export type EmailContent = Message | CodeRequest
export type EmailKind = EmailContent['kind']

/** What can wait to be sent; a test is sent at once. */
export const emailKinds = [
  'one-time-access',
  'one-time-access-request',
  'email-verification',
  'new-sign-in',
  'code-sign-in',
  'account-approved',
  'account-refused',
  'api-key-expiring',
  'invitation',
] as const satisfies readonly EmailKind[]

/** An e-mail that waits, was sent, or was given up. Instants in milliseconds since the Unix epoch. */
export interface Email {
  /** A UUID. */
  readonly id: string
  readonly kind: EmailKind
  readonly recipient: string
  readonly accountId: string | null
  /** The recipient's language, BCP 47. */
  readonly locale: string | null
  /** The content, encrypted; empty once it is of no use any more. */
  readonly data: string
  /** Of two e-mails with the same key only the first is taken. */
  readonly onceKey: string | null
  readonly attempts: number
  /** `null` where nobody will try again. While somebody tries it is when others may. */
  readonly nextAttemptAt: number | null
  /** From then on it is of no use. */
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
