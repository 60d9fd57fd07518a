import { noOrigin } from '../audit/audit-sink.ts'
import type { CoreContext } from '../context.ts'
import { uuid } from '../random.ts'
import type { LogoutNotice } from './logout-notice-store.ts'

const second = 1000
const minute = 60 * second
const hour = 60 * minute

/** Longer than an attempt, so that another process only takes over notices of a crashed process. */
const leaseDuration = minute
/** Delays between retries; after the last one, delivery is given up and audited. */
const retryDelays = [5 * second, 30 * second, 2 * minute, 10 * minute, hour, 4 * hour, 12 * hour]
const batchSize = 20

/**
 * Sends a notice. Resolves to `false` if the client no longer supports logout notices.
 *
 * @throws if the client did not respond with 200 or 204
 */
type SendLogoutNotice = (notice: LogoutNotice) => Promise<boolean>

/** Sends back-channel logout notices to clients until they are delivered. */
export function createLogoutNotices(
  { stores: { logoutNotices: store }, clock, audit, ...context }: CoreContext,
  send: SendLogoutNotice,
) {
  let hasNewNotices = false
  let sending: Promise<unknown> | undefined

  const attempt = async (notice: LogoutNotice): Promise<number> => {
    try {
      const isDelivered = await send(notice)
      await store.remove(notice.id)
      return isDelivered ? 1 : 0
    } catch (error) {
      await reschedule(notice, error)
      return 0
    }
  }

  const reschedule = async ({ id, clientId, accountId, attempts }: LogoutNotice, error: unknown): Promise<void> => {
    const delay = retryDelays[attempts - 1]
    if (delay !== undefined) return store.postpone(id, clock.now() + delay)
    await store.remove(id)
    const reason = error instanceof Error ? error.message : String(error)
    await audit.record({ event: 'logout_notice_failed', clientId, accountId, reason }, noOrigin)
  }

  const sendDue = async (signal?: AbortSignal): Promise<number> => {
    let deliveredCount = 0
    while (!signal?.aborted) {
      const due = await store.claimDue(clock.now(), clock.now() + leaseDuration, batchSize)
      const results = await Promise.all(due.map(attempt))
      deliveredCount += results.reduce((total, count) => total + count, 0)
      if (due.length < batchSize) break
    }
    return deliveredCount
  }

  return {
    /** Stores the notice; `sendDue` sends it. */
    async enqueue({ clientId, accountId, sid }: Pick<LogoutNotice, 'clientId' | 'accountId' | 'sid'>): Promise<void> {
      const now = clock.now()
      await store.insert({ id: uuid(), clientId, accountId, sid, attempts: 0, nextAttemptAt: now, createdAt: now })
      hasNewNotices = true
    },

    /**
     * Sends all due notices, including those of other processes; resolves to the number of delivered notices. Client
     * failures do not reject.
     */
    sendDue,

    /** Sends new notices of this process in the background. Call it outside any transaction. */
    flush(): void {
      // Notices that are stored during a run are sent by another run.
      if (!hasNewNotices || sending) return
      hasNewNotices = false
      sending = sendDue()
        .catch((error: unknown) => context.onError(error, ''))
        .finally(() => {
          sending = undefined
          this.flush()
        })
    },

    /** Resolves when `flush` has finished sending. */
    async whenIdle(): Promise<void> {
      while (sending) await sending
    },

    removeByClient: (clientId: string): Promise<void> => store.removeByClient(clientId),
  }
}

export type LogoutNotices = ReturnType<typeof createLogoutNotices>
