import type { ApiKey } from './api-key.ts'
import type { ApiKeyStore } from './api-key-store.ts'

/** Records when API keys were used, without delaying the requests. */
export interface UsageRecorder {
  /** `now` in milliseconds since the Unix epoch. */
  record(apiKey: Pick<ApiKey, 'id' | 'lastUsedAt'>, now: number): void
  flush(): Promise<void>
}

/** Milliseconds. */
const minUpdateInterval = 60_000

/** @param onError - receives write errors, because no caller awaits the write */
export function createUsageRecorder(
  store: Pick<ApiKeyStore, 'markUsed'>,
  onError: (error: unknown) => void,
): UsageRecorder {
  const pendingWrites = new Map<string, Promise<void>>()

  return {
    record({ id, lastUsedAt }, now) {
      if (pendingWrites.has(id) || (lastUsedAt !== null && Math.abs(now - lastUsedAt) < minUpdateInterval)) return
      const write = store
        .markUsed(id, now, now - minUpdateInterval)
        .catch(onError)
        .finally(() => pendingWrites.delete(id))
      pendingWrites.set(id, write)
    },

    async flush() {
      await Promise.all(pendingWrites.values())
    },
  }
}
