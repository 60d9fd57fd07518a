import type { Clock } from '../clock.ts'
import type { ClientStore } from './client-store.ts'

/** Records the use of secrets in the background. */
export interface SecretUses {
  note(clientId: string, secretId: string): void
  settled(): Promise<void>
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
  const notedAt = new Map<string, number>()
  const running = new Set<Promise<void>>()
  return {
    note(clientId, secretId) {
      const now = clock.now()
      if (Math.abs(now - (notedAt.get(secretId) ?? Number.NEGATIVE_INFINITY)) < minUpdateInterval) return
      if (notedAt.size >= maxCachedEntries) notedAt.clear()
      notedAt.set(secretId, now)
      const note = store
        .recordSecretUse(clientId, secretId, now)
        .catch(onError)
        .finally(() => running.delete(note))
      running.add(note)
    },

    async settled() {
      await Promise.all(running)
    },
  }
}
