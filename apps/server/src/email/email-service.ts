import { join } from 'node:path'
import type { AuditSink, Pocket } from '@pocket/core'
import { ConfigurationError } from '@pocket/core/errors'
import type { User } from '@pocket/directory'
import { packageFolder } from '../config/package-folder.ts'
import { loadCatalogs } from '../http/catalogs.ts'
import type { Job } from '../jobs/scheduler.ts'
import { failureText, messageOf } from '../logging/failure.ts'
import { notifyExpiringApiKeys } from './api-key-notices.ts'
import { createComposer } from './compose.ts'
import { createDelivery, type Delivery, type ResolvedRequest } from './delivery.ts'
import type { EmailServiceDeps } from './deps.ts'
import type { Email, RecoveryRequest } from './email.ts'
import type { LastAttempt } from './email-store.ts'
import { createLoginCodeEmails, type LoginCodeEmails } from './login-code-emails.ts'
import { addressOf, createOutbox, type Outbox } from './outbox.ts'
import { createEmailQueue, type EmailQueue } from './queue.ts'
import { withSignInNotices } from './sign-in-notices.ts'
import { smtpProblemOf } from './smtp-problem.ts'
import { createSmtpTransport } from './transport.ts'
import { createEmailVerification, type EmailVerification } from './verification.ts'

/** The e-mail services that do not need core, and a factory for the rest. */
export interface EmailService {
  readonly outbox: Outbox
  /** Replaces the audit sink passed in. */
  readonly audit: AuditSink
  /** `resolveRecovery` answers requests for a recovery by e-mail. */
  open(pocket: Pick<Pocket, 'issueLoginCode' | 'issuer'>, resolveRecovery: ResolveRecovery): Mail
}

type ResolveRecovery = (email: Email, request: RecoveryRequest) => Promise<ResolvedRequest | undefined>

export interface Mail {
  readonly outbox: Outbox
  readonly delivery: Delivery
  readonly queue: EmailQueue
  readonly loginCodes: LoginCodeEmails
  readonly verification: EmailVerification
  readonly jobs: readonly Job[]
  /** Whether the newest attempted e-mail was sent, and when; `undefined` if none was attempted. */
  lastAttempt(): Promise<LastAttempt | undefined>
  /** Sends a test immediately; it replaces the previous one in the list. @throws {ConfigurationError} with the SMTP error @throws {ConflictError} `user_email_not_set` */
  test(user: User): Promise<void>
  isConfigured(): Promise<boolean>
  /** Whether e-mail is configured and the user has an e-mail address. */
  reaches(user: Pick<User, 'email'>): Promise<boolean>
  /**
   * Notifies a reachable user that an administrator has approved the account; `note` is the administrator's message,
   * `returnPath` the path on this server where the user continues.
   */
  notifyApproved(
    user: User,
    content: { readonly note: string | null; readonly returnPath: string | null },
  ): Promise<void>
  /** Notifies a user whose account was deleted that an administrator has rejected it, with the administrator's note. */
  notifyRejected(user: User, note: string): Promise<void>
  /** Removes the e-mail data of a user, within the transaction. */
  forget(userId: string): Promise<void>
}

const catalogsDirectory = join(packageFolder, 'locales', 'emails')
const hour = 60 * 60_000
const retention = 30 * 24 * hour
const batchSize = 1000
/** Milliseconds. Short, because a user is waiting for the response. */
const testTimeout = 20_000

export async function createEmailService(deps: EmailServiceDeps): Promise<EmailService> {
  const { appUrl, viewsDirectory, logger, database, settings, directory, geoIp, transaction, clock } = deps
  const { emails: store, emailVerifications, apiKeys, masterKey } = database
  const values = () => settings.lastKnown()
  const catalogs = await loadCatalogs(catalogsDirectory)
  const compose = createComposer({ viewsDirectory, catalogs, settings: values, appUrl, geoIp })
  const transport = createSmtpTransport(values)
  const outbox = createOutbox({ store, masterKey, clock })
  const host = new URL(appUrl).hostname
  const onError = (err: unknown, email?: object) => logger.warn({ err, email }, 'An e-mail could not be sent')
  let delivery: Delivery | undefined
  const audit = withSignInNotices({ ...deps, outbox }, () => delivery?.trigger())

  const isConfigured = async () => (await values()).smtpHost !== ''
  const reaches = async ({ email }: Pick<User, 'email'>) => email !== null && (await isConfigured())

  const removeOldEmails = async (signal: AbortSignal) => {
    await emailVerifications.removeExpired(clock.now())
    while (!signal.aborted && (await store.removeBefore(clock.now() - retention, batchSize)) === batchSize);
  }

  return {
    outbox,
    audit,
    open(pocket, resolveRecovery) {
      const loginCodes = createLoginCodeEmails({ ...deps, outbox }, pocket)
      const createdDelivery = createDelivery({
        store,
        masterKey,
        compose,
        transport,
        resolveRequest: (email, request) =>
          request.kind === 'recovery-request'
            ? resolveRecovery(email, request)
            : loginCodes.resolveRequest(email, request),
        host,
        clock,
        onError,
      })
      delivery = createdDelivery
      const notices = { apiKeys, directory, outbox, settings: values, transaction, clock }
      return {
        outbox,
        delivery: createdDelivery,
        queue: createEmailQueue(store, createdDelivery, clock),
        loginCodes,
        verification: createEmailVerification({ ...deps, audit, outbox }),
        jobs: [
          { name: 'send-emails', intervalMs: 5000, run: (signal) => createdDelivery.run(signal) },
          {
            name: 'notice-expiring-api-keys',
            intervalMs: hour,
            run: (signal) => notifyExpiringApiKeys(notices, signal),
          },
          { name: 'remove-old-emails', intervalMs: hour, run: removeOldEmails },
        ],
        async test(user) {
          const to = addressOf(user)
          const composed = await compose({ kind: 'test' }, user.locale, clock.now())
          const email = await outbox.recordTest({ id: user.id, email: to, locale: user.locale })
          try {
            const messageId = `<${email.id}@${host}>`
            await transport.send({ ...composed, to, messageId }, AbortSignal.timeout(testTimeout))
            await store.markSent(email, clock.now())
          } catch (cause) {
            const lastError = failureText(cause)
            await store.markFailed(email, { lastError, nextAttemptAt: null })
            const problem = smtpProblemOf(lastError)
            const details = { answer: lastError.slice(0, 500), ...(problem !== null && { problem }) }
            throw new ConfigurationError(`The e-mail could not be sent: ${messageOf(cause)}`, { cause, details })
          }
        },
        lastAttempt: () => store.lastAttempt(),
        isConfigured,
        reaches,
        async notifyApproved(user, content) {
          if (!(await reaches(user))) return
          const message = { kind: 'account-approved', name: user.displayName, ...content } as const
          await outbox.queue({ to: user, message, expiresAt: clock.now() + retention })
        },
        async notifyRejected({ email, locale, displayName }, note) {
          if (!(await reaches({ email }))) return
          const message = { kind: 'account-refused', name: displayName, note } as const
          await outbox.queue({ to: { id: null, email, locale }, message, expiresAt: clock.now() + retention })
        },
        async forget(userId) {
          await store.removeByAccount(userId)
          await emailVerifications.removeByAccount(userId)
        },
      }
    },
  }
}
