import { randomUUID } from 'node:crypto'
import type { Clock, MasterKey } from '@pocket/core'
import { Conflict } from '@pocket/core/errors'
import type { User } from '@pocket/directory'
import type { Email, EmailContent, Message } from './email.ts'
import type { EmailStore } from './email-store.ts'

const use = 'email'

export interface OutboxPorts {
  readonly store: Pick<EmailStore, 'insert'>
  readonly masterKey: MasterKey
  readonly clock: Clock
}

/** An e-mail to somebody who is known. */
export interface Letter {
  readonly to: Pick<User, 'email' | 'locale'> & {
    /** `null` where it is for somebody who has no account any more. */
    readonly id: string | null
  }
  readonly message: Message
  /** When it is of no use any more, in milliseconds since the Unix epoch. */
  readonly expiresAt: number
  /** Of two with the same key only the first is taken. */
  readonly onceKey?: string
}

/** Where e-mails are left to be sent later; what is left within a transaction is sent only if that is kept. */
export interface Outbox {
  /**
   * Returns `false` where the same was left before.
   *
   * @throws {Conflict} `user_email_not_set`
   */
  leave(letter: Letter): Promise<boolean>
  /** Leaves a wish for a login code, whether or not there is an account with this address. */
  queueRequest(address: string, request: Extract<EmailContent, { kind: 'one-time-access-request' }>): Promise<void>
}

const requestLifetime = 15 * 60_000

export function createOutbox({ store, masterKey, clock }: OutboxPorts): Outbox {
  const insert = (
    content: EmailContent,
    rest: Pick<Email, 'recipient' | 'accountId' | 'locale' | 'expiresAt' | 'onceKey'>,
  ) =>
    store.insert({
      id: randomUUID(),
      kind: content.kind,
      data: sealed(masterKey, content),
      attempts: 0,
      nextAttemptAt: clock.now(),
      lastError: null,
      createdAt: clock.now(),
      sentAt: null,
      ...rest,
    })
  return {
    async leave({ to, message, expiresAt, onceKey = null }) {
      const locale = to.locale?.slice(0, 100) ?? null
      return insert(message, { recipient: addressOf(to), accountId: to.id, locale, expiresAt, onceKey })
    },
    async queueRequest(recipient, request) {
      const expiresAt = clock.now() + requestLifetime
      await insert(request, { recipient, accountId: null, locale: null, expiresAt, onceKey: null })
    },
  }
}

/** @throws {Conflict} `user_email_not_set` */
export function addressOf({ email }: Pick<User, 'email'>): string {
  if (email === null) throw new Conflict('user_email_not_set', 'This user has no e-mail address.')
  return email
}

export function sealed(masterKey: MasterKey, content: EmailContent): string {
  return masterKey.encrypt(use, JSON.stringify(content))
}

/** @throws {Misconfigured} where it was encrypted with another key */
export function unsealed(masterKey: MasterKey, data: string): EmailContent {
  return JSON.parse(masterKey.decrypt(use, data))
}
