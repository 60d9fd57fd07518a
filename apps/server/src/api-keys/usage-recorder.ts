import type { ApiKey } from './api-key.ts'
import type { ApiKeyStore } from './api-key-store.ts'

/** Milliseconds. */
const minUpdateInterval = 60_000

/** @param onError - receives write errors, because no caller awaits the write */
export function createUsageRecorder(store: Pick<ApiKeyStore, 'markUsed'>, onError: (error: unknown) => void) {
  const pendingWrites = new Map<string, Promise<void>>()

  return {
    /** `now` in milliseconds since the Unix epoch. */
    record({ id, lastUsedAt }: Pick<ApiKey, 'id' | 'lastUsedAt'>, now: number): void {
      if (pendingWrites.has(id) || (lastUsedAt !== null && Math.abs(now - lastUsedAt) < minUpdateInterval)) return
      const write = store
        .markUsed(id, now, now - minUpdateInterval)
        .catch(onError)
        .finally(() => pendingWrites.delete(id))
      pendingWrites.set(id, write)
    },

    async flush(): Promise<void> {
      await Promise.all(pendingWrites.values())
    },
  }
}
