import type { Clock } from '../clock.ts'
import { uuid } from '../random.ts'
import type { ConnectionAttempt, ConnectionLogStore } from './connection-attempt.ts'

const connectionLogLength = 50
/** Number of attempts of a client after which its log is trimmed. */
const trimInterval = 25
/** Limits the memory under load. Unauthenticated attempts have their own queue, so they do not displace others. */
const maxQueueLength = 500
/** Milliseconds, so that the attempts of several requests are written together. */
const writeInterval = 250

/** Recent connection attempts of each client, which help administrators debug failed logins. */
export interface ConnectionLog {
  /** The last 50 attempts, newest first, including all attempts of this process so far. */
  list(clientId: string): Promise<readonly ConnectionAttempt[]>
  /** The newest attempt of each of these clients; clients without attempts are omitted. */
  latest(clientIds: readonly string[]): Promise<readonly ConnectionAttempt[]>
}

export interface ConnectionRecorder extends ConnectionLog {
  /** Records an attempt in the background; several attempts are written together. */
  record(attempt: Omit<ConnectionAttempt, 'id' | 'sequence' | 'at'>): void
  whenIdle(): Promise<void>
}

export function createConnectionLog(
  store: ConnectionLogStore,
  clock: Clock,
  onError: (error: unknown) => void,
): ConnectionRecorder {
  let queues = { authenticated: [] as ConnectionAttempt[], unauthenticated: [] as ConnectionAttempt[] }
  let writing: Promise<void> | undefined
  let timer: NodeJS.Timeout | undefined
  let lastSequence = 0
  /** Numbers of attempts since the logs of their clients were trimmed. */
  const untrimmed = new Map<string, number>()

  /** Unauthenticated attempts are trimmed immediately, so that they never hide others. */
  const needsTrim = (attempts: readonly ConnectionAttempt[]): boolean => {
    // Bounded, since clients register themselves.
    if (untrimmed.size > maxQueueLength) untrimmed.clear()
    for (const { clientId } of attempts) untrimmed.set(clientId, (untrimmed.get(clientId) ?? 0) + 1)
    const isDue = attempts.some(
      ({ clientId, unauthenticatedNetwork }) =>
        unauthenticatedNetwork !== null || (untrimmed.get(clientId) ?? 0) >= trimInterval,
    )
    if (isDue) for (const { clientId } of attempts) untrimmed.delete(clientId)
    return isDue
  }

  const write = async (): Promise<void> => {
    while (queues.authenticated.length + queues.unauthenticated.length > 0) {
      const attempts = [...queues.authenticated, ...queues.unauthenticated]
      queues = { authenticated: [], unauthenticated: [] }
      const limit = needsTrim(attempts) ? [connectionLogLength] : []
      await store.insert(attempts, ...limit).catch(onError)
    }
    writing = undefined
  }

  const flush = () => {
    clearTimeout(timer)
    timer = undefined
    writing ??= write()
  }

  const whenIdle = async () => {
    if (timer) flush()
    while (writing) await writing
  }

  return {
    record(attempt) {
      const at = clock.now()
      lastSequence = Math.max(lastSequence + 1, at * 1000)
      const queue = attempt.unauthenticatedNetwork === null ? queues.authenticated : queues.unauthenticated
      if (queue.length >= maxQueueLength) {
        const fromSameNetwork = queue.findIndex(
          ({ unauthenticatedNetwork }) => unauthenticatedNetwork === attempt.unauthenticatedNetwork,
        )
        queue.splice(Math.max(fromSameNetwork, 0), 1)
      }
      queue.push({ ...attempt, id: uuid(), sequence: lastSequence, at })
      if (!writing) timer ??= setTimeout(flush, writeInterval).unref()
    },
    async list(clientId) {
      await whenIdle()
      return store.list(clientId, connectionLogLength)
    },
    async latest(clientIds) {
      await whenIdle()
      return store.latest(clientIds)
    },
    whenIdle,
  }
}
