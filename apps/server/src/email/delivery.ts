import { AsyncLocalStorage } from 'node:async_hooks'
import type { Clock, MasterKey } from '@pocket/core'
import { messageOf } from '../logging/failure.ts'
import type { Compose } from './compose.ts'
import type { CodeRequest, Email, Message } from './email.ts'
import type { EmailStore } from './email-store.ts'
import { unsealed } from './outbox.ts'
import { Refused, type Transport } from './transport.ts'

export interface DeliveryPorts {
  readonly store: EmailStore
  readonly masterKey: MasterKey
  readonly compose: Compose
  readonly transport: Transport
  /** What becomes of a wish for a login code; `undefined` where there is nobody to send one to. */
  readonly answer: (email: Email, request: CodeRequest) => Promise<Answered | undefined>
  /** The host that ids of messages end with. */
  readonly host: string
  readonly clock: Clock
  /** Milliseconds that the e-mail server has for each. By default a minute. */
  readonly maxWait?: number
  readonly onError: (error: unknown, email?: Pick<Email, 'id' | 'kind'>) => void
}

/** An e-mail whose content is known now. */
export interface Answered {
  readonly email: Email
  readonly message: Message
}

/** Sends what waits. Whoever waits for nothing calls `soon`; the scheduler calls `run`. */
export interface Delivery {
  /** Sends everything that is due, one after the other, until told to stop. */
  run(signal: AbortSignal): Promise<void>
  /** Sends beside whatever runs, in no transaction: what one has left is seen after it has ended. */
  soon(): void
  /** Begins nothing new and resolves when nothing is being sent any more. */
  settled(): Promise<void>
}

const minute = 60_000
const hour = 60 * minute
/** How long to wait after each attempt; after the last one an e-mail is given up. */
export const pauses: readonly number[] = [
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
/** What is being sent when everything stops has so much time left. */
const grace = 2000
/** Longer than sending takes, so that nobody else sends the same meanwhile. */
const claimed = 10 * minute

export function createDelivery(ports: DeliveryPorts): Delivery {
  const { store, clock, onError } = ports
  const stop = new AbortController()
  // What is sent beside a request must not run in the request's transaction.
  const outside = AsyncLocalStorage.snapshot()
  let last = Promise.resolve()

  const run = async (signal: AbortSignal): Promise<void> => {
    while (!signal.aborted) {
      const now = clock.now()
      const email = await store.claim({ now, until: now + claimed })
      if (email === undefined) return
      await deliver(ports, email, signal)
    }
  }

  return {
    run,
    soon() {
      if (stop.signal.aborted) return
      last = outside(() => last.then(() => run(stop.signal)).catch((error: unknown) => onError(error)))
    },
    async settled() {
      stop.abort()
      await last
    },
  }
}

async function deliver(ports: DeliveryPorts, email: Email, stop: AbortSignal): Promise<void> {
  const { store, clock, onError } = ports
  if (email.expiresAt <= clock.now()) {
    const lastError = email.lastError ?? 'It was too late to send it.'
    await store.markFailed(email, { lastError, nextAttemptAt: null })
    return
  }
  try {
    await attempt(ports, email, stop)
  } catch (error) {
    onError(error, email)
    const pause = error instanceof Refused ? undefined : pauses[email.attempts - 1]
    const nextAttemptAt = pause === undefined ? null : clock.now() + pause
    await store.markFailed(email, { lastError: messageOf(error).slice(0, 1000), nextAttemptAt })
  }
}

async function attempt(ports: DeliveryPorts, email: Email, stop: AbortSignal): Promise<void> {
  const { store, masterKey, compose, transport, answer, host, clock, maxWait = minute } = ports
  const content = unsealed(masterKey, email.data)
  const answered =
    content.kind === 'one-time-access-request' ? await answer(email, content) : { email, message: content }
  if (answered === undefined) return store.remove(email.id)
  const { message, email: known } = answered
  const composed = await compose(message, known.locale, clock.now())
  using late = within(maxWait, stop)
  await transport.send({ ...composed, to: known.recipient, messageId: `<${email.id}@${host}>` }, late.signal)
  await store.markSent(email, clock.now())
}

/** A server that never comes to an end must hold up neither those that wait nor the end of the process. */
function within(maxWait: number, stop: AbortSignal): Disposable & { readonly signal: AbortSignal } {
  const late = new AbortController()
  const timers = [setTimeout(() => late.abort(), maxWait)]
  const onStop = () => void timers.push(setTimeout(() => late.abort(), grace))
  stop.addEventListener('abort', onStop)
  return {
    signal: late.signal,
    [Symbol.dispose]() {
      stop.removeEventListener('abort', onStop)
      for (const timer of timers) clearTimeout(timer)
    },
  }
}
