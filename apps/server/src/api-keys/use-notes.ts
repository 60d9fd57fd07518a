import type { ApiKey } from './api-key.ts'
import type { ApiKeyStore } from './api-key-store.ts'

/** Writes down when keys were used, beside the requests that use them. */
export interface UseNotes {
  /** `now` in milliseconds since the Unix epoch. */
  note(apiKey: Pick<ApiKey, 'id' | 'lastUsedAt'>, now: number): void
  settled(): Promise<void>
}

export interface UseNotePorts {
  readonly store: Pick<ApiKeyStore, 'markUsed'>
  /** Nobody waits for a note, so this is where its failure goes. */
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
