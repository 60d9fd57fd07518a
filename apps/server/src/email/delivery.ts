import { AsyncLocalStorage } from 'node:async_hooks'
import type { Clock, MasterKey } from '@pocket/core'
import { failureText } from '../logging/failure.ts'
import type { Compose } from './compose.ts'
import type { CodeRequest, Email, Message, RecoveryRequest } from './email.ts'
import type { EmailStore } from './email-store.ts'
import { decryptContent } from './outbox.ts'
import { EmailRejectedError, type Transport } from './transport.ts'

export interface DeliveryDeps {
  readonly store: EmailStore
  readonly masterKey: MasterKey
  readonly compose: Compose
  readonly transport: Transport
  /** Answers a request of a signed-out user; returns `undefined` if there is no recipient. */
  readonly resolveRequest: (
    email: Email,
    request: CodeRequest | RecoveryRequest,
  ) => Promise<ResolvedRequest | undefined>
  /** The host name in message IDs. */
  readonly host: string
  readonly clock: Clock
  /** Milliseconds that sending one e-mail may take. By default a minute. */
  readonly maxWait?: number
  readonly onError: (error: unknown, email?: Pick<Email, 'id' | 'kind'>) => void
}

export interface ResolvedRequest {
  readonly email: Email
  readonly message: Message
}

/** Sends queued e-mails. Requests call `trigger`; the scheduler calls `run`. */
export interface Delivery {
  /** Sends all due e-mails sequentially until the signal is aborted. */
  run(signal: AbortSignal): Promise<void>
  /** Sends in the background and outside any transaction: e-mails queued in a transaction are sent after it commits. */
  trigger(): void
  /** Starts no further delivery and resolves when the current one has ended. */
  stop(): Promise<void>
}

const minute = 60_000
const hour = 60 * minute
/** Pause after each attempt, in milliseconds; after the last attempt delivery is given up. */
export const retryDelays: readonly number[] = [
  15_000,
  minute,
  5 * minute,
  15 * minute,
  hour,
  3 * hour,
  6 * hour,
  12 * hour,
  24 * hour,
]
/** Milliseconds that a delivery in progress may still take at shutdown. */
const shutdownGrace = 2000
/** Milliseconds. Longer than sending takes, so that no other process sends the same e-mail concurrently. */
const claimDuration = 10 * minute

export function createDelivery(deps: DeliveryDeps): Delivery {
  const { store, clock, onError } = deps
  const stopController = new AbortController()
  // Background delivery must not run in the request's transaction.
  const runDetached = AsyncLocalStorage.snapshot()
  let lastRun = Promise.resolve()

  const run = async (signal: AbortSignal): Promise<void> => {
    while (!signal.aborted) {
      const now = clock.now()
      const email = await store.claim({ now, until: now + claimDuration })
      if (email === undefined) return
      await deliver(deps, email, signal)
    }
  }

  return {
    run,
    trigger() {
      if (stopController.signal.aborted) return
      lastRun = runDetached(() =>
        lastRun.then(() => run(stopController.signal)).catch((error: unknown) => onError(error)),
      )
    },
    async stop() {
      stopController.abort()
      await lastRun
    },
  }
}

async function deliver(deps: DeliveryDeps, email: Email, stop: AbortSignal): Promise<void> {
  const { store, clock, onError } = deps
  if (email.expiresAt <= clock.now()) {
    const lastError = email.lastError ?? 'It expired before it could be sent.'
    await store.markFailed(email, { lastError, nextAttemptAt: null })
    return
  }
  try {
    await attempt(deps, email, stop)
  } catch (error) {
    // The other fields contain the recipient and the encrypted content.
    onError(error, { id: email.id, kind: email.kind })
    const pause = error instanceof EmailRejectedError ? undefined : retryDelays[email.attempts - 1]
    const nextAttemptAt = pause === undefined ? null : clock.now() + pause
    await store.markFailed(email, { lastError: failureText(error), nextAttemptAt })
  }
}

async function attempt(deps: DeliveryDeps, email: Email, stop: AbortSignal): Promise<void> {
  const { store, masterKey, compose, transport, resolveRequest, host, clock, maxWait = minute } = deps
  const content = decryptContent(masterKey, email.data)
  const resolved =
    content.kind === 'one-time-access-request' || content.kind === 'recovery-request'
      ? await resolveRequest(email, content)
      : { email, message: content }
  if (resolved === undefined) return store.remove(email.id)
  const { message, email: resolvedEmail } = resolved
  const composed = await compose(message, resolvedEmail.locale, clock.now())
  using deadline = createDeadline(maxWait, stop)
  await transport.send(
    { ...composed, to: resolvedEmail.recipient, messageId: `<${email.id}@${host}>` },
    deadline.signal,
  )
  await store.markSent(email, clock.now())
}

/** A server that never responds must block neither other e-mails nor the shutdown of the process. */
function createDeadline(maxWait: number, stop: AbortSignal): Disposable & { readonly signal: AbortSignal } {
  const deadline = new AbortController()
  const timers = [setTimeout(() => deadline.abort(), maxWait)]
  const onStop = () => void timers.push(setTimeout(() => deadline.abort(), shutdownGrace))
  stop.addEventListener('abort', onStop)
  return {
    signal: deadline.signal,
    [Symbol.dispose]() {
      stop.removeEventListener('abort', onStop)
      for (const timer of timers) clearTimeout(timer)
    },
  }
}
