import type { Clock } from '../clock.ts'
import { uuid } from '../random.ts'
import type { ConnectionAttempt, ConnectionLogStore } from './connection-attempt.ts'

/** How many attempts of a client are kept. */
const connectionLogLength = 50
/** An instance that is flooded forgets attempts before it runs out of memory: of strangers before anybody else’s. */
const maxQueueLength = 500

/** What each client has tried of late: what an administrator opens first when a login fails. */
export interface ConnectionLog {
  /** The last 50 attempts, the newest first; those of this process up to this moment. */
  list(clientId: string): Promise<readonly ConnectionAttempt[]>
  /** The newest attempt of each of these clients that has tried something. */
  latest(clientIds: readonly string[]): Promise<readonly ConnectionAttempt[]>
}

export interface ConnectionRecorder extends ConnectionLog {
  /** Notes an attempt. Nobody waits for it: it is written beside the requests, several at once. */
  note(attempt: Omit<ConnectionAttempt, 'id' | 'sequence' | 'at'>): void
  settled(): Promise<void>
}

export interface ConnectionLogPorts {
  readonly store: ConnectionLogStore
  readonly clock: Clock
  readonly onError: (error: unknown) => void
}

export function createConnectionLog({ store, clock, onError }: ConnectionLogPorts): ConnectionRecorder {
  let waiting = { known: [] as ConnectionAttempt[], strangers: [] as ConnectionAttempt[] }
  let writing: Promise<void> | undefined
  let last = 0

  const write = async (): Promise<void> => {
    while (waiting.known.length + waiting.strangers.length > 0) {
      const attempts = [...waiting.known, ...waiting.strangers]
      waiting = { known: [], strangers: [] }
      await store.insert(attempts, connectionLogLength).catch(onError)
    }
    writing = undefined
  }

  const settled = async () => {
    while (writing) await writing
  }

  return {
    note(attempt) {
      const at = clock.now()
      last = Math.max(last + 1, at * 1000)
      const queue = attempt.stranger === null ? waiting.known : waiting.strangers
      if (queue.length >= maxQueueLength) {
        const fromSameNetwork = queue.findIndex(({ stranger }) => stranger === attempt.stranger)
        queue.splice(Math.max(fromSameNetwork, 0), 1)
      }
      queue.push({ ...attempt, id: uuid(), sequence: last, at })
      writing ??= Promise.resolve().then(write)
    },
    async list(clientId) {
      await settled()
      return store.list(clientId, connectionLogLength)
    },
    async latest(clientIds) {
      await settled()
      return store.latest(clientIds)
    },
    settled,
  }
}
