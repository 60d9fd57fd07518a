import { setTimeout } from 'node:timers/promises'
import type { Pocket } from '../pocket.ts'

/** Rows of each kind that one run removes. */
const removalLimit = 1000

const second = 1000
const minute = 60 * second
const hour = 60 * minute

type Tasks = Pick<Pocket, 'sendLogoutNotices' | 'rotateKeys' | 'removeExpired' | 'refreshAuthenticatorMetadata'>

/** Runs the recurring tasks of a provider until the signal is aborted, and resolves when the last one has ended. */
export async function maintain(
  tasks: Tasks,
  { signal, onError }: { readonly signal: AbortSignal; readonly onError: (error: unknown) => void },
): Promise<void> {
  const repeat = async (interval: number, run: () => Promise<unknown>) => {
    while (!signal.aborted) {
      await run().catch(onError)
      // The process may exit before then. An abort ends the wait with an error.
      await setTimeout(interval, undefined, { signal, ref: false }).catch(() => undefined)
    }
  }
  await Promise.all([
    repeat(5 * second, () => tasks.sendLogoutNotices(signal)),
    repeat(minute, () => tasks.rotateKeys()),
    repeat(5 * minute, async () => {
      while ((await tasks.removeExpired(removalLimit)) >= removalLimit && !signal.aborted);
    }),
    repeat(6 * hour, () => tasks.refreshAuthenticatorMetadata()),
  ])
}
