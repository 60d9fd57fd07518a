import type { CoreContext } from '../context.ts'
import type { PocketStores } from '../stores.ts'
import { rehashSecret } from './secrets.ts'

/** Milliseconds: a busy client causes at most one statement per minute. */
const minUpdateInterval = 60_000
const maxCachedEntries = 10_000

type SecretUsesContext = Pick<CoreContext, 'clock' | 'onError'> & {
  readonly stores: Pick<PocketStores, 'clients' | 'transaction'>
}

/** Records the use of secrets in the background. */
export function createSecretUses({ stores, clock, onError }: SecretUsesContext) {
  const recordedAt = new Map<string, number>()
  const running = new Set<Promise<void>>()

  const runInBackground = (work: Promise<unknown>): void => {
    const update: Promise<void> = work
      .then(
        () => undefined,
        (error: unknown) => onError(error, ''),
      )
      .finally(() => running.delete(update))
    running.add(update)
  }
  return {
    recordUse(clientId: string, secretId: string): void {
      const now = clock.now()
      if (Math.abs(now - (recordedAt.get(secretId) ?? Number.NEGATIVE_INFINITY)) < minUpdateInterval) return
      if (recordedAt.size >= maxCachedEntries) recordedAt.clear()
      recordedAt.set(secretId, now)
      runInBackground(stores.clients.recordSecretUse(clientId, secretId, now))
    },

    /** Replaces the hash of another algorithm by ours. */
    rehash(clientId: string, secretId: string, plain: string): void {
      const replace = async () => {
        const client = await stores.clients.findForUpdate(clientId)
        const secrets = client?.secrets.map((secret) => (secret.id === secretId ? rehashSecret(secret, plain) : secret))
        if (client && secrets) await stores.clients.update({ ...client, secrets })
      }
      runInBackground(stores.transaction(replace))
    },

    async whenIdle(): Promise<void> {
      await Promise.all(running)
    },
  }
}

export type SecretUses = ReturnType<typeof createSecretUses>
