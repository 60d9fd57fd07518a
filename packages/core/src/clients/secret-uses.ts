import type { Clock } from '../clock.ts'
import type { ClientStore } from './client-store.ts'

/** Records the use of secrets in the background. */
export interface SecretUses {
  recordUse(clientId: string, secretId: string): void
  whenIdle(): Promise<void>
}

export interface SecretUsesPorts {
  readonly store: Pick<ClientStore, 'recordSecretUse'>
  readonly clock: Clock
  /** Receives errors of background updates. */
  readonly onError: (error: unknown) => void
}

/** Milliseconds: a busy client causes at most one statement per minute. */
const minUpdateInterval = 60_000
const maxCachedEntries = 10_000

export function createSecretUses({ store, clock, onError }: SecretUsesPorts): SecretUses {
  const recordedAt = new Map<string, number>()
  const running = new Set<Promise<void>>()
  return {
    recordUse(clientId, secretId) {
      const now = clock.now()
      if (Math.abs(now - (recordedAt.get(secretId) ?? Number.NEGATIVE_INFINITY)) < minUpdateInterval) return
      if (recordedAt.size >= maxCachedEntries) recordedAt.clear()
      recordedAt.set(secretId, now)
      const update = store
        .recordSecretUse(clientId, secretId, now)
        .catch(onError)
        .finally(() => running.delete(update))
      running.add(update)
    },

    async whenIdle() {
      await Promise.all(running)
    },
  }
}
