import { createHash, randomBytes } from 'node:crypto'
import type { MasterKey, RequestOrigin } from '@pocket/core'
import { ForbiddenError, PocketError } from '@pocket/core/errors'
import type { User } from '@pocket/directory'
import type { Actor } from '../access/actor.ts'
import { reachableAdministrators } from '../email/administrators.ts'
import type { ResolvedRequest } from '../email/delivery.ts'
import type { Email, RecoveryRequest } from '../email/email.ts'
import type { EmailStore } from '../email/email-store.ts'
import { addressOf, encryptContent, type Outbox } from '../email/outbox.ts'
import type { Deps } from '../http/deps.ts'
import type { SettingValues } from '../settings/definitions.ts'
import type { Settings } from '../settings/settings.ts'
import type { RecoveryStore } from './recovery-store.ts'

export interface RecoveryRequestDeps extends Deps {
  readonly settings: Settings
  readonly outbox: Outbox
  readonly database: {
    readonly recoveries: RecoveryStore
    readonly emails: EmailStore
    readonly masterKey: MasterKey
  }
}

/** `ended`: none was pending. `used`: too late, because the code was used to add a passkey. */
export type StopOutcome = 'stopped' | 'ended' | 'used'

const day = 86_400_000
/** Requests per account and day that send e-mails. */
const maxDaily = 3
/** How long the code is valid and the recovery can be stopped after the waiting period, in milliseconds. */
export const delayedCodeLifetime = day
const batchSize = 100

/** The waiting period in days; `null` if recovery by e-mail is turned off or e-mail is not set up. */
export function recoveryDelayDays({
  recoveryByEmail,
  smtpHost,
}: Pick<SettingValues, 'recoveryByEmail' | 'smtpHost'>): number | null {
  return recoveryByEmail === 'disabled' || smtpHost === '' ? null : Number.parseInt(recoveryByEmail, 10)
}

/** Whether the settings let this user recover the account by e-mail. */
export function canRecoverByEmail(
  { disabled, administrator, emailVerified }: Pick<User, 'disabled' | 'administrator' | 'emailVerified'>,
  values: Pick<SettingValues, 'recoveryByEmail' | 'recoveryCodes' | 'smtpHost'>,
): boolean {
  const isAllowed = !administrator || values.recoveryCodes === 'everyone'
  return recoveryDelayDays(values) !== null && !disabled && emailVerified && isAllowed
}

