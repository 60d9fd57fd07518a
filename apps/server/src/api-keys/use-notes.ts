import type { ApiKey } from './api-key.ts'
import type { ApiKeyStore } from './api-key-store.ts'

/** Records when API keys were used, without delaying the requests. */
export interface UseNotes {
  /** `now` in milliseconds since the Unix epoch. */
  note(apiKey: Pick<ApiKey, 'id' | 'lastUsedAt'>, now: number): void
  settled(): Promise<void>
}

export interface UseNotePorts {
  readonly store: Pick<ApiKeyStore, 'markUsed'>
  /** Receives write errors, because no caller awaits the write. */
  readonly onError: (error: unknown) => void
}

/** Milliseconds. */
const minUpdateInterval = 60_000

export function createUseNotes({ store, onError }: UseNotePorts): UseNotes {
  const running = new Map<string, Promise<void>>()

  return {
    note({ id, lastUsedAt }, now) {
      if (running.has(id) || (lastUsedAt !== null && Math.abs(now - lastUsedAt) < minUpdateInterval)) return
      const note = store
        .markUsed(id, now, now - minUpdateInterval)
        .catch(onError)
        .finally(() => running.delete(id))
      running.set(id, note)
    },

    async settled() {
      await Promise.all(running.values())
    },
  }
}
