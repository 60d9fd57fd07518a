import { fileURLToPath } from 'node:url'
import type { AuditSink, Clock, Pocket, Transaction } from '@pocket/core'
import { Misconfigured } from '@pocket/core/errors'
import type { Directory, User } from '@pocket/directory'
import type { OpenDatabase } from '../database/open-database.ts'
import type { GeoIp } from '../geoip/geoip.ts'
import { loadCatalogues } from '../http/catalogues.ts'
import type { Job } from '../jobs/scheduler.ts'
import { messageOf } from '../logging/failure.ts'
import type { Logger } from '../logging/logger.ts'
import type { Settings } from '../settings/settings.ts'
import { noticeExpiringApiKeys } from './api-key-notices.ts'
import { createComposer } from './compose.ts'
import { createDelivery, type Delivery } from './delivery.ts'
import { createLoginCodeEmails, type LoginCodeEmails } from './login-code-emails.ts'
import { addressOf, createOutbox, type Outbox } from './outbox.ts'
import { createEmailQueue, type EmailQueue } from './queue.ts'
import { withSignInNotices } from './sign-in-notices.ts'
import { createSmtpTransport } from './transport.ts'
import { createEmailVerification, type EmailVerification } from './verification.ts'

export interface MailParts {
  readonly appUrl: string
  readonly viewsDirectory: string
  readonly logger: Logger
  readonly database: Pick<OpenDatabase, 'emails' | 'emailVerifications' | 'apiKeys' | 'auditLog' | 'masterKey'>
  readonly settings: Settings
  readonly directory: Directory
  readonly places: GeoIp
  /** Where events go; the one that notices sign-ins is around it. */
  readonly audit: AuditSink
  readonly transaction: Transaction
  readonly clock: Clock
}

/** Everything about e-mail that does not need core yet, and what makes the rest of it. */
export interface EmailService {
  readonly outbox: Outbox
  /** Takes the place of the sink that it was given. */
  readonly audit: AuditSink
  open(pocket: Pick<Pocket, 'issueLoginCode' | 'issuer'>): Mail
}

/** The e-mail of an instance. */
export interface Mail {
  readonly outbox: Outbox
  readonly delivery: Delivery
  readonly queue: EmailQueue
  readonly loginCodes: LoginCodeEmails
  readonly verification: EmailVerification
  readonly jobs: readonly Job[]
  /** Sends a test at once. @throws {Misconfigured} with what the e-mail server said @throws {Conflict} `user_email_not_set` */
  test(user: User): Promise<void>
  /** Whether what is left for somebody would reach them: e-mail is set up, and they have an address. */
  reaches(user: Pick<User, 'email'>): Promise<boolean>
  /**
   * Tells somebody, whom it reaches, that an administrator has let them in; `note` is what that one has to say, `wayBack`
   * the path on this server at which they go on.
   */
  approved(user: User, words: { readonly note: string | null; readonly wayBack: string | null }): Promise<void>
  /** Tells somebody whose account is gone by now that an administrator has not let them in, and why. */
  refused(user: User, note: string): Promise<void>
  /** Removes what is kept of a user, within the transaction. */
  forget(userId: string): Promise<void>
}

const cataloguesDirectory = fileURLToPath(new URL('../../locales/emails', import.meta.url))
const hour = 60 * 60_000
const kept = 30 * 24 * hour
const batch = 1000
/** Milliseconds: somebody waits for the answer. */
const testTimeout = 20_000

export async function createEmailService(parts: MailParts): Promise<EmailService> {
  const { appUrl, viewsDirectory, logger, database, settings, directory, places, transaction, clock } = parts
  const { emails: store, emailVerifications, apiKeys, auditLog, masterKey } = database
  const values = () => settings.lastKnown()
  const catalogues = await loadCatalogues(cataloguesDirectory)
  const compose = createComposer({ viewsDirectory, catalogues, settings: values, appUrl, places })
  const transport = createSmtpTransport(values)
  const outbox = createOutbox({ store, masterKey, clock })
  const host = new URL(appUrl).hostname
  const onError = (err: unknown, email?: object) => logger.warn({ err, email }, 'An e-mail could not be sent')
  let delivery: Delivery | undefined
  const audit = withSignInNotices({
    audit: parts.audit,
    auditLog,
    directory,
    outbox,
    settings: values,
    transaction,
    locationOf: places.of,
    clock,
    onLeft: () => delivery?.soon(),
  })

  const reaches = async ({ email }: Pick<User, 'email'>) => email !== null && (await values()).smtpHost !== ''

  const removeOld = async (signal: AbortSignal) => {
    await emailVerifications.removeExpired(clock.now())
    while (!signal.aborted && (await store.removeBefore(clock.now() - kept, batch)) === batch);
  }

  return {
    outbox,
    audit,
    open(pocket) {
      const ports = { pocket, directory, outbox, store, settings: values, transaction, masterKey, clock }
      const loginCodes = createLoginCodeEmails(ports)
      const { answer } = loginCodes
      const sending = createDelivery({ store, masterKey, compose, transport, answer, host, clock, onError })
      delivery = sending
      const notices = { apiKeys, directory, outbox, settings: values, transaction, clock }
      return {
        outbox,
        delivery: sending,
        queue: createEmailQueue({ store, delivery: sending, clock }),
        loginCodes,
        verification: createEmailVerification({
          store: emailVerifications,
          outbox,
          directory,
          audit,
          transaction,
          clock,
        }),
        jobs: [
          { name: 'send-emails', intervalMs: 5000, run: (signal) => sending.run(signal) },
          {
            name: 'notice-expiring-api-keys',
            intervalMs: hour,
            run: (signal) => noticeExpiringApiKeys(notices, signal),
          },
          { name: 'remove-old-emails', intervalMs: hour, run: removeOld },
        ],
        async test(user) {
          const to = addressOf(user)
          const composed = await compose({ kind: 'test' }, user.locale, clock.now())
          try {
            const messageId = `<${crypto.randomUUID()}@${host}>`
            await transport.send({ ...composed, to, messageId }, AbortSignal.timeout(testTimeout))
          } catch (cause) {
            throw new Misconfigured(`The e-mail could not be sent: ${messageOf(cause)}`, { cause })
          }
        },
        reaches,
        async approved(user, words) {
          if (!(await reaches(user))) return
          const message = { kind: 'account-approved', name: user.displayName, ...words } as const
          await outbox.leave({ to: user, message, expiresAt: clock.now() + kept })
        },
        async refused({ email, locale, displayName }, note) {
          if (!(await reaches({ email }))) return
          const message = { kind: 'account-refused', name: displayName, note } as const
          await outbox.leave({ to: { id: null, email, locale }, message, expiresAt: clock.now() + kept })
        },
        async forget(userId) {
          await store.removeByAccount(userId)
          await emailVerifications.removeByAccount(userId)
        },
      }
    },
  }
}