/** Recoveries by e-mail: the code is sent after a waiting period in which the user and each administrator can stop it. */
export function createRecoveryRequests(deps: RecoveryRequestDeps) {
  const { pocket, directory, settings, outbox, database, audit, transaction, clock } = deps
  const { recoveries, emails, masterKey } = database

  const delayDays = async () => recoveryDelayDays(await settings.present())
  const isAllowed = async (user: User) => canRecoverByEmail(user, await settings.present())

  const stop = (
    accountId: string,
    {
      origin,
      by,
      isOfSession = false,
    }: { readonly origin: RequestOrigin; readonly by?: string; readonly isOfSession?: boolean },
  ): Promise<StopOutcome> =>
    transaction(async () => {
      // Locks the account first.
      const areRemoved = await pocket.recovery.removeCodes(accountId, { kind: 'delayed', origin, ...(by && { by }) })
      const { readyAt = null, sentAt = null } = (await recoveries.find(accountId)) ?? {}
      if (readyAt !== null && sentAt !== null && !areRemoved) {
        // The link keeps its answer; a session also shows the use of the code.
        if (isOfSession) await recoveries.stop(accountId)
        return 'used'
      }
      if (!(await recoveries.stop(accountId))) return 'ended'
      await audit.record({ event: 'recovery_stopped', accountId, ...(by && { by }) }, origin)
      return 'stopped'
    })

  const isPending = (readyAt: number | null | undefined): readyAt is number =>
    readyAt != null && readyAt + delayedCodeLifetime > clock.now()

  const findByToken = async (token: string) => {
    const found = await recoveries.findByStopHash(hashOf(token))
    return isPending(found?.readyAt) ? found : undefined
  }

  const send = (accountId: string) =>
    transaction(async () => {
      const user = await directory.find(accountId)
      if (!user || !(await isAllowed(user))) {
        await recoveries.stop(accountId)
        return
      }
      // Locks the account first. A concurrent run then finds the code sent, and its own code is rolled back.
      const lifetime = delayedCodeLifetime
      const [code = ''] = await pocket.recovery.replaceCodes(accountId, { kind: 'delayed', lifetime })
      const expiresAt = clock.now() + lifetime
      if (!(await recoveries.markSent(accountId, clock.now()))) throw new RecoveryStoppedError()
      await outbox.queue({
        to: user,
        message: { kind: 'recovery-code', name: user.displayName, code, expiresAt },
        expiresAt,
      })
    })

  return {
    /** The waiting period in days; `null` if recovery by e-mail is turned off. */
    delayDays,

    /**
     * For a signed-out user. Behaves the same whether or not an account with this e-mail address exists.
     *
     * @throws {ForbiddenError} `forbidden` if recovery by e-mail is turned off
     */
    async request(address: string, ipAddress: string | null): Promise<void> {
      if ((await delayDays()) === null) throw new ForbiddenError('forbidden', 'Recovery by e-mail is turned off.')
      await outbox.queueRequest(address, { kind: 'recovery-request', ipAddress })
    },

    /** Processes a request that is due; `undefined` if no e-mail is sent. */
    resolve: (email: Email, { ipAddress }: RecoveryRequest): Promise<ResolvedRequest | undefined> =>
      transaction(async () => {
        const user = await directory.findByEmail(email.recipient)
        const days = await delayDays()
        if (days === null || user === undefined || !(await isAllowed(user))) return undefined
        const { id: accountId, locale, userName } = user
        const now = clock.now()
        if ((await emails.countSince(accountId, 'recovery-requested', now - day)) >= maxDaily) return undefined
        const token = randomBytes(32).toString('base64url')
        const readyAt = now + days * day
        const isStarted = await recoveries.start(
          { accountId, readyAt, stopHash: hashOf(token) },
          now - delayedCodeLifetime,
        )
        if (!isStarted) return undefined
        await audit.record({ event: 'recovery_requested', accountId }, { requestId: null, ipAddress, userAgent: null })
        const messageTo = ({ id, displayName }: User) =>
          ({
            // Notices about other users do not count towards the daily limit.
            kind: id === accountId ? 'recovery-requested' : 'user-recovery-requested',
            name: displayName,
            userName: id === accountId ? null : userName,
            token,
            readyAt,
            ipAddress,
          }) as const
        for (const to of await reachableAdministrators(directory, accountId))
          await outbox.queue({ to, message: messageTo(to), expiresAt: readyAt })
        const message = messageTo(user)
        const data = encryptContent(masterKey, message)
        // Sends to the stored e-mail address, because the submitted one may contain look-alike characters.
        const replaced = { ...email, kind: message.kind, recipient: addressOf(user), accountId, locale, data }
        const resolved = { ...replaced, expiresAt: readyAt }
        if (!(await emails.replace(resolved))) throw new Error('Another process sends this e-mail.')
        return { email: resolved, message }
      }),

    /** Sends the codes whose waiting period is over. */
    async sendDue(signal: AbortSignal): Promise<void> {
      const now = clock.now()
      const failures: unknown[] = []
      // A code that is sent later could not be stopped.
      for (const accountId of await recoveries.listDue({ after: now - delayedCodeLifetime, now }, batchSize)) {
        if (signal.aborted) return
        try {
          await send(accountId)
        } catch (error) {
          if (isTemporary(error)) throw error
          // Accounts that fail every time would fill the next batch.
          if (error instanceof PocketError) await recoveries.stop(accountId)
          else if (!(error instanceof RecoveryStoppedError)) failures.push(error)
        }
      }
      if (failures.length > 0) throw failures[0]
    },

    /** The user name of a recovery that this token can stop. */
    async findUserName(token: string): Promise<string | undefined> {
      const found = await findByToken(token)
      return found && (await directory.find(found.accountId))?.userName
    },

    /** Stops the recovery of a token, and cancels its code. */
    async stopByToken(token: string, origin: RequestOrigin): Promise<StopOutcome> {
      const found = await findByToken(token)
      return found ? stop(found.accountId, { origin }) : 'ended'
    },

    /** Stops the recovery of a user, by this user or an administrator. */
    stopByUser: ({ id, origin }: Pick<Actor, 'id' | 'origin'>, userId: string): Promise<StopOutcome> =>
      stop(userId, { origin, isOfSession: true, ...(id !== userId && { by: id }) }),

    /** The users whose recovery can be stopped. */
    listPending: (): Promise<readonly string[]> => recoveries.listReadyAfter(clock.now() - delayedCodeLifetime),

    /** When the code of the user's recovery is or was due; `null` if there is none that can be stopped. */
    async pendingUntil(userId: string): Promise<number | null> {
      const readyAt = (await recoveries.find(userId))?.readyAt
      return isPending(readyAt) ? readyAt : null
    },
  }
}

export type RecoveryRequests = ReturnType<typeof createRecoveryRequests>

/** The recovery was stopped, or its code was sent by another process. */
class RecoveryStoppedError extends Error {}

function isTemporary(error: unknown): boolean {
  return error instanceof PocketError && error.status >= 500
}

function hashOf(token: string): string {
  return createHash('sha256').update(token).digest('base64url')
}
