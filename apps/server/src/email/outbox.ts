import { randomUUID } from 'node:crypto'
import type { Clock, MasterKey } from '@pocket/core'
import { ConflictError } from '@pocket/core/errors'
import type { User } from '@pocket/directory'
import type { CodeRequest, Email, EmailContent, Message, RecoveryRequest } from './email.ts'
import type { Attempt, EmailStore } from './email-store.ts'

export const emailPurpose = 'email'

export interface OutboxDeps {
  readonly store: Pick<EmailStore, 'insert' | 'removeTests'>
  readonly masterKey: MasterKey
  readonly clock: Clock
}

export interface NewEmail {
  readonly to: Pick<User, 'email' | 'locale'> & {
    /** `null` if the recipient no longer has an account. */
    readonly id: string | null
  }
  readonly message: Message
  /** Expiration in milliseconds since the Unix epoch; a later delivery is useless. */
  readonly expiresAt: number
  /** Of several e-mails with the same key, only the first is queued. */
  readonly onceKey?: string
}

/** Queues e-mails; an e-mail queued within a transaction is sent only if the transaction commits. */
export interface Outbox {
  /**
   * Returns `false` if an e-mail with the same key was queued before.
   *
   * @throws {ConflictError} `user_email_not_set`
   */
  queue(email: NewEmail): Promise<boolean>
  /** Queues the request of a signed-out user, whether or not an account with this e-mail address exists. */
  queueRequest(address: string, request: CodeRequest | RecoveryRequest): Promise<void>
  /** Records a test that is being sent, in place of the previous one. */
  recordTest(to: Pick<User, 'id' | 'email' | 'locale'>): Promise<Attempt>
}

const requestLifetime = 15 * 60_000
/** Milliseconds until a test that was interrupted is sent again. */
const testClaim = 10 * 60_000

export function createOutbox({ store, masterKey, clock }: OutboxDeps): Outbox {
  const toEmail = (
    content: EmailContent,
    fields: Pick<Email, 'recipient' | 'accountId' | 'locale' | 'expiresAt' | 'onceKey'>,
  ): Email => ({
    id: randomUUID(),
    kind: content.kind,
    data: encryptContent(masterKey, content),
    attempts: 0,
    nextAttemptAt: clock.now(),
    lastError: null,
    createdAt: clock.now(),
    sentAt: null,
    ...fields,
  })
  const toLocale = (locale: string | null) => locale?.slice(0, 100) ?? null
  return {
    async queue({ to, message, expiresAt, onceKey = null }) {
      const fields = { recipient: addressOf(to), accountId: to.id, locale: toLocale(to.locale), expiresAt, onceKey }
      return store.insert(toEmail(message, fields))
    },
    async queueRequest(recipient, request) {
      const expiresAt = clock.now() + requestLifetime
      await store.insert(toEmail(request, { recipient, accountId: null, locale: null, expiresAt, onceKey: null }))
    },
    async recordTest(to) {
      const expiresAt = clock.now() + requestLifetime
      const fields = {
        recipient: addressOf(to),
        accountId: to.id,
        locale: toLocale(to.locale),
        expiresAt,
        onceKey: null,
      }
      const test = { ...toEmail({ kind: 'test' }, fields), attempts: 1, nextAttemptAt: clock.now() + testClaim }
      await store.removeTests()
      await store.insert(test)
      return test
    },
  }
}

/** @throws {ConflictError} `user_email_not_set` */
export function addressOf({ email }: Pick<User, 'email'>): string {
  if (email === null) throw new ConflictError('user_email_not_set', 'This user has no e-mail address.')
  return email
}

export function encryptContent(masterKey: MasterKey, content: EmailContent): string {
  return masterKey.encrypt(emailPurpose, JSON.stringify(content))
}

/** @throws {ConfigurationError} if it was encrypted with a different key */
export function decryptContent(masterKey: MasterKey, data: string): EmailContent {
  return JSON.parse(masterKey.decrypt(emailPurpose, data))
}
