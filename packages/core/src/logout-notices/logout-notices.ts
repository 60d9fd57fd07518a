import { type AuditSink, noOrigin } from '../audit/audit-sink.ts'
import type { Clock } from '../clock.ts'
import { uuid } from '../random.ts'
import type { LogoutNotice, LogoutNoticeStore } from './logout-notice-store.ts'

const second = 1000
const minute = 60 * second
const hour = 60 * minute

/** Longer than an attempt lasts: another process takes over what one that has died was about to send. */
const leaseLasts = minute
/** After these pauses it is tried again; then the client is given up, and the audit log says so. */
const pauses = [5 * second, 30 * second, 2 * minute, 10 * minute, hour, 4 * hour, 12 * hour]
const atOnce = 20

/** Tells clients that a person has signed out, until they have heard it. */
export interface LogoutNotices {
  /** Keeps the notice; it is sent by `sendDue`. */
  enqueue(notice: Pick<LogoutNotice, 'clientId' | 'accountId' | 'sid'>): Promise<void>
  /** Sends what is due, wherever it was kept; resolves to how many clients have heard it. Does not throw for a client. */
  sendDue(signal?: AbortSignal): Promise<number>
  /** Sends, while nobody waits, what this process has kept since the last call. Outside of any transaction. */
  flush(): void
  /** Resolves when nothing is being sent by `flush`. */
  settled(): Promise<void>
  removeByClient(clientId: string): Promise<void>
}

export interface LogoutNoticesPorts {
  readonly store: LogoutNoticeStore
  readonly clock: Clock
  readonly audit: AuditSink
  /**
   * Sends one. Resolves to `false` where the client no longer wants to hear.
   *
   * @throws where the client did not answer with 200 or 204
   */
  readonly send: (notice: LogoutNotice) => Promise<boolean>
  /** What went wrong on our side while nobody waited. */
  readonly onError: (error: unknown) => void
}

export function createLogoutNotices({ store, clock, audit, send, onError }: LogoutNoticesPorts): LogoutNotices {
  let kept = false
  let sending: Promise<unknown> | undefined

  const attempt = async (notice: LogoutNotice): Promise<number> => {
    try {
      const heard = await send(notice)
      await store.remove(notice.id)
      return heard ? 1 : 0
    } catch (error) {
      await reschedule(notice, error)
      return 0
    }
  }

  const reschedule = async ({ id, clientId, accountId, attempts }: LogoutNotice, error: unknown): Promise<void> => {
    const pause = pauses[attempts - 1]
    if (pause !== undefined) return store.postpone(id, clock.now() + pause)
    await store.remove(id)
    const reason = error instanceof Error ? error.message : String(error)
    await audit.record({ event: 'logout_notice_failed', clientId, accountId, reason }, noOrigin)
  }

  const sendDue = async (signal?: AbortSignal): Promise<number> => {
    let heard = 0
    while (!signal?.aborted) {
      const due = await store.claimDue(clock.now(), clock.now() + leaseLasts, atOnce)
      const results = await Promise.all(due.map(attempt))
      heard += results.reduce((sum, each) => sum + each, 0)
      if (due.length < atOnce) break
    }
    return heard
  }

  return {
    async enqueue({ clientId, accountId, sid }) {
      const now = clock.now()
      await store.insert({ id: uuid(), clientId, accountId, sid, attempts: 0, nextAttemptAt: now, createdAt: now })
      kept = true
    },

    sendDue,

    flush() {
      // What is kept while something is sent is sent after it.
      if (!kept || sending) return
      kept = false
      sending = sendDue()
        .catch(onError)
        .finally(() => {
          sending = undefined
          this.flush()
        })
    },

    async settled() {
      while (sending) await sending
    },

    removeByClient: (clientId) => store.removeByClient(clientId),
  }
}
