import type { CoreContext } from '../context.ts'

/** Records the use of secrets in the background. */
export interface SecretUses {
  recordUse(clientId: string, secretId: string): void
  whenIdle(): Promise<void>
}

/** Milliseconds: a busy client causes at most one statement per minute. */
const minUpdateInterval = 60_000
const maxCachedEntries = 10_000

export function createSecretUses({ stores, clock, onError }: CoreContext): SecretUses {
  const recordedAt = new Map<string, number>()
  const running = new Set<Promise<void>>()
  return {
    recordUse(clientId, secretId) {
      const now = clock.now()
      if (Math.abs(now - (recordedAt.get(secretId) ?? Number.NEGATIVE_INFINITY)) < minUpdateInterval) return
      if (recordedAt.size >= maxCachedEntries) recordedAt.clear()
      recordedAt.set(secretId, now)
      const update = stores.clients
        .recordSecretUse(clientId, secretId, now)
        .catch((error: unknown) => onError(error, ''))
        .finally(() => running.delete(update))
      running.add(update)
    },

    async whenIdle() {
      await Promise.all(running)
    },
  }
}
